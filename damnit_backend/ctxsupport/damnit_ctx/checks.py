"""What can be wrong with the definitions of a context file: all of it is found, not only the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from damnit_ctx import graph, metadata
from damnit_ctx.arguments import DEPENDENCIES, META_NAMES, PREFIXES, Argument
from damnit_ctx.context import Node
from damnit_ctx.gather import Gathered
from damnit_ctx.needs import Unknown, Wanted, dropped, names_for, without
from damnit_ctx.positions import Positions
from damnit_ctx.problem import Problem
from damnit_ctx.variable import Variable

#: Columns of the run table that are no Variables.
RESERVED_NAMES = ("proposal", "run", "start_time", "added_at", "comment")
_DATA = ("raw", "proc")
_NAMES = {"meta": META_NAMES, "mymdc": metadata.NAMES}


def check(gathered: Gathered, positions: Positions) -> dict[str, Node] | list[Problem]:
    """The resolved definitions by name, in the order given, or all problems, by line."""
    variables = gathered.variables
    problems = [positions.of_instance(group, message) for group, message in gathered.errors]
    arguments: dict[str, tuple[Argument, ...]] = {}
    for variable in variables:
        problems.extend(_options(variable, positions))
        try:
            arguments[variable.name] = tuple(variable.arguments())
        except (ValueError, TypeError) as error:
            problems.append(positions.of_name(variable, f"Variable {variable.name!r}: {error}"))
    problems.extend(_duplicates(variables, positions))
    by_name = {v.name: v for v in variables}
    wanted: dict[str, Wanted] = {}
    for name, variable in by_name.items():
        wanted[name], unknown = _wanted(variable, arguments.get(name, ()), by_name, positions)
        problems.extend(unknown)
    problems.extend(_cycles(wanted, by_name, positions))
    if problems:
        return sorted(problems, key=lambda p: (p.line or 0, p.column or 0))
    gone = dropped(wanted, arguments)
    left = {name: variable for name, variable in by_name.items() if name not in gone}
    return _resolve(left, arguments, {name: without(gone, wanted[name]) for name in left}, positions)


def _resolve(
    by_name: dict[str, Variable],
    arguments: dict[str, tuple[Argument, ...]],
    wanted: dict[str, dict[str, tuple[str, ...]]],
    positions: Positions,
) -> dict[str, Node] | list[Problem]:
    needed = _needed(wanted)
    data, clashes = graph.resolve_data(needed, {n: v.data for n, v in by_name.items()})
    if clashes:
        return [
            positions.of_option(
                by_name[raw],
                "data",
                f"Variable {raw!r} runs on raw data, but needs {proc!r}, which runs on calibrated data: "
                "leave out data='raw', or make it 'proc'",
            )
            for raw, proc in clashes
        ]
    cluster = graph.resolve_cluster(needed, [n for n, v in by_name.items() if v.cluster])
    return {
        name: Node(
            variable=variable,
            arguments=arguments[name],
            wanted=wanted[name],
            depends=tuple(needed[name]),
            data=data[name],
            cluster=name in cluster,
            line=positions.line(variable),
        )
        for name, variable in by_name.items()
    }


def _options(v: Variable, positions: Positions) -> Iterator[Problem]:
    """What is wrong with the arguments of one `@Variable(…)` and the name of its function."""
    if v.func is None:
        return  # said where its arguments are asked for
    who = f"Variable {v.name!r}"
    if v.name in RESERVED_NAMES:
        yield positions.of_name(v, f"{v.name!r} is a column of the run table itself: choose another name")
    elif not all(part.isidentifier() for part in v.name.split(".")):
        yield positions.of_name(v, f"{v.name!r} is no name for a Variable: decorate a function made with def")
    if not isinstance(v.title, str) or not v.title.strip():
        yield positions.of_option(v, "title", f"{who}: title must be text, not {v.title!r}")
    for option, value in (("description", v.description), ("summary", v.summary), ("units", v.units)):
        if value is not None and not isinstance(value, str):
            yield positions.of_option(v, option, f"{who}: {option} must be text, not {value!r}")
    if v.data is not None and v.data not in _DATA:
        yield positions.of_option(v, "data", f"{who}: data must be 'raw' or 'proc', not {v.data!r}")
    for option, flag in (("cluster", v.cluster), ("transient", v.transient)):
        if not isinstance(flag, bool):
            yield positions.of_option(v, option, f"{who}: {option} must be True or False, not {flag!r}")
    if not _good_tags(v.tags):
        yield positions.of_option(
            v, "tags", f"{who}: tags must be a text or a list of texts, none empty, not {v.tags!r}"
        )


def _good_tags(tags: object) -> bool:
    if tags is None:
        return True
    if isinstance(tags, str):
        return bool(tags.strip())
    if not isinstance(tags, (list, tuple, set, frozenset)):
        return False
    return all(isinstance(tag, str) and tag.strip() for tag in tags)


def _duplicates(variables: Sequence[Variable], positions: Positions) -> Iterator[Problem]:
    names: dict[str, Variable] = {}
    titles: dict[str, Variable] = {}
    for v in variables:
        if v.name in names:
            other = positions.line(names[v.name])
            yield positions.of_name(v, f"There is another Variable {v.name!r}{_at(other)}")
            continue
        names[v.name] = v
        if not isinstance(v.title, str):
            continue
        if v.title in titles:
            other = positions.line(titles[v.title])
            yield positions.of_option(
                v,
                "title",
                f"Variables {titles[v.title].name!r}{_at(other)} and {v.name!r} have the same title {v.title!r}",
            )
        titles.setdefault(v.title, v)


def _at(line: int | None) -> str:
    return "" if line is None else f" (line {line})"


def _wanted(
    v: Variable, arguments: Sequence[Argument], by_name: dict[str, Variable], positions: Positions
) -> tuple[Wanted, list[Problem]]:
    """The Variables that each argument of one Variable means, and what is wrong with what it asks for."""
    wanted: dict[str, tuple[str, ...] | None] = {}
    problems: list[Problem] = []
    for a in arguments:
        message = _argument_problem(a)
        if message is None and a.prefix in DEPENDENCIES:
            try:
                wanted[a.name] = names_for(a, v, by_name)
            except Unknown as error:
                message = str(error)
        if message is not None:
            problems.append(positions.of_argument(v, a.name, f"Variable {v.name!r}, argument {a.name!r}: {message}"))
    return wanted, problems


def _argument_problem(a: Argument) -> str | None:
    if a.positional_only and a.prefix is not None:
        return "it must not stand before a '/': it is given by name"
    if a.prefix is None:
        return None if a.has_default else "it needs an annotation such as 'var#other', or a default"
    if a.prefix not in PREFIXES:
        known = ", ".join(f"{p}#" for p in PREFIXES)
        return f"{a.prefix}#{a.target} begins with an unknown prefix (known: {known})"
    known_names = _NAMES.get(a.prefix)
    if known_names is not None and a.target not in known_names:
        return f"{a.prefix}# knows {', '.join(known_names)}, not {a.target!r}"
    return None if a.target else f"{a.prefix}# must be followed by a name"


def _needed(wanted: Mapping[str, Wanted]) -> dict[str, list[str]]:
    """The Variables that each needs, each once."""
    return {
        name: list(dict.fromkeys(n for names in by_argument.values() for n in names or ()))
        for name, by_argument in wanted.items()
    }


def _cycles(wanted: Mapping[str, Wanted], by_name: dict[str, Variable], positions: Positions) -> Iterator[Problem]:
    needed = {name: [n for n in names if n in by_name] for name, names in _needed(wanted).items()}
    for names in graph.find_cycles(needed):
        if len(names) == 1:
            yield positions.of_name(by_name[names[0]], f"Variable {names[0]!r} depends on itself")
        else:
            path = " → ".join([*names, names[0]])
            yield positions.of_name(by_name[names[0]], f"These Variables depend on each other: {path}")

"""What can be wrong with the definitions of a context file: all of it is found, not only the first."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from damnit_ctx import graph, metadata
from damnit_ctx.arguments import DEPENDENCIES, META_NAMES, PREFIXES, Argument
from damnit_ctx.bound import BoundVariable
from damnit_ctx.context import Node
from damnit_ctx.gather import Gathered
from damnit_ctx.needs import Unknown, Wanted, dropped, names_for, without
from damnit_ctx.options import option_problems, read_signature
from damnit_ctx.positions import Positions
from damnit_ctx.problem import Problem
from damnit_ctx.variable import Variable

_NAMES = {"meta": META_NAMES, "mymdc": metadata.NAMES}


@dataclass(frozen=True)
class Checked:
    """`problems` by line: errors and warnings. `nodes`: the resolved definitions by name, None if there are errors."""

    nodes: dict[str, Node] | None
    problems: list[Problem]


@dataclass
class _Signatures:
    """Of each Variable by name: its arguments, the Variables that they mean, and why it can only fail, if so."""

    arguments: dict[str, tuple[Argument, ...]] = field(default_factory=dict)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    defects: dict[str, str] = field(default_factory=dict)


def check(gathered: Gathered, positions: Positions) -> Checked:
    """All that is wrong with the definitions, which keep the order given."""
    by_name = {v.name: v for v in gathered.variables}
    problems = [positions.of_instance(group, message) for group, message in gathered.errors]
    problems.extend(_duplicates([v for v in gathered.variables if v.func is not None], positions))
    found = _Signatures()
    about = [(v, problem) for v in gathered.variables for problem in option_problems(v, positions)]
    about += [(v, problem) for v in by_name.values() for problem in _signature(v, by_name, positions, found)]
    problems.extend(_once(about))
    cycles = graph.find_cycles(_needed(found.wanted))
    problems.extend(_of_cycle(names, by_name, positions) for names in cycles)
    gone = dropped(found.wanted, found.arguments)
    wanted = {name: without(gone, found.wanted[name]) for name in by_name if name not in gone}
    data, clashes = _resolved_data(_needed(wanted), by_name, {name for names in cycles for name in names})
    problems.extend(_of_clash(by_name[raw], proc, positions) for raw, proc in clashes)
    problems.sort(key=lambda p: (p.line or 0, p.column or 0))
    if any(p.is_error for p in problems):
        return Checked(None, problems)
    return Checked(_nodes(by_name, found, wanted, data, positions), problems)


def _resolved_data(
    needed: dict[str, list[str]], by_name: dict[str, Variable], knots: set[str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """As `graph.resolve_data`, without the names in `knots`, which make cycles."""
    acyclic = {name: [n for n in names if n not in knots] for name, names in needed.items() if name not in knots}
    stated: dict[str, Any] = {n: by_name[n].data for n in acyclic}
    return graph.resolve_data(acyclic, {n: data if isinstance(data, str) else None for n, data in stated.items()})


def _nodes(
    by_name: dict[str, Variable],
    found: _Signatures,
    wanted: dict[str, dict[str, tuple[str, ...]]],
    data: Mapping[str, str],
    positions: Positions,
) -> dict[str, Node]:
    needed = _needed(wanted)
    cluster = graph.resolve_cluster(needed, [n for n in wanted if by_name[n].cluster])
    return {
        name: Node(
            variable=by_name[name],
            arguments=found.arguments[name],
            wanted=wanted[name],
            depends=tuple(needed[name]),
            data=data[name],
            cluster=name in cluster,
            line=positions.line(by_name[name]),
            defect=found.defects.get(name),
        )
        for name in wanted
    }


def _once(about: Iterable[tuple[Variable, Problem]]) -> Iterator[Problem]:
    """The problems of each Variable; of those that the instances of a Group have in common only the first's."""
    said = set()
    for variable, problem in about:
        method = variable.method if isinstance(variable, BoundVariable) else variable
        key = (id(method), problem.line, problem.column, problem.message.replace(repr(variable.name), ""))
        if key not in said:
            said.add(key)
            yield problem


def _duplicates(variables: Sequence[Variable], positions: Positions) -> Iterator[Problem]:
    names: dict[str, Variable] = {}
    titles: dict[str, Variable] = {}
    for v in variables:
        if v.name in names:
            other = positions.line(names[v.name])
            yield positions.of_name(v, f"There is another Variable {v.name!r}{_at(other)}")
            continue
        names[v.name] = v
        first = titles.setdefault(v.title, v)
        if first is not v:
            at = _at(_of_title(first, "", positions).line)
            message = f"Variables {first.name!r}{at} and {v.name!r} have the same title {v.title!r}"
            yield _of_title(v, message, positions)


def _of_title(v: Variable, message: str, positions: Positions) -> Problem:
    """Where the title is from: in a Group from its instance, as the method's may be there many times."""
    if isinstance(v, BoundVariable):
        return positions.of_instance(v.group, message)
    return positions.of_option(v, "title", message)


def _at(line: int | None) -> str:
    return "" if line is None else f" (line {line})"


def _signature(v: Variable, known: dict[str, Variable], positions: Positions, found: _Signatures) -> Iterator[Problem]:
    """Note what the Variable's arguments ask for; gives what is wrong with them."""
    name = v.name
    found.arguments[name], found.wanted[name] = (), {}
    if v.func is None:
        return
    found.arguments[name], why = read_signature(v)
    if why is not None:
        found.defects[name] = why
        yield positions.of_name(v, f"Variable {name!r}: {why}").as_warning()
    wanted: dict[str, tuple[str, ...] | None] = {}
    for a in found.arguments[name]:
        lacking = _lacking(a)
        message = None if lacking else _argument_problem(a)
        if lacking:
            found.defects.setdefault(name, f"argument {a.name!r}: {lacking}")
        elif message is None and a.prefix in DEPENDENCIES:
            try:
                wanted[a.name] = names_for(a, v, known)
            except Unknown as error:
                message = str(error)
        if lacking or message:
            text = f"Variable {name!r}, argument {a.name!r}: {lacking or message}"
            problem = positions.of_argument(v, a.name, text)
            yield problem.as_warning() if lacking else problem
    found.wanted[name] = wanted


def _lacking(a: Argument) -> str | None:
    """Why the function cannot be called with this argument."""
    if a.positional_only and a.prefix is not None:
        return "it must not stand before a '/': it is given by name"
    if a.prefix is None and not a.has_default:
        return "it needs an annotation such as 'var#other', or a default"
    return None


def _argument_problem(a: Argument) -> str | None:
    if a.prefix is None:
        return None
    if a.prefix not in PREFIXES:
        known = ", ".join(f"{p}#" for p in PREFIXES)
        return f"{a.prefix}#{a.target} begins with an unknown prefix (known: {known}){_meant(a.prefix, PREFIXES)}"
    known_names = _NAMES.get(a.prefix)
    if known_names is not None and a.target not in known_names:
        return f"{a.prefix}# knows {', '.join(known_names)}, not {a.target!r}"
    return None if a.target else f"{a.prefix}# must be followed by a name"


def _meant(word: str, known: Iterable[str]) -> str:
    """A question, if some known word is much like it."""
    near = difflib.get_close_matches(word, known, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""


def _needed(wanted: Mapping[str, Wanted]) -> dict[str, list[str]]:
    """The Variables that each needs, each once; those of Groups without a name are not among them."""
    return {
        name: [n for n in dict.fromkeys(n for names in by_argument.values() for n in names or ()) if n in wanted]
        for name, by_argument in wanted.items()
    }


def _of_cycle(names: list[str], by_name: dict[str, Variable], positions: Positions) -> Problem:
    if len(names) == 1:
        return positions.of_name(by_name[names[0]], f"Variable {names[0]!r} depends on itself")
    path = " → ".join([*names, names[0]])
    return positions.of_name(by_name[names[0]], f"These Variables depend on each other: {path}")


def _of_clash(raw: Variable, proc: str, positions: Positions) -> Problem:
    return positions.of_option(
        raw,
        "data",
        f"Variable {raw.name!r} runs on raw data, but needs {proc!r}, which runs on calibrated data: "
        "leave out data='raw', or make it 'proc'",
    )

"""Which values were made by other code, parameters or dependencies than today's: pure functions over what is known."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .fragment_cells import Parameter
from .known import KnownVariable


class Cause(enum.StrEnum):
    """Why a value is not today's."""

    CODE = "code"
    """The Variable's own code, or what it reaches, changed."""
    DEPENDENCY = "dependency"
    """The Variable that is named is stale, so that this one is, too."""
    PARAMETER = "parameter"
    """The parameter that is named has another value."""
    NEWER = "newer"
    """The Variable that is named was computed, typed in or submitted after this value was made."""
    UNKNOWN = "unknown"
    """Nobody noted the code that made it."""


@dataclass(frozen=True, slots=True)
class Reason:
    cause: Cause
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """How a value was made, as far as it matters here; see `provenance.Provenance`.

    Of one that nobody computed, or nobody knows how, only ``started`` is known: when it came into the table.
    """

    started: float
    code: str | None = None
    asked: float | None = None
    job: int | None = None
    parameters: Mapping[str, Parameter | None] = field(default_factory=dict)

    @property
    def news(self) -> float:
        """When it last became another value than dependants may have known."""
        return self.started if self.asked is None else self.asked


Reasons = dict[str, tuple[Reason, ...]]


class Today:
    """Today's Variables by name, in the order of definition, and what follows from their dependencies."""

    def __init__(self, variables: Mapping[str, KnownVariable]) -> None:
        self.variables = variables
        self.order = [name for name in in_order(variables) if not variables[name].transient]
        self.depends = {name: stored_dependencies(variables, name) for name in variables}


def find_stale(
    today: Today, made: Mapping[str, Made], params: Mapping[str, Parameter], *, unknown: bool = False
) -> Reasons:
    """Of one run: the names of values that are stale, in the order of definition, and why.

    ``made`` are the values that there are, ``params`` today's values of parameters. Values of which no code is known
    count only if ``unknown`` says so.
    """
    found: dict[str, list[Reason]] = {}
    for name in today.order:
        value = made.get(name)
        if value is None or (value.code is None and not unknown):
            continue
        depends = today.depends[name]
        reasons = [Reason(Cause.DEPENDENCY, d) for d in depends if d in found]
        if value.code is None:
            reasons.insert(0, Reason(Cause.UNKNOWN))
        else:
            reasons += _changes(today.variables[name], value, params)
            reasons += [Reason(Cause.NEWER, d) for d in depends if _is_newer(made.get(d), value)]
        if reasons:
            found[name] = reasons
    return {name: tuple(found[name]) for name in today.variables if name in found} if found else {}


def _changes(variable: KnownVariable, value: Made, params: Mapping[str, Parameter]) -> list[Reason]:
    changed = [p for p in variable.parameters if p in value.parameters and _differ(value.parameters[p], params.get(p))]
    reasons = [Reason(Cause.PARAMETER, p) for p in changed]
    return [Reason(Cause.CODE), *reasons] if value.code != variable.code else reasons


def _differ(then: Parameter | None, today: Parameter | None) -> bool:
    return then != today or isinstance(then, bool) != isinstance(today, bool)


def _is_newer(dependency: Made | None, value: Made) -> bool:
    if dependency is None or (dependency.job is not None and dependency.job == value.job):
        return False  # one job computes what a Variable needs before it, whatever the clocks say
    return dependency.news > value.started


def stored_dependencies(known: Mapping[str, KnownVariable], name: str) -> list[str]:
    """What a Variable needs that is stored: in place of transient Variables, what those need."""
    found: dict[str, None] = {}
    todo = list(reversed(known[name].depends))
    seen: set[str] = set()
    while todo:
        needed = todo.pop()
        if needed in seen or needed not in known:
            continue
        seen.add(needed)
        if known[needed].transient:
            todo.extend(reversed(known[needed].depends))
        else:
            found[needed] = None
    return list(found)


def to_compute(today: Today, made: Iterable[str], stale: Iterable[str]) -> list[str]:
    """The stale ones, in the order of definition, with what they need that has no value yet.

    All that needs one of the latter is older than it then, and so computed as well.
    """
    there, wanted = set(made), set(stale)
    needs, known = today.depends, today.variables
    missing: set[str] = set()
    while True:
        lacked = {d for name in wanted for d in needs[name] if d not in there}
        late = {name for name in there & known.keys() if not missing.isdisjoint(needs[name])}
        if lacked <= missing and late <= wanted:
            return [name for name in known if name in wanted]
        missing |= lacked
        wanted |= lacked | late


def in_order(known: Mapping[str, KnownVariable]) -> list[str]:
    """The names, each after what it depends on."""
    order: dict[str, None] = {}
    for start in known:
        path = [start]
        while path:
            name = path[-1]
            waiting = [d for d in known[name].depends if d in known and d not in order and d not in path]
            if waiting:
                path.append(waiting[0])
            else:
                order[path.pop()] = None
    return list(order)

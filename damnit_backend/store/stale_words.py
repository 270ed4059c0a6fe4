"""Why values are stale, in people's words."""

from collections.abc import Iterator, Mapping, Sequence

from damnit_backend.core.keys import CellKey

from .code_changes import changed_names
from .database import Database
from .known import read_code
from .provenance import read_provenance
from .stale import Cause, Reason
from .stale_values import StaleRun

_SHOWN = 4
_WORDS = {
    Cause.DEPENDENCY: "it needs {name}, which is stale",
    Cause.PARAMETER: "parameter {name} has another value",
    Cause.NEWER: "{name} is newer than it",
    Cause.UNKNOWN: "nobody noted the code that made it",
}


def explained(database: Database, found: Sequence[StaleRun], today: Mapping[str, str]) -> dict[CellKey, str]:
    """For each stale value the reasons in words. ``today``: the texts of today's code, by name."""
    changes: dict[tuple[str, str], str] = {}
    words = {}
    for run in found:
        made = read_provenance(database, run.key)
        for name, reasons in run.reasons.items():
            code = made[name].code if name in made else None
            if code is not None and (code, name) not in changes:
                changes[code, name] = _change(read_code(database, code), today.get(name), name)
            words[CellKey(*run.key, name)] = "; ".join(_in_words(reasons, changes.get((code or "", name), "")))
    return words


def _in_words(reasons: Sequence[Reason], change: str) -> Iterator[str]:
    depends = [reason.name for reason in reasons if reason.cause is Cause.DEPENDENCY]
    for reason in reasons:
        if reason.cause is not Cause.CODE:
            yield _WORDS[reason.cause].format(name=reason.name)
        elif change:
            yield change
        elif not depends:  # else it is theirs that changed
            yield "what it uses changed"


def _change(before: str | None, after: str | None, name: str) -> str:
    """What changed in the code, as far as the texts show it."""
    if before is None or after is None:
        return ""
    own = {name, name.rpartition(".")[2]}
    names = ["its own code" if n.rpartition(".")[2] in own else n for n in changed_names(before, after)]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more} changed" if names else ""

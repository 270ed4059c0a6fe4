"""Which values are stale, and why, in people's words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from damnit_backend.contextproc.checker import check_code
from damnit_backend.contextproc.conditions import conditions_of
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.core.settings import Settings
from damnit_backend.store.code_changes import changed_names
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.known import KnownContext, read_code
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.provenance import read_provenance
from damnit_backend.store.stale import Cause, Reason
from damnit_backend.store.stale_values import StaleRun

_SHOWN = 4
_WORDS = {
    Cause.DEPENDENCY: "it needs {name}, which is stale",
    Cause.PARAMETER: "parameter {name} has another value",
    Cause.NEWER: "{name} is newer than it",
    Cause.UNKNOWN: "nobody noted the code that made it",
}


def load_today(folder: Folder, settings: Settings) -> KnownContext:
    """The context file as it is now, loaded in a process of its own. UserError if it has problems."""
    with open_for_reading(folder) as database:
        conditions = conditions_of(database, settings)
    result = check_code(folder, conditions, None)
    if result.known is None:
        text = "; ".join(str(problem) for problem in result.problems[:3])
        raise UserError(f"context.py cannot be loaded: {text}", "Mend it; damnit check says more.")
    return result.known


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


def print_stale(found: Iterable[StaleRun], words: Mapping[CellKey, str]) -> None:
    """A table: run, Variable, why. What is the same for many runs stands in one line."""
    runs: dict[tuple[str, str], list[CellKey]] = {}
    for run in found:
        for name in run.reasons:
            key = CellKey(*run.key, name)
            runs.setdefault((name, words[key]), []).append(key)
    table = Table("Variable", "Runs", "Why", box=None, pad_edge=False, header_style="bold")
    for (name, why), keys in runs.items():
        table.add_row(Text(name), _spans(sorted(key.run for key in keys)), Text(why))
    console = Console(soft_wrap=True, highlight=False)
    console.print(table, width=None if console.is_terminal else 10_000)


def _spans(runs: Sequence[int]) -> str:
    """Run numbers in few words: 1, 3-5."""
    parts: list[list[int]] = []
    for run in runs:
        if parts and run == parts[-1][1] + 1:
            parts[-1][1] = run
        else:
            parts.append([run, run])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)

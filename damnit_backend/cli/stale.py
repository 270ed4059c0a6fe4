"""What `damnit reprocess --stale` asks and prints."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from damnit_backend.contextproc.checker import check_code
from damnit_backend.contextproc.conditions import conditions_of
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.core.settings import Settings
from damnit_backend.store.folder import Folder
from damnit_backend.store.known import KnownContext
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.stale_values import StaleRun


def load_today(folder: Folder, settings: Settings) -> KnownContext:
    """The context file as it is now, loaded in a process of its own. UserError if it has problems."""
    with open_for_reading(folder) as database:
        conditions = conditions_of(database, settings)
    result = check_code(folder, conditions, None)
    if result.known is None:
        text = "; ".join(str(problem) for problem in result.problems[:3])
        raise UserError(f"context.py cannot be loaded: {text}", "Mend it; damnit check says more.")
    return result.known


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

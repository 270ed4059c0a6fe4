"""How long work shows on the terminal how far it has come, or tells the program that started it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from damnit_backend.core.findings import Progress


@contextmanager
def showing_progress(as_lines: bool) -> Iterator[Callable[[Progress], None]]:
    """A block with a function to tell progress to: a bar on a terminal, with ``as_lines`` a line of JSON each, else
    nothing. All of it goes to standard error."""
    if as_lines:
        yield _write_line
    elif sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task("", total=None)

            def show(progress: Progress) -> None:
                bars.update(task, description=progress.title, completed=progress.done, total=progress.total or None)

            yield show
    else:
        yield lambda _: None


def _write_line(progress: Progress) -> None:
    sys.stderr.write(msgspec.json.encode(progress).decode() + "\n")
    sys.stderr.flush()

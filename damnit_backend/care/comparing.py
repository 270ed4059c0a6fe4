"""Comparing run files with the table, while a listener may change both."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.values import CellValue
from damnit_backend.store.database import Database
from damnit_backend.store.examine import Depth, FileReport
from damnit_backend.store.opening import open_database
from damnit_backend.store.rescue import deleted_names, edited_names, stored_runs
from damnit_backend.store.table import read_runs

from .agreement import Disagreement, compare
from .examination import Examination
from .file_readers import FileReaders

SECOND_LOOK_SECONDS = 1.0
"""A merge replaces the file and commits its cells within this time: what differs after it was not just being merged."""


class Comparison:
    """Raises CannotCheckError or UserError where the database cannot be read."""

    def __init__(self, examination: Examination) -> None:
        self._examination = examination
        self._depth = Depth.NAMES if examination.quick else Depth.SUMMARIES
        with examination.database() as database:
            self._edited = edited_names(database)
            self._stored = stored_runs(database)

    def compare(self, reports: Mapping[RunKey, FileReport | None]) -> dict[RunKey, Disagreement]:
        """What is wrong, by run. A file that cannot be read is left out: there is nothing to compare with."""
        with self._examination.database() as database:
            return self._compare(database, reports)

    def without_file(self, files: Collection[RunKey], size: int) -> Iterator[list[RunKey]]:
        """The runs in the table that have no file, some at a time."""
        left = sorted(self._stored.difference(files))
        for first in range(0, len(left), size):
            yield left[first : first + size]

    def confirmed(
        self, suspicious: Mapping[RunKey, Disagreement], files: Mapping[RunKey, Path]
    ) -> dict[RunKey, Disagreement]:
        """What is so at a second look, at which no listener can be half way through a merge."""
        if not suspicious:
            return {}
        found: dict[RunKey, Disagreement] = {}
        with ExitStack() as stack:
            readers = stack.enter_context(FileReaders(self._depth, processes=1))
            database = stack.enter_context(self._examination.database())
            locked = self._lockable(stack)
            if locked is None:
                time.sleep(SECOND_LOOK_SECONDS)
            for key in suspicious:
                path = files.get(key)
                if locked is not None and path is not None:
                    list(readers.examine([path]))  # so that the file is at hand while others wait
                with ExitStack() as lock:
                    if locked is not None:
                        lock.enter_context(locked.writing())
                    report = None if path is None else next(report for _, report in readers.examine([path]))
                    found.update(self._compare(database, {key: report}))
        return found

    def _lockable(self, stack: ExitStack) -> Database | None:
        """A connection to hold the write lock with; None for who may not write."""
        try:
            database = stack.enter_context(open_database(self._examination.folder))
        except UserError:
            return None
        return None if database.read_only else database

    def _compare(self, database: Database, reports: Mapping[RunKey, FileReport | None]) -> dict[RunKey, Disagreement]:
        readable = {key: report for key, report in reports.items() if report is None or not report.problem}
        snapshot = read_runs(database, readable)
        rows = {run.key for run in snapshot.runs}
        cells: dict[RunKey, dict[str, CellValue]] = {key: {} for key in readable}
        for place, cell in snapshot.cells.items():
            cells[place.row][place.name] = cell
        found = {}
        for key, report in readable.items():
            wrong = compare(report, key in rows, cells[key], edited=self._edited, deleted=())
            if wrong.no_cell or wrong.no_row:
                with database.reading() as sql:
                    deleted = deleted_names(sql, key)
                if "*" in deleted:
                    continue
                wrong = compare(report, key in rows, cells[key], edited=self._edited, deleted=deleted)
            if wrong:
                found[key] = wrong
        return found

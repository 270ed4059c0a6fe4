"""Can every result be read, and does the table agree with the files?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from damnit_backend.care.agreement import Disagreement
from damnit_backend.care.comparing import Comparison
from damnit_backend.care.examination import CannotCheckError, Examination, Found, counted
from damnit_backend.care.file_readers import FileReaders
from damnit_backend.care.setting_aside import set_aside
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level
from damnit_backend.core.keys import RunKey
from damnit_backend.store.examine import Depth, FileReport
from damnit_backend.store.rescue import add_missing_cells
from damnit_backend.store.result_files import ResultFiles, list_result_files

BATCH = 500
"""Runs that are compared with the table at a time."""


@dataclass
class _Tally:
    damaged: dict[RunKey, str] = field(default_factory=dict)
    """Why a run's file cannot be opened."""
    unreadable: dict[RunKey, dict[str, str]] = field(default_factory=dict)
    """What in a file that opens cannot be read, and why."""
    disagreeing: dict[RunKey, Disagreement] = field(default_factory=dict)
    uncompared: str = ""
    """Why the table could not be read."""
    values: int = 0


def check(examination: Examination) -> Iterator[Found]:
    """Read every file, in processes of their own, and compare it with its row."""
    files = list_result_files(examination.folder)
    tally = _Tally()
    comparison: Comparison | None = None
    try:
        comparison = Comparison(examination)
    except (CannotCheckError, UserError) as error:
        tally.uncompared = str(error)
    total = len(files.runs)
    keys = {path: key for key, path in files.runs.items()}
    batch: dict[RunKey, FileReport | None] = {}
    with FileReaders(Depth.NAMES if examination.quick else Depth.ALL) as readers:
        for done, (path, report) in enumerate(readers.examine(files.runs.values()), 1):
            examination.progress(done, total)
            key = keys[path]
            _note(tally, key, path, report)
            batch[key] = report
            if len(batch) == BATCH:
                _compare(tally, comparison, batch)
                batch = {}
    _compare(tally, comparison, batch)
    if comparison is not None:
        for some in comparison.without_file(files.runs, BATCH):
            _compare(tally, comparison, dict.fromkeys(some))
        tally.disagreeing = comparison.confirmed(tally.disagreeing, files.runs)
    yield from _findings(examination, files, tally)


def _note(tally: _Tally, key: RunKey, path: Path, report: FileReport) -> None:
    tally.values += len(report.cells)
    if report.problem:
        if path.exists():  # else it was set aside just now, by a listener that could not read it
            tally.damaged[key] = report.problem
    elif report.unreadable:
        tally.unreadable[key] = report.unreadable


def _compare(tally: _Tally, comparison: Comparison | None, batch: dict[RunKey, FileReport | None]) -> None:
    if comparison is None or tally.uncompared or not batch:
        return
    try:
        tally.disagreeing.update(comparison.compare(batch))
    except UserError as error:
        tally.uncompared = str(error)


def _findings(examination: Examination, files: ResultFiles, tally: _Tally) -> Iterator[Found]:
    where = str(examination.folder.results)
    found = [*_damage(examination, files, tally, where), *_disagreements(examination, files, tally, where)]
    if tally.uncompared:
        text = f"The table cannot be compared with the files: {tally.uncompared}"
        found.append(Found(Level.ERROR, text, str(examination.folder.database)))
    if not found:
        what = "opens" if examination.quick else "can be read in full and agrees with the table"
        summary = f"{counted(len(files.runs), 'file')} of results, {counted(tally.values, 'value')}: each {what}."
        found.append(Found(Level.OK, summary, where))
    yield from found


def _damage(examination: Examination, files: ResultFiles, tally: _Tally, where: str) -> Iterator[Found]:
    if tally.damaged:
        paths = [files.runs[key] for key in tally.damaged]

        def mend() -> str:
            for path in paths:
                set_aside(examination.folder, path)
            return f"set {counted(len(paths), 'file')} aside; {_reprocess(tally.damaged)}"

        text = f"{counted(len(paths), 'file')} of results cannot be read."
        names = tuple(f"{files.runs[key].name}: {why}" for key, why in tally.damaged.items())
        yield Found(
            Level.ERROR, text, where, _reprocess(tally.damaged), names, mend, "set aside; the table's values stay"
        )
    if tally.unreadable:
        count = sum(len(places) for places in tally.unreadable.values())
        text = f"{counted(count, 'result')} in files that open cannot be read."
        names = tuple(
            f"{key}: {place}: {why}" for key, places in tally.unreadable.items() for place, why in places.items()
        )
        yield Found(Level.ERROR, text, where, _reprocess(tally.unreadable), names)


def _disagreements(examination: Examination, files: ResultFiles, tally: _Tally, where: str) -> Iterator[Found]:
    found = tally.disagreeing

    def mend() -> str:
        with examination.mending() as database:
            added = [
                name
                for key, missing in found.items()
                if missing.no_row or missing.no_cell
                for name in add_missing_cells(database, key, files.runs[key])
            ]
        return f"added {counted(len(added), 'value')} to the table from the files"

    if rows := tuple(str(key) for key, missing in found.items() if missing.no_row):
        text = f"There are files of results, but no rows in the table, of {counted(len(rows), 'run')}."
        yield Found(Level.WARNING, text, where, details=rows, mend=mend, mend_text="add them from the files")
    if cells := _lines(found, lambda missing: () if missing.no_row else missing.no_cell):
        text = "Results in the files are not in the table."
        yield Found(Level.WARNING, text, where, details=cells, mend=mend, mend_text="add them from the files")
    if names := _lines(found, lambda missing: missing.no_result):
        runs = [key for key, missing in found.items() if missing.no_result]
        text = f"The table has values of {counted(len(runs), 'run')} whose full results are missing."
        yield Found(Level.WARNING, text, where, _reprocess(runs), names)
    if names := _lines(found, lambda missing: missing.different):
        runs = [key for key, missing in found.items() if missing.different]
        text = f"In {counted(len(runs), 'run')} the table shows other values than the files hold."
        yield Found(Level.ERROR, text, where, _reprocess(runs), names)
    if names := _lines(found, lambda missing: missing.unreadable):
        text = "Values in the table cannot be read."
        runs = [key for key, missing in found.items() if missing.unreadable]
        yield Found(Level.ERROR, text, str(examination.folder.database), _reprocess(runs), names)


def _lines(found: dict[RunKey, Disagreement], part: Callable[[Disagreement], tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"{key}: {', '.join(names)}" for key, missing in found.items() if (names := part(missing)))


def _reprocess(keys: "dict[RunKey, str] | dict[RunKey, dict[str, str]] | list[RunKey]") -> str:
    """What brings results of some runs back."""
    numbers = sorted({key.run for key in keys})
    named = ",".join(map(str, numbers[:8])) + (",…" if len(numbers) > 8 else "")
    return f"Compute them again: damnit reprocess FOLDER {named}"

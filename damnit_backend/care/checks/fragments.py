"""Do results wait that should have been merged, or lie around half written?"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.care.file_readers import FileReaders
from damnit_backend.core.findings import Level
from damnit_backend.store.examine import Depth
from damnit_backend.store.fragments import fragment_key
from damnit_backend.store.rescue import stored_runs
from damnit_backend.store.result_files import list_result_files

WAIT_SECONDS = 120.0
"""A listener that lives has merged a fragment by then."""
ABANDONED_SECONDS = 24 * 3600.0
"""No Variable writes a fragment for so long: whoever began it is dead."""


def check(examination: Examination) -> Iterator[Found]:
    """Look at what is beside the run files."""
    files = list_result_files(examination.folder)
    where = str(examination.folder.results)
    found = [*_ready(examination, files.ready, where)]
    found += _unfinished(files.writing, "fragment", where)
    found += _unfinished(files.merging, "run file", where)
    if files.broken:
        text = f"{counted(len(files.broken), 'file')} of results could not be read and {_were(files.broken)} set aside."
        advice = "The values that are missing come back with: damnit reprocess FOLDER RUN"
        found.append(Found(Level.NOTICE, text, where, advice, _names(files.broken)))
    if files.others:
        text = f"{counted(len(files.others), 'file')} among the results {_were(files.others)} not put there by DAMNIT."
        found.append(Found(Level.NOTICE, text, where, "They are left alone.", _names(files.others)))
    yield from found or [Found(Level.OK, "No results wait, and none are half written.", where)]


def _ready(examination: Examination, paths: list[Path], where: str) -> Iterator[Found]:
    if not paths:
        return
    damaged = []
    with FileReaders(Depth.NAMES if examination.quick else Depth.ALL) as readers:
        for path, report in readers.examine(paths):
            if report.problem or report.unreadable:
                damaged.append(f"{path.name}: {report.problem or next(iter(report.unreadable.values()))}")
    nameless = [path.name for path in paths if fragment_key(path) is None]
    served = examination.is_served()
    late = [path for path in paths if time.time() - _changed(path) > WAIT_SECONDS]
    if served and late:
        text = f"The listener should have merged {counted(len(late), 'fragment')} of results, but has not."
        yield Found(Level.WARNING, text, where, "The listener's log says why.", _names(late))
    elif not served:
        text = f"Results wait to be merged, {counted(len(paths), 'fragment')}; no listener serves the folder."
        yield Found(Level.WARNING, text, where, "Start one: damnit listen FOLDER", _names(paths))
    if damaged:
        text = f"Of the results that wait to be merged, {counted(len(damaged), 'fragment')} cannot be read."
        yield Found(Level.WARNING, text, where, "The listener sets it aside; reprocess the run.", tuple(damaged))
    if nameless:
        text = f"{counted(len(nameless), 'file')}: named like a fragment, but of no run."
        yield Found(Level.NOTICE, text, where, "Nobody will merge it.", tuple(nameless))
    yield from _of_unknown_runs(examination, paths, where)


def _of_unknown_runs(examination: Examination, paths: list[Path], where: str) -> Iterator[Found]:
    with examination.database() as database:
        known = stored_runs(database)
    strangers = [path for path in paths if (key := fragment_key(path)) is not None and key not in known]
    if strangers:
        text = f"{counted(len(strangers), 'fragment')} of runs that are not in the table."
        yield Found(Level.NOTICE, text, where, "Merging adds the run.", _names(strangers))


def _unfinished(paths: list[Path], what: str, where: str) -> list[Found]:
    """Files that somebody is writing now, or began to and died."""
    held = _held_open() if paths else set()
    dead = [p for p in paths if p.resolve() not in held and time.time() - _changed(p) > ABANDONED_SECONDS]
    young = [p for p in paths if p not in dead and p.resolve() not in held]

    def mend() -> str:
        for path in dead:
            path.unlink(missing_ok=True)
        return f"removed {counted(len(dead), 'unfinished file')}"

    found = []
    if dead:
        text = f"{counted(len(dead), what)} {_were(dead)} never finished: the process died more than a day ago."
        found.append(
            Found(Level.WARNING, text, where, details=_names(dead), mend=mend, mend_text="remove what is unfinished")
        )
    if young:
        text = f"{counted(len(young), what)} {_were(young)} begun less than a day ago, by no process of this host."
        found.append(Found(Level.NOTICE, text, where, "Another host may be writing.", _names(young)))
    return found


def _held_open() -> set[Path]:
    """The files that processes of this host have open, as far as this user may see them."""
    held: set[Path] = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            held.update(Path(file.path) for file in process.open_files())
    return held


def _changed(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return time.time()  # gone meanwhile: somebody looks after it


def _names(paths: list[Path]) -> tuple[str, ...]:
    return tuple(os.fsencode(path.name).decode(errors="replace") for path in paths)


def _were(paths: list[Path]) -> str:
    return "was" if len(paths) == 1 else "were"

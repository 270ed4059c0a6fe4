"""What crashes, repairs and former results left in the folder."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.care.file_readers import FileReaders
from damnit_backend.care.setting_aside import FOLDER, set_aside
from damnit_backend.care.snapshot import abandoned_snapshots
from damnit_backend.core.findings import Level
from damnit_backend.store.examine import Depth
from damnit_backend.store.result_files import former_files

OLD_SECONDS = 24 * 3600.0
"""What was not touched for so long nobody is working on."""
_UNFINISHED = ("runs.sqlite.*.writing", "runs.sqlite.*.aside")


def check(examination: Examination) -> Iterator[Found]:
    """Look for what nobody needs any more, and for what somebody may miss."""
    found = [*_unfinished(examination), *_snapshots(examination), *_set_aside(examination)]
    with examination.database() as database:
        former = former_files(database)
    if former.unknown:
        stale = [path for path in former.unknown if _age(path) > OLD_SECONDS]

        def mend() -> str:
            for path in stale:
                set_aside(examination.folder, path)
            return f"set {counted(len(stale), 'file')} aside"

        text = f"The history does not know {counted(len(former.unknown), 'file')} of former results."
        names = tuple(path.name for path in former.unknown)
        found.append(Found(Level.NOTICE, text, str(former.place), details=names, mend=mend if stale else None,
                           mend_text="set them aside"))  # fmt: skip
    if former.missing:
        text = f"The history names {counted(len(former.missing), 'file')} of former results that cannot be found."
        found.append(Found(Level.WARNING, text, str(former.place), "A backup may have it.", former.missing))
    found += _damaged_former(examination, former.known)
    yield from found or [Found(Level.OK, "Nothing is left over.", str(examination.folder.path))]


def _damaged_former(examination: Examination, paths: Sequence[Path]) -> Iterator[Found]:
    damaged: list[str] = []
    with FileReaders(Depth.NAMES if examination.quick else Depth.ALL) as readers:
        for done, (path, report) in enumerate(readers.examine(paths), 1):
            examination.progress(done, len(paths))
            if path.exists():  # else it is not kept any more since just now
                reasons = [report.problem] if report.problem else []
                reasons += [f"{place}: {why}" for place, why in report.unreadable.items()]
                damaged += [f"{path.name}: {reason}" for reason in reasons]
    if damaged:
        # Nothing to mend: where a full result cannot be read, the history still has its value.
        text = "Former results cannot be read; their values are in the history all the same."
        advice = "A backup may have them."
        yield Found(Level.WARNING, text, str(examination.folder.former), advice, tuple(sorted(damaged)))


def _unfinished(examination: Examination) -> Iterator[Found]:
    """Copies of the database that were begun and never completed."""
    place = examination.folder.path
    stale = [path for pattern in _UNFINISHED for path in place.glob(pattern) if _age(path) > OLD_SECONDS]

    def mend() -> str:
        for path in stale:
            path.unlink(missing_ok=True)
        return "removed them"

    if stale:
        text = f"{counted(len(stale), 'copy', 'copies')} of the database never came to an end."
        names = tuple(path.name for path in stale)
        yield Found(Level.NOTICE, text, str(place), details=names, mend=mend, mend_text="remove them")


def _snapshots(examination: Examination) -> Iterator[Found]:
    left = abandoned_snapshots(examination.folder.path)

    def mend() -> str:
        for path in left:
            shutil.rmtree(path)
        return "removed them"

    if left:
        text = f"A backup that was killed left its links behind, in {counted(len(left), 'directory', 'directories')}."
        names = tuple(path.name for path in left)
        place = str(examination.folder.path)
        yield Found(Level.WARNING, text, place, "They keep disk space in use.", names, mend, "remove them")


def _set_aside(examination: Examination) -> Iterator[Found]:
    place = examination.folder.path / FOLDER
    kept = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else []
    if kept:
        size = sum(path.stat().st_size for path in kept)
        text = f"{counted(len(kept), 'file')} that repairs set aside: {size / 1e6:,.1f} MB."
        advice = "Delete it when nobody wants to look into it any more."
        yield Found(Level.NOTICE, text, str(place), advice, tuple(path.name for path in kept))


def _age(path: Path) -> float:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0

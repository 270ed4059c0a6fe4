"""What lies in the folder of results: run files, fragments, and what crashes and repairs left."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from damnit_backend.core.keys import RunKey

from .database import Database
from .folder import Folder
from .schema import has_table

_RUN_FILE = re.compile(r"p([0-9]{1,9})_r([0-9]{1,9})\.h5")
_PASSING = {
    ".ready.h5": "ready", ".writing.h5": "writing", ".merging.h5": "merging", ".broken.h5": "broken",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResultFiles:
    """The files by what they are, each list in the order of names."""

    runs: dict[RunKey, Path] = field(default_factory=dict)
    ready: list[Path] = field(default_factory=list)
    """Complete fragments, not merged yet."""
    writing: list[Path] = field(default_factory=list)
    """Fragments that are being written, or whose writer died."""
    merging: list[Path] = field(default_factory=list)
    """Run files that are being written, or whose writer died."""
    broken: list[Path] = field(default_factory=list)
    """What could not be read and was set aside."""
    others: list[Path] = field(default_factory=list)
    """What no program of ours put there."""


def list_result_files(folder: Folder) -> ResultFiles:
    """Look at the names in the folder of results. OSError if it cannot be listed; one that is missing is empty."""
    found = ResultFiles()
    try:
        names = sorted(entry.name for entry in os.scandir(folder.results) if not entry.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return found
    for name in names:
        path = folder.results / name
        match = _RUN_FILE.fullmatch(name)
        if match and name == folder.run_file(key := RunKey(int(match[1]), int(match[2]))).name:
            found.runs[key] = path
        else:
            kind = next((kind for ending, kind in _PASSING.items() if name.endswith(ending)), "others")
            getattr(found, kind).append(path)
    return found


@dataclass(frozen=True, slots=True)
class FormerFiles:
    """How the files of former results agree with the history."""

    place: Path
    unknown: tuple[Path, ...]
    """There, but not named by the history."""
    missing: tuple[str, ...]
    """Named by the history, but not there."""
    known: tuple[Path, ...]
    """There, and named by the history."""


def former_files(database: Database) -> FormerFiles:
    """Compare what is in the folder of former results with what the history names."""
    place = database.folder.former
    there = {path.name: path for path in sorted(place.glob("*.h5"))}
    with database.reading() as sql:
        rows = []
        if has_table(sql, "desk_history"):
            rows = sql.execute("SELECT DISTINCT former_file FROM desk_history WHERE former_file IS NOT NULL").fetchall()
    # Looked at after the files: a file is written before the history names it.
    named = {str(name) for (name,) in rows}
    return FormerFiles(
        place,
        tuple(path for name, path in there.items() if name not in named),
        tuple(sorted(name for name in named - set(there) if not (place / name).exists())),
        tuple(path for name, path in there.items() if name in named),
    )

"""What of a folder belongs into a backup."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from damnit_backend.store.folder import Folder

from .setting_aside import FOLDER as SET_ASIDE
from .snapshot import PREFIX
from .version import Version

LARGE = 256 << 20
"""Bytes of a file that DAMNIT knows nothing of from which on it is left out."""
MANIFEST = "backup.json"
CHECKSUMS = "SHA256SUMS"
_OWN = (MANIFEST, CHECKSUMS)
_PASSING = (".writing.h5", ".merging.h5", ".aside", ".writing")
"""Endings of files that are being written: what is in them is elsewhere still, or not made yet."""
_PROGRAMS = ("__pycache__", "site-packages", "node_modules")


@dataclass(frozen=True, slots=True)
class Contents:
    """Files by their path below the folder, but for the database; and what is left out, with the reason."""

    files: dict[str, Version] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(version.size for version in self.files.values())


def list_contents(folder: Folder, *, with_logs: bool) -> Contents:
    """Look through the folder. OSError if a directory of it cannot be listed."""
    found = Contents()
    for entry in _entries(folder.path):
        _take_top(folder, entry, found, with_logs)
    return found


def _take_top(folder: Folder, entry: "os.DirEntry[str]", found: Contents, with_logs: bool) -> None:
    if entry.name.startswith((PREFIX, folder.database.name + "-")) or entry.name in (folder.database.name, *_OWN):
        return
    if entry.is_symlink():
        found.left_out[entry.name] = "a link"
    elif not entry.is_dir():
        _take(entry.name, entry, found, limit=LARGE)
    elif entry.name in (folder.results.name, folder.logs.name if with_logs else ""):
        for name, inner in _walk(entry):
            _take(name, inner, found)
    elif entry.name in (folder.logs.name, SET_ASIDE):
        found.left_out[entry.name] = "not asked for" if entry.name == folder.logs.name else "damaged files"
    else:
        _take_modules(entry, found)


def _take_modules(entry: "os.DirEntry[str]", found: Contents) -> None:
    """Of a folder that people made, what a context file may import."""
    if entry.name in _PROGRAMS or Path(entry.path, "pyvenv.cfg").exists():
        if entry.name not in _PROGRAMS:
            found.left_out[entry.name] = "installed programs"
        return
    others = 0
    for name, inner in _walk(entry):
        if inner.name.endswith(".py"):
            _take(name, inner, found)
        else:
            others += 1
    if others:
        found.left_out[entry.name] = f"{others} files that are no Python modules"


def _take(name: str, entry: "os.DirEntry[str]", found: Contents, limit: int | None = None) -> None:
    try:
        state = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # a fragment that was just merged
    if not stat.S_ISREG(state.st_mode):
        found.left_out[name] = "no regular file"
    elif entry.name.endswith(_PASSING):
        return
    elif limit is not None and state.st_size > limit:
        found.left_out[name] = f"larger than {limit >> 20} MB"
    else:
        found.files[name] = Version.of(state)


def _walk(place: "os.DirEntry[str]", prefix: str = "") -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """What is in a directory and those in it, with its path below the folder. Texts: a path object costs more than
    looking at the file."""
    here = f"{prefix}{place.name}/"
    for entry in _entries(place):
        if not entry.is_dir(follow_symlinks=False):
            yield here + entry.name, entry
        elif entry.name not in _PROGRAMS:
            yield from _walk(entry, here)


def _entries(place: "Path | os.DirEntry[str]") -> list["os.DirEntry[str]"]:
    with os.scandir(place) as entries:
        return sorted(entries, key=lambda entry: entry.name)

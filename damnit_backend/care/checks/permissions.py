"""May those read and write the folder who should, and nobody else?"""

import grp
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level

_SKIPPED = ("__pycache__", "site-packages", "node_modules")
_COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass
class _Faults:
    """Paths below the folder, by what is wrong with them."""

    writable_by_all: list[Path] = field(default_factory=list)
    closed_to_group: list[Path] = field(default_factory=list)
    not_writable_by_group: list[Path] = field(default_factory=list)
    other_group: list[Path] = field(default_factory=list)


def check(examination: Examination) -> Iterator[Found]:
    """Compare what is in the folder with the folder itself."""
    folder = examination.folder.path
    own = folder.stat()
    faults = _Faults()
    for count, (path, mode) in enumerate(_walk(folder), 1):
        examination.progress(count, 0)
        _look(path, mode, own, examination, faults)
    found = [
        *_open_to_all(faults.writable_by_all, folder),
        *_closed(faults, own, folder),
        *_groups(faults, own, folder),
    ]
    yield from found or [Found(Level.OK, f"Modes and groups are as they should be: {_words(own)}.", str(folder))]


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The folder and what is in it; links are not followed, and programs that lie in it are left out."""
    yield folder, folder.stat()
    places = [folder]
    while places:
        try:
            entries = list(os.scandir(places.pop()))
        except OSError:
            continue  # may not be entered: its own mode is looked at
        for entry in entries:
            try:
                mode = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(mode.st_mode) and not _is_foreign(entry):
                places.append(Path(entry.path))
            if stat.S_ISDIR(mode.st_mode) or stat.S_ISREG(mode.st_mode):
                yield Path(entry.path), mode


def _is_foreign(entry: "os.DirEntry[str]") -> bool:
    return entry.name in _SKIPPED or Path(entry.path, "pyvenv.cfg").exists()


def _look(path: Path, found: os.stat_result, own: os.stat_result, examination: Examination, faults: _Faults) -> None:
    mode = found.st_mode
    if mode & stat.S_IWOTH and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):
        faults.writable_by_all.append(path)
    if own.st_mode & stat.S_IRGRP and not mode & stat.S_IRGRP:
        faults.closed_to_group.append(path)
    if own.st_mode & stat.S_IWGRP and not mode & stat.S_IWGRP and _is_shared(path, examination):
        faults.not_writable_by_group.append(path)
    if own.st_mode & stat.S_ISGID and found.st_gid != own.st_gid:
        faults.other_group.append(path)


def _is_shared(path: Path, examination: Examination) -> bool:
    """Whether several people must write it: the database with its companions, and the folders."""
    folder = examination.folder
    database = [folder.database, *(folder.database.with_name(folder.database.name + end) for end in _COMPANIONS)]
    return path in (folder.path, folder.results, folder.logs, folder.context_file, *database)


def _open_to_all(paths: list[Path], folder: Path) -> Iterator[Found]:
    if paths:
        text = f"Everybody on this system may write {counted(len(paths), 'file or folder', 'files or folders')}."
        advice = "Anybody can change results. Its owner can mend it."
        yield _mendable(Level.WARNING, text, folder, advice, paths, lambda mode: mode & ~stat.S_IWOTH)


def _closed(faults: _Faults, own: os.stat_result, folder: Path) -> Iterator[Found]:
    group = _group(own.st_gid)
    if paths := faults.closed_to_group:
        text = f"The group {group} may read the folder, but not {counted(len(paths), 'file or folder of it')}."
        yield _mendable(Level.WARNING, text, folder, "Their owners can mend it.", paths, _readable)
    if paths := faults.not_writable_by_group:
        text = f"The group {group} may write the folder, but not {counted(len(paths), 'part of it', 'parts of it')}."
        advice = "Others of the group cannot edit or process. Its owner can mend it."
        yield _mendable(Level.WARNING, text, folder, advice, paths, lambda mode: mode | stat.S_IWGRP)


def _readable(mode: int) -> int:
    enter = stat.S_IXGRP if stat.S_ISDIR(mode) else 0
    return mode | stat.S_IRGRP | enter


def _groups(faults: _Faults, own: os.stat_result, folder: Path) -> Iterator[Found]:
    paths = faults.other_group
    if not paths:
        return
    ours = [path for path in paths if path.stat().st_uid == os.getuid()]

    def mend() -> str:
        for path in ours:
            os.chown(path, -1, own.st_gid)
        return f"gave {counted(len(ours), 'file')} to the group"

    text = f"The folder's group {_group(own.st_gid)} does not own {counted(len(paths), 'file')} in it."
    may = bool(ours) and (own.st_gid in os.getgroups() or os.getuid() == 0)
    yield Found(Level.NOTICE, text, str(folder), details=_relative(paths, folder), mend=mend if may else None,
                mend_text="give those of yours to the group")  # fmt: skip


def _mendable(
    level: Level, text: str, folder: Path, advice: str, paths: list[Path], change: Callable[[int], int]
) -> Found:
    """A finding whose mending changes the modes of this user's own files."""
    ours = [path for path in paths if path.stat().st_uid == os.getuid()]

    def mend() -> str:
        for path in ours:
            path.chmod(change(path.stat().st_mode) & 0o7777)
        done = f"changed the modes of {counted(len(ours), 'file or folder', 'files or folders')}"
        if len(ours) < len(paths):
            raise UserError(f"It {done}; the others belong to other people.", "Ask their owners.")
        return done

    return Found(level, text, str(folder), advice, _relative(paths, folder), mend if ours else None,
                 "change the modes of what is yours")  # fmt: skip


def _relative(paths: list[Path], folder: Path) -> tuple[str, ...]:
    by_place: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        by_place[path.parent].append(path)
    return tuple(str(path.relative_to(folder)) for place in sorted(by_place) for path in sorted(by_place[place]))


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _words(own: os.stat_result) -> str:
    return f"{stat.filemode(own.st_mode)} of the group {_group(own.st_gid)}"

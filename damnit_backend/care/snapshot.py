"""Versions of files held still while the folder is in use: links to them, which cost no space."""

import errno
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import psutil

from damnit_backend.core.errors import UserError

from .version import Version

PREFIX = ".backup-"
_NAME = re.compile(re.escape(PREFIX) + r"(?P<pid>[0-9]+)@(?P<host>.+)\.[0-9a-f]{8}")
OLD_SECONDS = 7 * 24 * 3600.0
"""A snapshot that another host made and never removed is given up after this time."""
_NO_LINKS = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EROFS)


class Snapshot:
    """A block with a directory, in ``place``, in which versions of a folder's files stay as they are.

    Files of ours are replaced whole and never edited, so that a link keeps a version; where links cannot be made,
    files are copied.
    """

    def __init__(self, folder: Path, place: Path) -> None:
        self._folder = folder
        self.path = place / snapshot_name()
        self._held: dict[str, Version] = {}
        self.copied: set[str] = set()
        """Those that are no links but copies."""

    def __enter__(self) -> "Snapshot":
        self.path.mkdir(mode=0o700)
        return self

    def __exit__(
        self, cls: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def held(self) -> Mapping[str, Version]:
        """What is held, in which version."""
        return self._held

    def hold(self, wanted: Mapping[str, Version], told: Callable[[int], None] = lambda _: None) -> int:
        """Hold exactly the wanted files in their present versions; how many differed from what was held."""
        gone = self._held.keys() - wanted.keys()
        for name in gone:
            self._drop(name)
        other = [name for name, version in wanted.items() if self._held.get(name) != version]
        for count, name in enumerate(other):
            told(count)
            self._drop(name)
            self._take(name)
        return len(gone) + len(other)

    def file(self, name: str) -> Path:
        """Where the held version of a file is."""
        return self.path / name

    def _drop(self, name: str) -> None:
        if self._held.pop(name, None) is not None:
            self.file(name).unlink()

    def _take(self, name: str) -> None:
        source, target = self._folder / name, self.file(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target, follow_symlinks=False)
            self._held[name] = Version.of(target.stat())
        except FileNotFoundError:
            return  # removed just now: a fragment that was merged
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            self._copy(name, source, target)

    def _copy(self, name: str, source: Path, target: Path) -> None:
        try:
            with source.open("rb") as old, target.open("xb") as new:
                self._held[name] = Version.of(os.fstat(old.fileno()))
                self.copied.add(name)
                shutil.copyfileobj(old, new, 1 << 20)
        except FileNotFoundError:
            return
        except PermissionError as error:
            raise UserError(
                f"{source} may not be read by you.", "Ask its owner, or have them make the backup."
            ) from error


def snapshot_name() -> str:
    """A new name for a snapshot's directory, which tells whose it is."""
    return f"{PREFIX}{os.getpid()}@{socket.gethostname()}.{secrets.token_hex(4)}"


def abandoned_snapshots(place: Path) -> list[Path]:
    """Snapshots in a directory whose process is dead."""
    found = []
    for path in sorted(place.glob(f"{PREFIX}*")):
        match = _NAME.fullmatch(path.name)
        if match is None or not path.is_dir() or path.is_symlink():
            continue
        local = match["host"] == socket.gethostname()
        old = time.time() - path.stat().st_mtime > OLD_SECONDS
        if old or (local and not psutil.pid_exists(int(match["pid"]))):
            found.append(path)
    return found

"""Writing files into one tar file, with their checksums."""

import hashlib
import io
import os
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from damnit_backend.core.errors import UserError

from .version import Version

Told = Callable[[int], None]
"""Hears of bytes that were written, and may end the work by raising."""


class Packed(msgspec.Struct, frozen=True):
    """A file in a backup."""

    name: str
    size: int
    sha256: str


class TarWriter:
    """A block in which files are packed below one directory. ``packed`` lists them."""

    def __init__(self, file: IO[bytes], top: str, told: Told) -> None:
        self._tar = tarfile.TarFile(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)
        self._top = top
        self._told = told
        self.packed: list[Packed] = []

    def __enter__(self) -> "TarWriter":
        return self

    def __exit__(
        self, cls: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._tar.close()  # which writes the end of the archive

    def add(self, path: Path, name: str, unchanged: Version | None = None) -> None:
        """Pack a file; UserError if it is not in the version ``unchanged``."""
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            info = self._tar.gettarinfo(arcname=f"{self._top}/{name}", fileobj=file)
            info.type = tarfile.REGTYPE  # links between its files are ours
            info.size = state.st_size
            source = _Hashing(file, state.st_size, self._told)
            self._tar.addfile(info, source)
            if unchanged is not None and Version.of(os.fstat(file.fileno())) != unchanged:
                raise UserError(
                    f"{name} was changed in its place while it was copied.",
                    "Stop the other program that writes results, such as DAMNIT 0.4.0, and try again.",
                )
        self.packed.append(Packed(name, info.size, source.digest))

    def add_text(self, name: str, text: str) -> None:
        """Pack a text that is not in a file."""
        content = text.encode("utf-8", "surrogateescape")
        info = tarfile.TarInfo(f"{self._top}/{name}")
        info.size, info.mtime, info.mode = len(content), int(time.time()), 0o644
        self._tar.addfile(info, io.BytesIO(content))


class _Hashing:
    """The first bytes of a file, for `tarfile`; what grows later is not in it."""

    def __init__(self, file: IO[bytes], size: int, told: Told) -> None:
        self._file = file
        self._left = size
        self._told = told
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(content)
        self._hash.update(content)
        self._told(len(content))
        return content


def checksums(packed: list[Packed]) -> str:
    """The text of a file for ``sha256sum --check``; names that would need quoting are left to the manifest."""
    return "".join(f"{p.sha256}  {p.name}\n" for p in packed if not any(c in p.name for c in "\\\n\r"))

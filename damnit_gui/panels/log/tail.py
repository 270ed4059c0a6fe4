"""Reading a log that grows: only what is new, in whole lines, and from the beginning if it became another file."""

import os
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path

from damnit_backend.core.errors import UserError

LIMIT = 2_000_000
"""So many bytes are read at a time; of a longer log, its end."""

_LONGEST_LINE = 65_536
_MARK = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of which file was read: bytes ``start`` to ``end``. ``mark`` are the last of them, to tell whether
    the file was written anew meanwhile."""

    inode: int
    start: int
    end: int
    mark: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """What a look brought. ``fresh``: it replaces all that was read before. ``lines`` are whole; ``rest`` is a last
    line without its end, which comes again. ``place`` is None if there is no file. ``changed_at`` since 1970."""

    place: Place | None
    fresh: bool
    lines: bytes = b""
    rest: bytes = b""
    changed_at: float = 0.0


def read_more(path: Path, known: Place | None, limit: int = LIMIT) -> Piece:
    """What was written to the file since ``known`` (None: nothing was read yet). Raises UserError."""
    try:
        with path.open("rb") as file:
            return _read(file, known, limit)
    except FileNotFoundError:
        return Piece(None, fresh=known is not None)
    except OSError as error:
        raise UserError(f"The log {path} cannot be read: {error.strerror}.") from error


def _read(file: BufferedReader, known: Place | None, limit: int) -> Piece:
    found = os.fstat(file.fileno())
    if known is None or not _goes_on(file, known, found) or found.st_size - known.end > limit:
        start = _line_start(file, max(found.st_size - limit, 0))
        known = Place(found.st_ino, start, start, b"")
        fresh = True
    else:
        fresh = False
    file.seek(known.end)
    data = file.read(limit)
    whole = data.rfind(b"\n") + 1
    if len(data) - whole > _LONGEST_LINE:
        whole = len(data)
    lines, rest = data[:whole], data[whole:]
    mark = (known.mark + lines)[-_MARK:]
    return Piece(replace(known, end=known.end + whole, mark=mark), fresh, lines, rest, found.st_mtime)


def _goes_on(file: BufferedReader, known: Place, found: os.stat_result) -> bool:
    """Whether this is still the file that was read, only longer."""
    if found.st_ino != known.inode or found.st_size < known.end:
        return False
    file.seek(known.end - len(known.mark))
    return file.read(len(known.mark)) == known.mark


def _line_start(file: BufferedReader, position: int) -> int:
    """The beginning of the first line at or after a position; the position itself within a very long line."""
    if position == 0:
        return 0
    file.seek(position - 1)
    head = file.read(_LONGEST_LINE)
    end = head.find(b"\n")
    return position if end < 0 else position + end


def read_earlier(path: Path, known: Place, limit: int = LIMIT) -> tuple[Place, bytes] | None:
    """Lines that stand before what was read; None if the file has become another one. Raises UserError."""
    try:
        with path.open("rb") as file:
            if not _goes_on(file, known, os.fstat(file.fileno())):
                return None
            start = min(_line_start(file, max(known.start - limit, 0)), known.start)
            file.seek(start)
            return replace(known, start=start), file.read(known.start - start)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"The log {path} cannot be read: {error.strerror}.") from error

"""Reading and writing the context file: nothing of it is lost, and it is never half written.

What is read can be written back byte for byte: line ends stay as they are, and so does a byte order mark.
"""

import contextlib
import logging
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.core.errors import UserError

MAX_BYTES = 20_000_000
"""A larger file is none that a person wrote."""

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")
_log = logging.getLogger(__name__)


class ChangedOnDiskError(UserError):
    """The file is not what it was when it was read: somebody else has written it, or it is gone."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Tells whether a file was written since: any writing changes at least one of the three."""

    inode: int
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as read. ``stamp`` is None if there is no file. ``problem`` says, for people, why its text can only be
    read here (then characters of ``text`` may stand for others); empty if all is well."""

    text: str
    bom: bool = False
    stamp: FileStamp | None = None
    problem: str = ""

    @property
    def newline(self) -> str:
        r"""The line end of most lines: ``"\n"``, ``"\r\n"`` or ``"\r"``."""
        ends = _LINE_END.findall(self.text)
        return max(("\n", "\r\n", "\r"), key=ends.count)


def stamp_of(path: Path) -> FileStamp | None:
    """The stamp of the file now; None if there is no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    return _stamp(found)


def _stamp(found: os.stat_result) -> FileStamp:
    return FileStamp(found.st_ino, found.st_size, found.st_mtime_ns)


def read_text_file(path: Path) -> TextFile:
    """The file's text; an empty one without a stamp if there is no file.

    Raises UserError if it cannot be read at all. A file that is not UTF-8 is no error: see `TextFile.problem`.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UserError(f"{path} is not a file.", "Move it away; a context file belongs there.")
            if found.st_size > MAX_BYTES:
                raise UserError(f"{path} is too large for the editor ({found.st_size / 1e6:.0f} MB).")
            data = file.read()
    except FileNotFoundError:
        return TextFile("")
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder.", "Move it away; a context file belongs there.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    return decode_text(data, path.name, _stamp(found))


def decode_text(data: bytes, name: str, stamp: FileStamp | None = None) -> TextFile:
    """The text in the bytes of a file of this name."""
    bom = data.startswith(_BOM)
    data = data.removeprefix(_BOM)
    try:
        text = data.decode("utf-8")
        bad = data.find(b"\0")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", errors="replace")
        bad = error.start
    if bad < 0:
        return TextFile(text, bom, stamp)
    line = len(re.findall(rb"\r\n|\r|\n", data[:bad])) + 1
    problem = (
        f"{name} is not UTF-8 text (byte 0x{data[bad]:02x} in line {line}), so it can only be read here. "
        "Convert it to UTF-8 with the program that wrote it."
    )
    return TextFile(text.replace("\0", "\ufffd"), bom, stamp, problem)


def write_text_file(path: Path, text: str, *, bom: bool, expected: FileStamp | None) -> FileStamp:
    """Replace the file whole: written aside, brought to the disk, then renamed. Mode and group stay as they were.

    ``expected`` is the stamp that it had when it was read (None: there was no file). Raises ChangedOnDiskError if
    it has another one now, UserError if it cannot be written. Then the old file is untouched.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    found = stamp_of(target)
    if found != expected:
        what = "was deleted" if found is None else "was changed by somebody else"
        raise ChangedOnDiskError(f"{path.name} {what} since it was read.", "Compare both, then keep one of them.")
    aside = target.with_name(f".{target.name}.{secrets.token_hex(6)}.saving")
    try:
        _write_aside(aside, target, (_BOM if bom else b"") + text.encode("utf-8"))
        aside.replace(target)
        _sync_directory(target.parent)
        return _stamp(target.stat())
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.",
            "Your text is still here; save it again when that is mended.",
        ) from error
    finally:
        with contextlib.suppress(OSError):  # usually renamed by now; if it cannot be removed, the error above says why
            aside.unlink(missing_ok=True)


def _write_aside(aside: Path, target: Path, data: bytes) -> None:
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        file.write(data)
        with contextlib.suppress(FileNotFoundError):  # a new file: mode and group by umask and directory
            _copy_access(target.stat(), file.fileno(), target)
        file.flush()
        os.fsync(file.fileno())


def _copy_access(former: os.stat_result, descriptor: int, target: Path) -> None:
    mode = stat.S_IMODE(former.st_mode)
    if os.fstat(descriptor).st_gid != former.st_gid:
        try:
            os.fchown(descriptor, -1, former.st_gid)
        except PermissionError:
            # What the old group might do, the new one must not get by accident.
            mode &= ~0o070
            _log.warning("%s could not be kept in group %d: you are not in it", target, former.st_gid)
    os.fchmod(descriptor, mode)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

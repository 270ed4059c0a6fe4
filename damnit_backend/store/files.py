"""Making files that everybody may use who may use their folder, and making sure that they are on the disk."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

_WRITE_FAILED = re.compile(r"(?:file write failed|unable to extend file).*?errno = ([0-9]+)", re.DOTALL)


def keep_others_from_writing() -> None:
    """From now on nothing that this process makes, or those that it starts, is writable by all, whatever its umask
    was. Call it once, at a process's start."""
    os.umask(os.umask(0o022) | 0o002)


def make_file(path: Path) -> None:
    """An empty file with the permissions of its folder, as far as the umask allows, and never writable by all.

    FileExistsError if there is one.
    """
    mode = path.parent.stat().st_mode & 0o664 | 0o600
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))


def sync(path: Path) -> None:
    """Return once a file, or the names in a directory, would survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Within the block, a full disk is an OSError with its number; HDF5 says it in words, in errors of any kind."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = _WRITE_FAILED.search(str(error))
        if number is None or getattr(error, "errno", None) is not None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error

"""Is there room for what comes?"""

import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from damnit_backend.care.examination import Examination, Found
from damnit_backend.core.findings import Level

FULL = 200 << 20
SCARCE = 2 << 30
FEW_FILES = 10_000
PROBE = 1 << 20
"""Bytes that are written to see whether a quota forbids it."""


def check(examination: Examination) -> Iterator[Found]:
    """Free space and free entries of the file system, and whether this user may still write."""
    path = examination.folder.path
    found = os.statvfs(path)
    free = found.f_bavail * found.f_frsize
    text = f"{free / 1e9:,.1f} GB are free on the disk."
    if free < SCARCE:
        level = Level.ERROR if free < FULL else Level.WARNING
        yield Found(level, f"Only {text}", str(path), "Make room: results and edits wait when the disk is full.")
    elif found.f_files and found.f_favail < FEW_FILES:
        few = f"Only {found.f_favail:,} more files may be made on the disk."
        yield Found(Level.WARNING, few, str(path), "Each run makes one: remove others.")
    else:
        yield Found(Level.OK, text, str(path))
    if os.access(path, os.W_OK):
        yield from _write(path)


def _write(path: Path) -> Iterator[Found]:
    probe = path / f".probe-{secrets.token_hex(4)}"
    try:
        with probe.open("xb") as file:
            file.write(bytes(PROBE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        quota = error.errno == errno.EDQUOT
        advice = (
            "Ask for more, or remove what is not needed." if quota else "Results cannot be stored: see to the disk."
        )
        text = "Your quota on this disk is used up." if quota else f"Nothing can be written: {error.strerror}."
        yield Found(Level.ERROR, text, str(path), advice)
    finally:
        probe.unlink(missing_ok=True)

"""Versions of files held still while the folder is in use: links to them, which cost no space."""

import os
import re
import secrets
import socket
import time
from pathlib import Path

import psutil

from damnit_backend.store.folder import Folder

PREFIX = ".backup-"
_NAME = re.compile(re.escape(PREFIX) + r"(?P<pid>[0-9]+)@(?P<host>.+)\.[0-9a-f]{8}")
OLD_SECONDS = 7 * 24 * 3600.0
"""A snapshot that another host made and never removed is given up after this time."""


def snapshot_name() -> str:
    """A new name for a snapshot's directory, which tells whose it is."""
    return f"{PREFIX}{os.getpid()}@{socket.gethostname()}.{secrets.token_hex(4)}"


def abandoned_snapshots(folder: Folder) -> list[Path]:
    """Snapshots whose process is dead."""
    found = []
    for path in sorted(folder.path.glob(f"{PREFIX}*")):
        match = _NAME.fullmatch(path.name)
        if match is None or not path.is_dir() or path.is_symlink():
            continue
        local = match["host"] == socket.gethostname()
        old = time.time() - path.stat().st_mtime > OLD_SECONDS
        if old or (local and not psutil.pid_exists(int(match["pid"]))):
            found.append(path)
    return found

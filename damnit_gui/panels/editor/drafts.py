"""Unsaved text, kept in the user's own directory so that a crash or a closed window does not lose it.

Each editor writes one draft file of its own; drafts that no living editor owns are offered at the next start.
"""

import hashlib
import logging
import os
import re
import secrets
import socket
import threading
import time
from pathlib import Path

import msgspec
import platformdirs

_log = logging.getLogger(__name__)


class Draft(msgspec.Struct, frozen=True):
    """Text that was not saved. ``pid`` is the process that is still writing it, 0 if its editor was closed."""

    file: str
    text: str
    kept_at: float
    host: str
    pid: int


def usual_directory() -> Path:
    return platformdirs.user_state_path("damnit-desktop") / "drafts"


def draft_prefix(file: Path) -> str:
    """How the names of drafts of this file begin: readable, and different for each file."""
    digest = hashlib.sha256(str(file).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    readable = re.sub(r"[^\w.-]", "_", f"{file.parent.name}-{file.stem}", flags=re.ASCII)[:60]
    return f"{readable}-{digest}-"


class Drafts:
    """The drafts of one file, and the one that this editor writes.

    Calls may come from several threads and finish in any order: each has a ``turn`` (a growing number), and one
    with an earlier turn than what was done already does nothing.
    """

    def __init__(self, file: Path, directory: Path) -> None:
        self._file = file
        self._directory = directory
        self._own = directory / f"{draft_prefix(file)}{secrets.token_hex(4)}.json"
        self._lock = threading.Lock()
        self._turn = 0

    def keep(self, text: str, turn: int, *, closing: bool = False) -> None:
        """Write this editor's draft. Raises OSError."""
        pid = 0 if closing else os.getpid()
        draft = Draft(str(self._file), text, time.time(), socket.gethostname(), pid)
        with self._lock:
            if self._is_late(turn):
                return
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = self._own.with_suffix(".writing")
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(msgspec.json.encode(draft))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._own)

    def discard(self, turn: int) -> None:
        """This editor has no unsaved text any more. Raises OSError."""
        with self._lock:
            if not self._is_late(turn):
                self._own.unlink(missing_ok=True)

    def _is_late(self, turn: int) -> bool:
        late = turn <= self._turn
        self._turn = max(turn, self._turn)
        return late

    def waiting(self) -> list[tuple[Path, Draft]]:
        """What was left by editors that are gone, newest first. Raises OSError if the directory cannot be read."""
        found = []
        for path in self._directory.glob(f"{draft_prefix(self._file)}*.json"):
            draft = _read(path)
            if draft is not None and path != self._own and not _is_alive(draft):
                found.append((path, draft))
        return sorted(found, key=lambda item: item[1].kept_at, reverse=True)


def _read(path: Path) -> Draft | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Draft)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        _log.warning("The draft %s cannot be read and is left alone: %s", path, error)
        return None


def _is_alive(draft: Draft) -> bool:
    """Whether another program, or another window of this one, is still writing the draft."""
    if draft.pid <= 0 or draft.host != socket.gethostname():
        return False
    try:
        os.kill(draft.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # the number went to somebody else's process since
    return True

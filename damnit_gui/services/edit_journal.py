"""Edits that are not in the database yet, on the user's own disk, where neither a crash nor a closed window loses them.

Each window appends to one file of its own and holds a lock on it as long as it lives. What a window that is gone left
undone is taken over by the next one that opens the folder.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import platformdirs

from .journal_lines import JournalEdit, Line, append_form, folder_of, undone

log = logging.getLogger(__name__)

SUFFIX = ".jsonl"


def usual_directory() -> Path:
    return platformdirs.user_state_path("damnit-desktop") / "edits"


def folder_directory(directory: Path, identity: str) -> Path:
    """Where the edits of one folder are kept; ``identity`` is what tells it from others, wherever it moves."""
    return directory / hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:24]


def left_edits(directory: Path) -> dict[str, int]:
    """How many edits wait that no window holds, by the path of their folder. Raises OSError."""
    found: dict[str, int] = {}
    for path in sorted(directory.glob(f"*/*{SUFFIX}")):
        with _locked(path) as descriptor:
            content = _read_whole(descriptor) if descriptor >= 0 else b""
        number = len(undone(content)[0])
        if number:
            folder = folder_of(content)
            found[folder] = found.get(folder, 0) + number
    return found


class EditJournal:
    """The edits of one window in one folder. Calls may come from several threads; each may wait for the disk.

    All raise OSError if the disk cannot be used: the edit is then only in the memory of the window.
    """

    def __init__(self, directory: Path, folder: Path) -> None:
        self._directory = directory
        self._folder = folder
        self._path: Path | None = None
        self._descriptor = -1
        self._header_size = 0
        self._open: dict[str, JournalEdit] = {}
        self._lock = threading.Lock()

    def add(self, edit: JournalEdit) -> None:
        """Return once the edit would survive a power failure."""
        with self._lock:
            self._open[edit.id] = edit
            self._append([Line(edit=edit)])

    def done(self, id_: str) -> None:
        """The edit is in the database, or refused by it for good. What is not in the journal needs no such word."""
        with self._lock:
            if self._open.pop(id_, None) is None:
                return
            if self._open:
                self._append([Line(done=id_)])
            elif self._descriptor >= 0:
                os.ftruncate(self._descriptor, self._header_size)

    def take_over(self) -> list[JournalEdit]:
        """The edits that windows left which are gone, in the order of typing; they are this window's now."""
        found: list[JournalEdit] = []
        with self._lock:
            for path in sorted(self._directory.glob(f"*{SUFFIX}")):
                if path != self._path:
                    found += self._adopt(path)
        return sorted(found, key=lambda edit: edit.typed_at)

    def close(self) -> None:
        """Let go of the file. It stays if anything in it is not done."""
        with self._lock:
            if self._descriptor < 0:
                return
            if not self._open and self._path is not None:
                self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1

    def _adopt(self, path: Path) -> list[JournalEdit]:
        with _locked(path) as descriptor:
            if descriptor < 0:
                return []
            edits, damaged = undone(_read_whole(descriptor))
            if edits:
                self._open |= {edit.id: edit for edit in edits}
                self._append(Line(edit=edit) for edit in edits)
            if damaged:
                kept = path.with_suffix(".damaged")
                log.warning("Some lines of %s cannot be read; it is kept as %s.", path, kept)
                path.replace(kept)
            else:
                path.unlink(missing_ok=True)
            return edits

    def _append(self, lines: Iterable[Line]) -> None:
        if self._descriptor < 0:
            self._begin()
        content = append_form(lines)
        # A line that was cut short by a full disk must not spoil the next one.
        before = os.fstat(self._descriptor).st_size
        try:
            while content:
                content = content[os.write(self._descriptor, content) :]
            os.fsync(self._descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, before)
            raise

    def _begin(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._directory / f"{secrets.token_hex(6)}{SUFFIX}"
        aside = path.with_suffix(".new")
        descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            # Before others can see it: they would take it for one whose window is gone.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._header_size = os.write(descriptor, append_form([Line(folder=str(self._folder))]))
            aside.replace(path)
        except OSError:
            os.close(descriptor)
            aside.unlink(missing_ok=True)
            raise
        self._path, self._descriptor = path, descriptor


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, open and ours; -1 if it is gone or its window lives."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield -1
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield -1
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def _read_whole(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read()

"""Making a folder's database anew: from what can be read of the damaged one, and from the runs' files."""

import os
import shutil
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Finding, Level, Progress
from damnit_backend.core.keys import RunKey
from damnit_backend.store.database import Database
from damnit_backend.store.examine import Depth
from damnit_backend.store.files import sync
from damnit_backend.store.filesystems import journal_mode
from damnit_backend.store.folder import Folder, has_database
from damnit_backend.store.lease import read_lease
from damnit_backend.store.opening import create_database, open_for_reading
from damnit_backend.store.rebuilding import take_files, take_rows
from damnit_backend.store.result_files import ResultFiles, list_result_files
from damnit_backend.transport.addresses import socket_path

from .examination import counted
from .file_readers import FileReaders
from .setting_aside import aside_folder
from .snapshot import snapshot_name

COMPANIONS = ("", "-wal", "-journal")
"""Endings of the files that a database consists of; one more, ``-shm``, holds nothing."""

Told = Callable[[Progress], None]


def rebuild_database(folder: Folder, progress: Told = lambda _: None) -> Finding:
    """Put a new database in the damaged or lost one's place. The old one is kept, set aside; its path is told.

    UserError, with nothing changed, if a listener serves the folder or the new one cannot be written.
    """
    _require_rest(folder)
    try:
        kept = _keep_old(folder)
        files = list_result_files(folder)
        work = Folder(folder.path / snapshot_name())
        work.path.mkdir()
        try:
            work.path.chmod(folder.path.stat().st_mode & 0o7775 | 0o700)
            details = _fill(folder, work, kept, files, progress)
            _swap(folder, work)
        finally:
            shutil.rmtree(work.path, ignore_errors=True)
    except OSError as error:
        raise UserError(
            f"The database cannot be made anew: {error.strerror}: {error.filename}.", "Is the disk full?"
        ) from error
    text = "The database was made anew from what could be read of it and from the results."
    where = str(folder.database if kept is None else kept)
    return Finding(check="rebuild", level=Level.NOTICE, text=text, where=where, details=details)


def _require_rest(folder: Folder) -> None:
    """UserError if a listener serves the folder: what it writes meanwhile would be lost."""
    advice = "Stop it: damnit stop FOLDER; close the windows of this folder.".replace("FOLDER", str(folder.path))
    try:
        with open_for_reading(folder) as database:
            lease = read_lease(database)
        if lease is not None and lease.is_alive(time.time()):
            raise _ServedError(f"A listener serves the folder: process {lease.pid} on {lease.host}.", advice)
    except _ServedError:
        raise
    except UserError:
        pass  # it cannot be read: the socket tells of listeners of this user on this host
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        if connection.connect_ex(str(socket_path(folder.path))) == 0:
            raise _ServedError("A listener serves the folder.", advice)


class _ServedError(UserError):
    """A listener serves the folder."""


def _keep_old(folder: Folder) -> Path | None:
    """Copy the old database aside, as it is; None if there is none."""
    if not has_database(folder):
        return None
    place = aside_folder(folder) / f"database-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    place.mkdir()
    for ending in COMPANIONS:
        source = folder.database.with_name(folder.database.name + ending)
        if source.exists() and source.stat().st_size:
            shutil.copy2(source, place / source.name)
            sync(place / source.name)
    sync(place)
    return place


def _fill(folder: Folder, work: Folder, kept: Path | None, files: ResultFiles, progress: Told) -> tuple[str, ...]:
    """Make the new database; what it was made of, in words."""
    details = []
    create_database(work, _likely_proposal(files)).close()
    with Database(work) as database:
        database.set_journal_mode("DELETE")  # one file, which can be moved
        if kept is not None:
            progress(Progress("Reading the damaged database"))
            copy = shutil.copytree(kept, work.path / "damaged")
            taken = take_rows(database, copy / folder.database.name)
            details.append(f"{counted(sum(taken.values()), 'row')} of the damaged database could be read")
        sound = _sound(files, progress)
        progress(Progress("Taking values from files"))
        added, failed = take_files(database, {key: files.runs[key] for key in sound})
        details.append(f"{counted(added, 'value')} were taken from {counted(len(sound), 'file')} of results")
        details += failed
        bad = len(files.runs) - len(sound)
        details += [f"{counted(bad, 'file')} of results cannot be read"] if bad else []
    return tuple(details)


def _likely_proposal(files: ResultFiles) -> int | None:
    """The proposal of most runs; a setting that can be read of the old database counts more."""
    counts = Counter(key.proposal for key in files.runs)
    return max(counts, key=counts.__getitem__, default=None)


def _sound(files: ResultFiles, progress: Told) -> list[RunKey]:
    """The runs whose summaries can be read without harm to the process that does it."""
    keys = {path: key for key, path in files.runs.items()}
    found = []
    with FileReaders(Depth.SUMMARIES) as readers:
        for done, (path, report) in enumerate(readers.examine(keys), 1):
            progress(Progress("Looking into files", done, len(keys)))
            if not report.problem:
                found.append(keys[path])
    return found


def _swap(folder: Folder, work: Folder) -> None:
    """Put the new database into the old one's place, whose journals belong to what is kept aside."""
    sync(work.database)
    for ending in (*COMPANIONS[1:], "-shm"):
        folder.database.with_name(folder.database.name + ending).unlink(missing_ok=True)
    work.database.replace(folder.database)
    sync(folder.path)
    with Database(folder) as database:
        database.set_journal_mode(journal_mode(folder.path))

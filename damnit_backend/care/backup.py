"""One consistent copy of a folder in a single file, while everything runs."""

import contextlib
import errno
import os
import secrets
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

import msgspec

from damnit_backend.core.account import user_name
from damnit_backend.core.codec import storable_text
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Progress
from damnit_backend.store.backup import copy_at_standstill, copy_database
from damnit_backend.store.files import make_file, sync
from damnit_backend.store.folder import Folder

from .contents import CHECKSUMS, MANIFEST, Contents, list_contents
from .packing import Packed, TarWriter, checksums
from .snapshot import Snapshot

Report = Callable[[Progress], None]

MARGIN = 64 << 20
"""Bytes that remain free at least."""
HEADERS = 2048
"""Bytes that a file takes in a tar file beside its content, at most."""
QUIET_SECONDS = 1.0
ATTEMPTS = 20
"""Who may not stop others from writing waits so often for a moment at which nobody writes."""
REPORTED = 16 << 20


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; times in seconds since 1970."""

    format: int = 1
    program: str
    folder: str
    host: str
    user: str
    made: float
    files: tuple[Packed, ...]
    left_out: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Job:
    """What is copied to where."""

    folder: Folder
    target: Path
    with_logs: bool
    progress: Report

    def contents(self) -> Contents:
        return list_contents(self.folder, with_logs=self.with_logs)


def make_backup(
    folder: Folder, target: Path, *, with_logs: bool = False, progress: Report = lambda _: None
) -> Manifest:
    """Copy the folder into a tar file that does not exist yet; it is there once it is complete and on the disk.

    The copied table and the copied results are those of one moment. UserError, with nothing left behind, if there is
    no room, or a file cannot be read.
    """
    job = _Job(folder, target.absolute(), with_logs, progress)
    if job.target.exists():
        raise UserError(f"{target} exists already.", "Choose another name: a backup is never overwritten.")
    with _clear_errors(job):
        _require_room(job, job.contents())
        links = os.access(folder.path, os.W_OK) and os.access(folder.database, os.W_OK)
        with (
            Snapshot(folder.path, folder.path if links else job.target.parent) as snapshot,
            _spool(job.target) as spool,
        ):
            contents = _at_standstill(job, snapshot, spool) if links else _when_quiet(job, snapshot, spool)
            with _aside(job.target) as file:
                return _pack(job, snapshot, spool, contents, file)


@contextlib.contextmanager
def _clear_errors(job: _Job) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "The disk is full" if full else f"{error.strerror or error}: {error.filename or job.target}"
        raise UserError(
            f"The backup cannot be made. {what}. Nothing of it was left behind.",
            "Choose a place with more room." if full else "Mend that and try again.",
        ) from error


def _require_room(job: _Job, contents: Contents) -> None:
    database = job.folder.database.stat().st_size
    needed = contents.size + len(contents.files) * HEADERS + 2 * database + MARGIN
    free = shutil.disk_usage(job.target.parent).free
    if free < needed:
        raise UserError(
            f"The backup needs {needed / 1e9:,.2f} GB, but only {free / 1e9:,.2f} GB are free in {job.target.parent}.",
            "Choose a place with more room.",
        )


@contextlib.contextmanager
def _spool(target: Path) -> Iterator[Path]:
    """Where the copy of the database is until it is packed."""
    path = target.with_name(f"{target.name}.{secrets.token_hex(4)}.database")
    try:
        make_file(path)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _at_standstill(job: _Job, snapshot: Snapshot, spool: Path) -> Contents:
    """Hold all files; then, while nobody can merge, those that changed meanwhile, and the table as it is then."""
    first = job.contents()
    snapshot.hold(first.files, lambda done: job.progress(Progress("Holding files", done, len(first.files))))
    found = first

    def again() -> None:
        nonlocal found
        found = job.contents()
        snapshot.hold(found.files)

    job.progress(Progress("Copying the table"))
    copy_at_standstill(job.folder, spool, again)
    return found


def _when_quiet(job: _Job, snapshot: Snapshot, spool: Path) -> Contents:
    """For who may not write the folder: wait until nothing changes while the table is copied."""
    found = job.contents()
    snapshot.hold(found.files, lambda done: job.progress(Progress("Copying files", done, len(found.files))))
    for _ in range(ATTEMPTS):
        time.sleep(QUIET_SECONDS)  # longer than it takes from a new file to its new cells
        found = job.contents()
        if snapshot.hold(found.files):
            continue
        copy_database(job.folder, spool)
        if not snapshot.hold(job.contents().files):
            return found
        spool.write_bytes(b"")
    raise UserError(
        "Results came in all the time, and you may not stop them for a moment.",
        "Have somebody make the backup who may write into the folder, or try again later.",
    )


@contextlib.contextmanager
def _aside(target: Path) -> Iterator[IO[bytes]]:
    """A new file that gets the target's name at the end of the block, and is gone if the block raises."""
    aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}.writing")
    try:
        make_file(aside)
        with aside.open("wb") as file:
            yield file
        sync(aside)
        _publish(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    sync(target.parent)


def _publish(aside: Path, target: Path) -> None:
    """Give a file its name unless another one has it by now."""
    try:
        os.link(aside, target)
    except FileExistsError as error:
        raise UserError(f"{target} exists by now.", "Choose another name: a backup is never overwritten.") from error
    except OSError:  # a file system without links
        if target.exists():
            raise UserError(f"{target} exists by now.", "Choose another name.") from None
        aside.rename(target)


def _pack(job: _Job, snapshot: Snapshot, spool: Path, contents: Contents, file: IO[bytes]) -> Manifest:
    total = sum(version.size for version in snapshot.held.values()) + spool.stat().st_size
    done = shown = 0

    def told(size: int) -> None:
        nonlocal done, shown
        done += size
        if done - shown >= REPORTED:
            shown = done
            job.progress(Progress("Packing (MB)", done >> 20, total >> 20))

    results = f"{job.folder.results.name}/"
    with TarWriter(file, job.folder.path.resolve().name, told) as tar:
        tar.add(spool, job.folder.database.name)
        for name, held in sorted(snapshot.held.items()):
            still = name.startswith(results) and name not in snapshot.copied
            tar.add(snapshot.file(name), name, held if still else None)
        manifest = Manifest(
            program=f"DAMNIT Desktop {version('damnit-desktop')}",
            folder=storable_text(str(job.folder.path)),
            host=socket.gethostname(),
            user=user_name(),
            made=time.time(),
            files=tuple(Packed(storable_text(p.name), p.size, p.sha256) for p in tar.packed),
            left_out={storable_text(name): why for name, why in contents.left_out.items()},
        )
        tar.add_text(CHECKSUMS, checksums(tar.packed))
        tar.add_text(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1).decode())
    return manifest

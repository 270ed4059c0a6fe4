"""Finding, starting and asking the listener of a folder."""

import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey, Stage
from damnit_backend.core.messages import Message, Nudge, Stop
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import Request, add_jobs
from damnit_backend.store.lease import Lease, read_lease
from damnit_backend.store.opening import open_database, open_for_reading
from damnit_backend.transport.addresses import own_socket
from damnit_backend.transport.local_socket import send_once

from .command_line import damnit_command


class ListenerHangsError(UserError):
    """The listener was asked to end, and did not."""


def live_lease(database: Database) -> Lease | None:
    """The lease of the listener that serves the folder now, if one does."""
    lease = read_lease(database)
    return lease if lease is not None and lease.is_alive(time.time()) else None


def socket_of(folder: Folder) -> Path | None:
    """The socket of the folder's listener, if it runs on this host and may be spoken to."""
    try:
        with open_for_reading(folder) as database:
            lease = live_lease(database)
    except UserError:
        return None
    return own_socket(folder.path, lease.socket) if lease is not None and is_own(lease) else None


def is_own(lease: Lease) -> bool:
    """Whether the listener is one of this user, on this host: only that can be spoken to."""
    return lease.is_local and lease.user == user_name()


def tell_listener(folder: Folder, message: Message) -> bool:
    """Send one message; False if no listener can be reached."""
    path = socket_of(folder)
    return path is not None and send_once(path, message)


def stop_listener(folder: Folder, timeout: float = 10.0) -> bool:
    """Ask the folder's listener to end and wait for it; False if none runs."""
    if not tell_listener(folder, Stop()):
        return False
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with open_for_reading(folder) as database:
            if live_lease(database) is None:
                return True
        time.sleep(0.05)
    raise ListenerHangsError(f"The listener of {folder.path} did not end within {timeout:.0f} s.", "It may hang.")


def request_reprocess(
    folder: Folder, keys: Iterable[RunKey], variables: Sequence[str] | None = None, stage: Stage | None = None
) -> list[int]:
    """Queue runs for processing and wake the listener; the numbers of the jobs."""
    names = None if variables is None else tuple(variables)
    return _request(folder, [Request(key, stage, names, asked_by=user_name()) for key in keys])


def request_exactly(folder: Folder, wanted: Mapping[RunKey, Sequence[str]]) -> list[int]:
    """Queue some Variables of each run, of which nothing but these is stored anew; the numbers of the jobs."""
    asked_by = user_name()
    return _request(
        folder, [Request(key, None, tuple(names), asked_by=asked_by, exact=True) for key, names in wanted.items()]
    )


def _request(folder: Folder, requests: Sequence[Request]) -> list[int]:
    with open_database(folder) as database:
        jobs = add_jobs(database, requests)
    tell_listener(folder, Nudge())
    return jobs


def start_listener(folder: Folder) -> "subprocess.Popen[bytes]":
    """Start a listener that outlives this process. What it says before its log is open goes to the same log.

    UserError if no process can be started there.
    """
    try:
        folder.logs.mkdir(exist_ok=True)
        with folder.listener_log.open("ab") as log:
            return subprocess.Popen(
                damnit_command("listen", "--quiet", "--unless-stopped", folder.path),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=folder.path,
            )  # fmt: skip
    except OSError as error:
        raise UserError(
            f"No listener can be started for {folder.path}: {error.strerror}.", "May you write into that folder?"
        ) from error

"""Ending a listener, also one that hangs."""

import itertools
import signal
import time
from enum import StrEnum
from pathlib import Path

import psutil

from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import Lease
from damnit_backend.store.opening import open_for_reading

from .listener import ListenerHangsError, is_own, live_lease, stop_listener

STOP_SECONDS = 10.0
KILL_SECONDS = 5.0
COMMANDS = ("listen", "reprocess")
"""The subcommands that serve a folder."""


class Ending(StrEnum):
    """How a listener was ended. NONE, which is false: there was none."""

    NONE = ""
    ASKED = "asked"
    KILLED = "killed"


def end_listener(folder: Folder, timeout: float = STOP_SECONDS) -> Ending:
    """End the folder's listener: it is asked to, and killed if it does not answer.

    UserError, with what to do, if it is not this user's or not on this host.
    """
    with open_for_reading(folder) as database:
        lease = live_lease(database)
    if lease is None:
        return Ending.NONE
    if not is_own(lease):
        where = "this host" if lease.is_local else lease.host
        raise UserError(
            f"The listener of this folder is process {lease.pid} of {lease.user} on {where}: it cannot be ended here.",
            f"Ask {lease.user} to stop it." if lease.user != user_name()
            else f"On {lease.host}, say: damnit stop {folder.path}",
        )  # fmt: skip
    if _ends_when_asked(folder, timeout):
        return Ending.ASKED
    _kill(lease)
    return Ending.KILLED


def _ends_when_asked(folder: Folder, timeout: float) -> bool:
    """Whether the listener ends by itself. One that cannot be reached is asked again: it may be busy for a moment."""
    deadline = time.monotonic() + timeout
    while (left := deadline - time.monotonic()) > 0:
        try:
            if stop_listener(folder, left):
                return True
        except ListenerHangsError:
            return False
        with open_for_reading(folder) as database:
            if live_lease(database) is None:
                return True
        time.sleep(min(left, 0.2))
    return False


def _kill(lease: Lease) -> None:
    """Kill a listener of this user. The number comes from the database, which others can write: only a process that
    looks like a listener is ended."""
    try:
        process = psutil.Process(lease.pid)
        if process.username() != user_name() or not _serves(process.cmdline()):
            raise UserError(
                f"The listener does not answer, and process {lease.pid}, which it claims to be, is none.",
                "Look for its process, and end it.",
            )
        process.send_signal(signal.SIGKILL)
        process.wait(KILL_SECONDS)
    except psutil.NoSuchProcess:
        return
    except psutil.Error as error:
        raise UserError(
            f"The listener, process {lease.pid}, hangs and cannot be ended: {error}.", f"Try: kill -9 {lease.pid}"
        ) from error


def _serves(command_line: list[str]) -> bool:
    """Whether a command line is one of `damnit listen` or `damnit reprocess`."""
    for before, after in itertools.pairwise(command_line):
        if after in COMMANDS and (before == "damnit_backend.cli" or Path(before).name == "damnit"):
            return True
    return False

"""Which logs a folder has, and what they are called."""

import re
import time

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.store.folder import Folder

_RUN_LOG = re.compile(r"r(\d{1,9})-p(\d{1,9})\.out")

LogKey = RunKey | None
"""A run's log; None for the listener's."""


def runs_with_log(folder: Folder) -> list[RunKey]:
    """The runs that have a processing log, newest first. Reads the directory; UserError if it cannot be read."""
    try:
        names = [path.name for path in folder.logs.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"{folder.logs} cannot be read: {error.strerror}.") from error
    matches = (_RUN_LOG.fullmatch(name) for name in names)
    keys = {RunKey(int(match[2]), int(match[1])) for match in matches if match}
    return sorted(keys, reverse=True)


def log_title(key: LogKey, proposal: int | None) -> str:
    """``Listener``, ``Run 12``, or of another proposal than the folder's, ``p1234 r12``."""
    if key is None:
        return "Listener"
    return f"Run {key.run}" if key.proposal == proposal else str(key)


def nothing_yet(key: LogKey, proposal: int | None) -> str:
    if key is None:
        return "No log of the listener yet."
    title = log_title(key, proposal)
    return f"No log of {title[0].lower() + title[1:]} yet."


def moment(when: float, now: float) -> str:
    """A time of today as ``12:03:11``, another one with its date."""
    shown = time.localtime(when)
    today = time.strftime("%Y-%m-%d", shown) == time.strftime("%Y-%m-%d", time.localtime(now))
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M", shown)

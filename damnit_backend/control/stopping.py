"""That somebody stopped the listener on purpose: nobody starts it again by himself then, until somebody asks for it."""

import socket
import time

from damnit_backend.core.account import user_name
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_database
from damnit_backend.store.settings import get_setting, set_setting

_KEY = "listener_stopped"


def note_stop(folder: Folder) -> None:
    """Note that this user stops the folder's listener now."""
    when = time.strftime("%Y-%m-%d %H:%M")
    with open_database(folder) as database:
        set_setting(database, _KEY, f"{user_name()} on {socket.gethostname()}, {when}")


def forget_stop(folder: Folder) -> None:
    """Somebody wants the listener to run."""
    with open_database(folder) as database:
        if not database.read_only and stopped_by(database):
            set_setting(database, _KEY, None)


def stopped_by(database: Database) -> str:
    """Who stopped the listener on purpose, where and when; empty if nobody did."""
    return str(get_setting(database, _KEY) or "")

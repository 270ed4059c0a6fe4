"""`damnit listen`: the service that fills the table."""

from typing import Annotated

import typer

from damnit_backend.control.stopping import forget_stop, stopped_by
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import load_settings
from damnit_backend.listener.logs import log_to
from damnit_backend.listener.service import serve
from damnit_backend.store.folder import require_folder
from damnit_backend.store.opening import open_for_reading

from .options import FolderArgument


def command(
    folder: FolderArgument,
    quiet: Annotated[bool, typer.Option("--quiet", help="Write to the log file only, not to the terminal.")] = False,
    unless_stopped: Annotated[
        bool, typer.Option("--unless-stopped", help="End at once if somebody stopped the listener with damnit stop.")
    ] = False,
) -> None:
    """Watch a proposal's runs and fill the table, until stopped with Ctrl+C.

    The window does this by itself; a listener of one's own is for tables that fill with no window open. There is one
    listener for a folder at a time. What it does is logged in FOLDER/process_logs/listener.log.
    """
    found = require_folder(folder, load_settings())
    if unless_stopped:
        with open_for_reading(found) as database:
            if stopped := stopped_by(database):
                raise UserError(f"The listener was stopped by {stopped}.", "Start it in the window, or: damnit listen")
    else:
        forget_stop(found)
    log_to(found.listener_log, terminal=not quiet)
    serve(found, load_settings())

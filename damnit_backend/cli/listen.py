"""`damnit listen`: the service that fills the table."""

from typing import Annotated

import typer

from damnit_backend.core.settings import load_settings
from damnit_backend.listener.logs import log_to
from damnit_backend.listener.service import serve
from damnit_backend.store.folder import require_folder

from .options import FolderArgument


def command(
    folder: FolderArgument,
    quiet: Annotated[bool, typer.Option("--quiet", help="Write to the log file only, not to the terminal.")] = False,
) -> None:
    """Watch a proposal's runs and fill the table, until stopped with Ctrl+C.

    The window does this by itself; a listener of one's own is for tables that fill with no window open. There is one
    listener for a folder at a time. What it does is logged in FOLDER/process_logs/listener.log.
    """
    found = require_folder(folder, load_settings())
    log_to(found.listener_log, terminal=not quiet)
    serve(found, load_settings())

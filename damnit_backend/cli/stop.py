"""`damnit stop`: end a folder's listener."""

import typer

from damnit_backend.control.listener import stop_listener
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import require_folder

from .options import FolderArgument


def command(folder: FolderArgument) -> None:
    """Stop the listener of a folder. An open window starts it again; nothing that was computed is lost."""
    found = require_folder(folder, load_settings())
    stopped = stop_listener(found)
    typer.echo("The listener has stopped." if stopped else "No listener of yours serves this folder.")

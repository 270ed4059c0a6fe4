"""`damnit stop`: end a folder's listener."""

import typer

from damnit_backend.control.ending import Ending, end_listener
from damnit_backend.control.stopping import forget_stop, note_stop
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import require_folder

from .options import FolderArgument

WORDS = {
    Ending.NONE: "No listener serves this folder.",
    Ending.ASKED: "The listener has stopped.",
    Ending.KILLED: "The listener did not react and was killed; what it had in work is done again by the next one.",
}


def command(folder: FolderArgument) -> None:
    """Stop the listener of a folder, also one that hangs. Nothing that was computed is lost.

    Windows start it again only when somebody asks for it there; damnit listen does so at once.
    """
    found = require_folder(folder, load_settings())
    note_stop(found)  # first, or a window would start another one at once
    try:
        ending = end_listener(found)
    except UserError:
        forget_stop(found)
        raise
    typer.echo(f"{WORDS[ending]} Windows start none until somebody asks for it.")

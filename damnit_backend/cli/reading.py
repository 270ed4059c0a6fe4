"""Opening a folder for commands that only look."""

import contextlib
from collections.abc import Iterator

import typer

from damnit_backend.core.settings import load_settings
from damnit_backend.store.database import Database
from damnit_backend.store.folder import require_folder
from damnit_backend.store.opening import open_for_reading


@contextlib.contextmanager
def reading(folder: str) -> Iterator[Database]:
    """The database of the folder that people mean; what they must know of it goes to standard error."""
    with open_for_reading(require_folder(folder, load_settings())) as database:
        if database.notice:
            typer.echo(f"damnit: {database.notice}", err=True)
        yield database

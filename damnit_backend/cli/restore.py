"""`damnit restore`: bring back what the history keeps."""

from typing import Annotated

import typer

from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import require_folder
from damnit_backend.store.opening import open_database
from damnit_backend.store.reviving import bring_back

from .history import change_line
from .options import FolderArgument


def command(
    folder: FolderArgument,
    entry: Annotated[int, typer.Argument(help="The number that damnit history shows at the beginning of a line.")],
    reason: Annotated[str, typer.Option(help="Why; the history keeps it.")] = "",
) -> None:
    """Bring back a former value, or a deleted variable, run, tag or comment, or a former setting.

    It is a new change: what it replaces is in the history in turn. A computed value stays until it is computed again.
    """
    found = require_folder(folder, load_settings())
    with open_database(found) as database:
        change = bring_back(database, entry, reason=reason)
    typer.echo(f"Brought back:\n{change_line(change)}")

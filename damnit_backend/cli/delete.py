"""`damnit delete`: take a variable or a run from the table, reversibly."""

from typing import Annotated

import typer

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.settings import load_settings
from damnit_backend.store.deleting import delete_run, delete_variable
from damnit_backend.store.folder import require_folder
from damnit_backend.store.opening import open_database
from damnit_backend.store.settings import folder_proposal

from .options import FolderArgument


def command(
    folder: FolderArgument,
    variable: Annotated[str | None, typer.Argument(help="The variable's name, as in the context file.")] = None,
    run: Annotated[int | None, typer.Option(help="Delete this run instead.")] = None,
    proposal: Annotated[int | None, typer.Option(help="The run is of another proposal than the folder's.")] = None,
    reason: Annotated[str, typer.Option(help="Why; the history keeps it.")] = "",
) -> None:
    """Take a variable with all its values, or a run, from the table. Files of results stay as they are.

    What to type to bring it back is printed.
    """
    if (variable is None) == (run is None):
        raise UserError("What is to be deleted?", "Give the name of a variable, or --run with a number.")
    found = require_folder(folder, load_settings())
    with open_database(found) as database:
        if variable is not None:
            what = f"variable {variable}"
            deleted = delete_variable(database, variable, reason=reason)
        else:
            number = proposal if proposal is not None else folder_proposal(database)
            if number is None or run is None:
                raise UserError("This folder has no proposal of its own.", "Add for example: --proposal 1234")
            what = f"run {run}"
            deleted = delete_run(database, RunKey(number, run), reason=reason)
    values = "one value" if deleted.values == 1 else f"{deleted.values} values"
    typer.echo(f"Deleted {what} with {values}. Bring it back with: damnit restore {found.path} {deleted.history_id}")
    if deleted.declared:
        typer.echo("The context file has it: it comes again with the next run, unless it is taken out there.")

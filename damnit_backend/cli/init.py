"""`damnit init`: make a DAMNIT folder."""

from pathlib import Path
from typing import Annotated

import typer

from damnit_backend.control.make import init_folder, proposal_of_place
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import resolve_folder

from .options import FolderArgument


def command(
    folder: FolderArgument,
    proposal: Annotated[
        int | None, typer.Option(min=1, max=999_999, help="The proposal whose runs the table shows.")
    ] = None,
    context: Annotated[Path | None, typer.Option(help="A context file to begin with; it is copied.")] = None,
    python: Annotated[
        str | None, typer.Option(help="The Python interpreter for the context file. Default: DAMNIT's own.")
    ] = None,
) -> None:
    """Make a DAMNIT folder: a database, a context file, and places for results and logs.

    With a proposal number the folder is made in the proposal's usual place, usr/Shared/amore.
    """
    target = resolve_folder(folder, load_settings())
    digits = folder.removeprefix("p")
    number = proposal
    if number is None and digits.isdigit():
        number = int(digits)
    if number is None:
        number = proposal_of_place(target.path)
    if number is None:
        raise UserError("Which proposal's runs shall the table show?", "Add for example: --proposal 1234")
    text = None
    if context is not None:
        try:
            text = context.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"The context file {context} cannot be read: {error}.") from error
    made = init_folder(target.path, number, text, python)
    typer.echo(f"Made {made.path} for proposal {number}.")
    typer.echo(f"Write your Variables in {made.context_file}, then: damnit gui {made.path}")

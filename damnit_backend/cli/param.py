"""`damnit param`: a folder's own values for `param#name`."""

from typing import Annotated

import typer

from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import require_folder
from damnit_backend.store.opening import open_database
from damnit_backend.store.parameters import Parameter, read_parameter_defaults, set_parameter_default

from .options import FolderArgument

_TRUTH_VALUES = {"true": True, "false": False}


def command(
    folder: FolderArgument,
    name: Annotated[str | None, typer.Argument(help="The name after param#.")] = None,
    value: Annotated[str | None, typer.Argument(help="true, false, a number or a text.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the value away.")] = False,
) -> None:
    """Show the folder's values for param# arguments, or set one: for runs for which nobody typed in another."""
    found = require_folder(folder, load_settings())
    if remove and (name is None or value is not None):
        raise UserError("Which value is to be removed?", "Give its name after the folder, and no value.")
    with open_database(found) as database:
        if name is not None and (remove or value is not None):
            set_parameter_default(database, name, None if value is None else parse_value(value))
        else:
            for known, held in read_parameter_defaults(database).items():
                if name in (None, known):
                    typer.echo(f"{known} = {held}")


def parse_value(text: str) -> Parameter:
    """A truth value or a number if the text is one, else the text."""
    if text.lower() in _TRUTH_VALUES:
        return _TRUTH_VALUES[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text

"""`damnit setting`: a folder's own interpreter, limits and journal."""

from pathlib import Path
from typing import Annotated

import typer

from damnit_backend.contextproc.interpreter import executable_of
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Limits, Retention, load_settings
from damnit_backend.store.folder import Folder, require_folder
from damnit_backend.store.journal import SETTING as JOURNAL
from damnit_backend.store.journal import parse_journal
from damnit_backend.store.opening import open_database
from damnit_backend.store.retention import read_retention
from damnit_backend.store.settings import folder_limits, get_setting, parse_limit, set_setting

from .options import FolderArgument

PYTHON = "context_python"
NAMES = (PYTHON, *Limits.__struct_fields__, JOURNAL, *Retention.__struct_fields__)


def command(
    folder: FolderArgument,
    name: Annotated[str | None, typer.Argument(help=f"One of {', '.join(NAMES)}.")] = None,
    value: Annotated[str | None, typer.Argument(help="The path of an interpreter, a number, or a journal.")] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Let the facility's setting, or the default, count.")
    ] = False,
) -> None:
    """Show or set a folder's own settings: the Python interpreter of its context file, the limits of runs, how
    much of the history is kept, and the journal of its database: wal, delete, or auto, which chooses by the kind of
    disk.

    They count from the next run on; the journal from when the folder is next opened while nobody else has it open.
    """
    settings = load_settings()
    found = require_folder(folder, settings)
    if name is not None and name not in NAMES:
        raise UserError(f"There is no setting {name}.", f"There are: {', '.join(NAMES)}.")
    if remove and (name is None or value is not None):
        raise UserError("Which setting is to be removed?", "Give its name after the folder, and no value.")
    with open_database(found) as database:
        if name is not None and (remove or value is not None):
            set_setting(database, name, None if value is None else parse_value(found, name, value))
            return
        limits = folder_limits(database, settings)
        held = {limit: getattr(limits, limit) for limit in Limits.__struct_fields__}
        held[JOURNAL] = get_setting(database, JOURNAL) or settings.journal_mode
        retention = read_retention(database)
        held |= {kept: getattr(retention, kept) for kept in Retention.__struct_fields__}
        held[PYTHON] = get_setting(database, PYTHON) or executable_of(None, found.path)
    for known in NAMES:
        if name in (None, known):
            typer.echo(f"{known} = {held[known]}")


def parse_value(folder: Folder, name: str, value: str) -> str | float | int:
    """What is stored for a text. UserError if there is no such interpreter, or if it is no number that may be."""
    if name == JOURNAL:
        return parse_journal(value)
    if name != PYTHON:
        return parse_limit(name, value)
    if "/" in value and not Path(executable_of(value, folder.path)).is_file():
        raise UserError(f"There is no interpreter {value}.", "Give the path of one, such as /opt/env/bin/python.")
    return value

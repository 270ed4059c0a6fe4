"""Which journal a folder's database has: as its own setting says, else the facility's, else by its file system."""

import logging
from typing import get_args

from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Journal, load_settings

from .database import Database
from .filesystems import journal_mode
from .folder import Folder
from .settings import get_setting

log = logging.getLogger(__name__)

SETTING = "journal_mode"


def parse_journal(value: object) -> Journal:
    """UserError if it is none of the journals that there are."""
    for known in get_args(Journal):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise UserError(f"{value!r} is no journal.", f"Choose one of {', '.join(get_args(Journal))}.")


def wanted_journal(database: Database) -> str:
    """``WAL`` or ``DELETE``. A folder's setting that is neither, written by another program, counts for nothing."""
    own = get_setting(database, SETTING)
    if own is not None:
        try:
            return _mode(parse_journal(own), database.folder)
        except UserError as error:
            log.warning("The setting %s of %s is ignored: %s", SETTING, database.folder.path, error)
    return first_journal(database.folder)


def first_journal(folder: Folder) -> str:
    """The same for a folder that has no settings yet."""
    return _mode(load_settings().journal_mode, folder)


def _mode(chosen: Journal, folder: Folder) -> str:
    return journal_mode(folder.path) if chosen == "auto" else chosen.upper()

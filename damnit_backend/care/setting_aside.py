"""Moving what is damaged out of the way, and keeping it."""

import os
import secrets
import time
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder

FOLDER = "set-aside"


def aside_folder(folder: Folder) -> Path:
    """The folder for what was set aside, with the permissions of the DAMNIT folder; made if there is none.

    UserError if it cannot be made.
    """
    path = folder.path / FOLDER
    try:
        path.mkdir(exist_ok=True)
        if path.stat().st_uid == os.getuid():
            path.chmod(folder.path.stat().st_mode & 0o7775 | 0o700)
    except OSError as error:
        raise UserError(f"{path} cannot be made: {error.strerror}.", "May you write into the folder?") from error
    return path


def set_aside(folder: Folder, path: Path) -> Path:
    """Move a file there, under a name that tells when; the new path. UserError if it cannot be moved."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = aside_folder(folder) / f"{path.name}.{stamp}.{secrets.token_hex(2)}"
    try:
        path.rename(target)
    except OSError as error:
        raise UserError(f"{path} cannot be set aside: {error.strerror}.", "May you write into its folder?") from error
    return target

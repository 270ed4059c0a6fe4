"""Where the socket of a folder's listener is: in a directory that only its user can enter."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from damnit_backend.core.errors import UserError


def runtime_directory() -> Path:
    """``$XDG_RUNTIME_DIR/damnit``, else a directory of the user's own in the temporary directory; mode 0700."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    path = Path(base, "damnit") if base else Path(tempfile.gettempdir(), f"damnit-{os.getuid()}")
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise UserError(
            f"No place for the listener's socket: {error}.", "Set XDG_RUNTIME_DIR to a directory of yours."
        ) from error
    # Somebody else may have made it first, to listen in.
    if not _is_private(found):
        raise UserError(f"{path} is not a private directory of yours.", "Remove it, or set XDG_RUNTIME_DIR.")
    return path


def _is_private(directory: os.stat_result) -> bool:
    return stat.S_ISDIR(directory.st_mode) and directory.st_uid == os.getuid() and not directory.st_mode & 0o077


def socket_path(folder: Path) -> Path:
    """The socket for a folder; short, because the system allows about 100 characters."""
    return runtime_directory() / _socket_name(folder)


def own_socket(folder: Path, claimed: str) -> Path | None:
    """The socket that a listener says it has, if only this user can have made it; else None.

    Whoever may write into the folder can claim anything. The listener's runtime directory may be another one than
    ours, so that its claim is needed: it must name this folder's socket, in a private directory of this user.
    """
    path = Path(claimed)
    try:
        private = _is_private(path.parent.lstat())
    except (OSError, ValueError):
        return None
    return path if private and path.is_absolute() and path.name == _socket_name(folder) else None


def _socket_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:20] + ".sock"

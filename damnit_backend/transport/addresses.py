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
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UserError(f"{path} is not a private directory of yours.", "Remove it, or set XDG_RUNTIME_DIR.")
    return path


def socket_path(folder: Path) -> Path:
    """The socket for a folder; short, because the system allows about 100 characters."""
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:20]
    return runtime_directory() / f"{digest}.sock"

"""Where the window's own log goes: to the terminal, and to a file for those who started it with an icon."""

import logging
import logging.handlers
from pathlib import Path

import platformdirs

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
MAX_BYTES = 1_000_000

log = logging.getLogger(__name__)


def log_path() -> Path:
    """The log of this user's windows; one older file is kept beside it."""
    return platformdirs.user_log_path("damnit-desktop") / "window.log"


def begin_logging(path: Path) -> None:
    """Log to the terminal and the file; without the file if it cannot be written."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError as error:
        log.warning("The log file %s cannot be written: %s", path, error.strerror)
        return
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)

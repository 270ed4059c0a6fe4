"""The listener's log file."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
MAX_BYTES = 5_000_000


def log_to(path: Path, *, terminal: bool) -> None:
    """Write this process's log to a file, which is rotated once, and to the terminal if wanted."""
    path.parent.mkdir(exist_ok=True)
    handlers: list[logging.Handler] = [RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")]
    if terminal:
        handlers.append(logging.StreamHandler(sys.stderr))
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=handlers, force=True)

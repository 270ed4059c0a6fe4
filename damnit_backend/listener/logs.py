"""The listener's log file."""

import logging
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
MAX_BYTES = 5_000_000
COMPLAINT_SECONDS = 60.0

log = logging.getLogger(__name__)


class _LogFile(RotatingFileHandler):
    """Of a full disk it complains in one line now and then, not with a traceback for each line that is lost."""

    _complained_at = -COMPLAINT_SECONDS

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif time.monotonic() - self._complained_at > COMPLAINT_SECONDS:
            self._complained_at = time.monotonic()
            print(f"damnit: {self.baseFilename} cannot be written: {error.strerror}", file=sys.stderr)


def log_to(path: Path, *, terminal: bool) -> None:
    """Write this process's log to a file, which is rotated once, and to the terminal if wanted, or if there can be no
    file: the work must go on all the same."""
    handlers: list[logging.Handler] = []
    problem: OSError | None = None
    try:
        path.parent.mkdir(exist_ok=True)
        handlers.append(_LogFile(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8"))
    except OSError as error:
        problem = error
    if terminal or not handlers:
        handlers.append(logging.StreamHandler(sys.stderr))
    logging.basicConfig(level=logging.INFO, format=FORMAT, handlers=handlers, force=True)
    if problem is not None:
        log.warning("%s cannot be written: %s", path, problem.strerror)

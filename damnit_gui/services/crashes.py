"""Bugs that no task caught: logged with their traceback and shown, while the window stays up."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from .mailbox import Mailbox
from .notifier import Notifier


@contextmanager
def catch_crashes(notifier: Notifier) -> Iterator[None]:
    """Within, an exception that reaches the top of any thread goes to the notifier."""
    mailbox = Mailbox()
    mailbox.arrived.connect(notifier.report)

    def hook(cls: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(cls, KeyboardInterrupt):
            sys.__excepthook__(cls, error, traceback)
            return
        mailbox.arrived.emit(error)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            mailbox.arrived.emit(arguments.exc_value)

    before, threads_before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = hook, thread_hook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, threads_before

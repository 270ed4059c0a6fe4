"""What user code finds around it in its process, and what is put back after it."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import resource
import signal
import sys
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

_OUTPUTS = (("stdout", 1), ("stderr", 2))
#: Descriptors from here on are seldom closed by accident.
_OUT_OF_REACH = 300
_LIMITS = (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_STACK)


class StandardErrorHandler(logging.StreamHandler):  # type: ignore[type-arg] # generic in the stubs only
    """Logs to what standard error is at that moment: user code may have replaced it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def standard_output(descriptor: int) -> TextIO:
    """A stream that writes each line at once, so that prints and logging stand in the log in the order in which they
    came. Closing it leaves the descriptor open.
    """
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def set_up() -> None:
    """To be called once, before any user code."""
    for name, descriptor in _OUTPUTS:
        setattr(sys, name, standard_output(descriptor))
    put_back_signals()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=[StandardErrorHandler()]
    )


class Server:
    """What the server needs as it was at its beginning, whatever a context file did to it."""

    def __init__(self) -> None:
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        self._limits = {which: resource.getrlimit(which)[0] for which in _LIMITS}

    def put_back(self) -> None:
        put_back_outputs()
        put_back_signals()
        os.umask(self._umask)
        for which, soft in self._limits.items():
            hard = resource.getrlimit(which)[1]
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def put_back_signals() -> None:
    """Those that the server needs as they were: it waits for children, and a terminal's Ctrl-C is for its client."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


class _Spare:
    """A descriptor of where standard output goes, which user code does not know of."""

    descriptor: int | None = None


def spare_output(descriptor: int) -> None:
    """Let `put_back_outputs` know where standard output and error go to."""
    _Spare.descriptor = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_REACH)


def put_back_outputs() -> None:
    """Open standard output and error again if user code has closed them."""
    for name, descriptor in _OUTPUTS:
        if _Spare.descriptor is not None:
            try:
                os.fstat(descriptor)
            except OSError:
                os.dup2(_Spare.descriptor, descriptor)
        stream = getattr(sys, name)
        if stream is None or getattr(stream, "closed", False):
            setattr(sys, name, standard_output(descriptor))


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """After the block, filters of warnings, the umask and the standard outputs are as they were, and no alarm is set:
    what one Variable does to them must not make another fail. A process that was forked in the block ends there.
    """
    mask = os.umask(0o077)
    os.umask(mask)
    process, outputs = os.getpid(), (sys.stdout, sys.stderr)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        if os.getpid() != process:
            os._exit(0)  # what comes after the block is its parent's to do
        signal.setitimer(signal.ITIMER_REAL, 0)  # it would end another Variable
        os.umask(mask)
        sys.stdout, sys.stderr = outputs
        put_back_outputs()

"""The process around the server: its parent, so that whatever becomes of the server, nothing that it started stays.

User code may end the server, or kill its parent, which would else be the listener or the window.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import NoReturn

from damnit_ctx import processes

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOOK_SECONDS = 1.0


def divide() -> None:
    """Fork, and return in the child only: the parent guards it, and ends as it does.

    SIGTERM, and the end of the process that started this one, end the child and all that it started.
    """
    if sys.platform != "linux":
        return
    processes.adopt_orphans()
    signals = {signal.SIGCHLD, *_ENDING}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    client, guard = os.getppid(), os.getpid()
    child = os.fork()
    if child:
        _guard(child, client, signals)
    processes.die_with_parent(guard)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _guard(child: int, client: int, signals: set[signal.Signals]) -> NoReturn:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # the client hears of the child's end by the ends of its pipes
        os.dup2(null, descriptor)
    while True:
        received = signal.sigtimedwait(signals, _LOOK_SECONDS)
        if (received is not None and received.si_signo in _ENDING) or os.getppid() != client:
            processes.end_descendants()
            _end_like(signal.SIGTERM)
        status = _status_of(child)
        if status is not None:
            processes.end_descendants()
            _end_like(status)


def _status_of(child: int) -> int | None:
    """How the child ended; None if it lives. Waits for orphans as well."""
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == child:
                return status
            if pid == 0:
                return None
    except ChildProcessError:  # somebody else waited for it, which cannot be
        return 0


def _end_like(status: int) -> NoReturn:
    """End as a process of which `waitpid` gives this status."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))

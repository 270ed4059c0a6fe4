"""What a Variable takes: time, and memory at its peak."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import sys
import time
from typing import ClassVar, TypedDict

_STATUS = "/proc/self/status"
_PEAK_IN_STATUS = re.compile(rb"^VmHWM:\s*(\d+) kB", re.MULTILINE)
_CLEAR_REFS = "/proc/self/clear_refs"
_FORGET_PEAK = b"5"
#: Bytes of the unit in which `getrusage` counts.
_UNIT = 1 if sys.platform == "darwin" else 1024


#: Bytes by which two ways of asking may differ.
_ABOUT = 1 << 20
#: The last is the process in which the quicker way of asking for the peak is right.
_quick_in = [0]


class Usage(TypedDict):
    """`started` in seconds since 1970, `seconds` taken, and `memory`: bytes.

    Memory is what the process had more at its peak than when the Variable began, of memory that is really in use
    (resident). Arrays of less than 32 MB may lie where earlier ones lay that the C library kept, and then count with
    those. That of processes which it started does not count. None if the process died over it.
    """

    started: float
    seconds: float
    memory: int | None


class Meter:
    """Measures from its making until `read`. Costs about 15 µs, as nothing has to watch meanwhile.

    The kernel notes the peak of each process, and Linux can be told to begin anew. Elsewhere the growth of the
    highest peak so far is taken, which is too little if an earlier Variable had more.
    """

    _open: ClassVar[list[Meter]] = []  # a Pipeline inside a Variable is measured within that

    _highest: int

    def __init__(self) -> None:
        for outer in self._open:
            outer._highest = max(outer._highest, _peak())
        with contextlib.suppress(OSError):  # not Linux, or no `/proc` to be seen
            _forget_peak()
        self._open.append(self)
        if _quick_in[-1] != os.getpid() and _quick_peak() < (_status_peak() or 0) + _ABOUT:
            _quick_in.append(os.getpid())
        self._before = self._highest = _peak()
        self.started = time.time()
        self._clock = time.perf_counter()

    def read(self) -> Usage:
        """What was used until now; to be called once."""
        seconds = time.perf_counter() - self._clock
        self._open.remove(self)
        return {"started": self.started, "seconds": seconds, "memory": max(self._highest, _peak()) - self._before}


def _forget_peak() -> None:
    descriptor = os.open(_CLEAR_REFS, os.O_WRONLY)
    try:
        os.write(descriptor, _FORGET_PEAK)
    finally:
        os.close(descriptor)


def _peak() -> int:
    """Bytes. Asks in the quicker of two ways where that says the same, which it does in forked processes."""
    return _quick_peak() if _quick_in[-1] == os.getpid() else _status_peak() or _quick_peak()


def _quick_peak() -> int:
    """Where another program became this one, it knows of that one's memory too, and does not forget that."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _status_peak() -> int | None:
    """None where there is no `/proc` to be seen."""
    try:
        descriptor = os.open(_STATUS, os.O_RDONLY)
        try:
            found = _PEAK_IN_STATUS.search(os.read(descriptor, 8192))
        finally:
            os.close(descriptor)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def described(usage: Usage) -> str:
    """A few words for the log."""
    return f"{usage['seconds']:.3g} s, {(usage['memory'] or 0) / 1e6:.1f} MB more memory at its peak"

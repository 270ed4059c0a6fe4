"""Processes as Linux shows them in `/proc`: what one has started, what it takes, and the end of all that.

Elsewhere nothing is seen: none has children, and none takes memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_ANONYMOUS = re.compile(rb"^(?:RssAnon|RssShmem|VmSwap):\s*(\d+) kB", re.MULTILINE)
_SHARE = re.compile(rb"^(?:Pss_Anon|Pss_Shmem|SwapPss):\s*(\d+) kB", re.MULTILINE)
_DATA = re.compile(rb"^VmData:\s*(\d+) kB", re.MULTILINE)
#: How long killed processes are waited for; one that hangs in the kernel ends when that lets it.
_END_SECONDS = 2.0
#: Whether this kernel has the files that tell children.
_TELLS_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()


def adopt_orphans() -> None:
    """From now on processes below this one whose parents end become its children, whatever session they are in."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """End at once when the process `parent`, which forked this one, ends or has ended."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def children(pid: int) -> set[int]:
    """The processes whose parent is `pid`, those that have ended and were not waited for among them."""
    if not _TELLS_CHILDREN:
        return {child for child, parent in _parents() if parent == pid}
    found: set[int] = set()
    with contextlib.suppress(OSError):  # it, or one of its threads, has just ended
        for task in _entries(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found.update(map(int, _read(f"/proc/{pid}/task/{task}/children").split()))
    return found


def _parents() -> Iterable[tuple[int, int]]:
    """Each process with its parent."""
    for name in _entries("/proc") if sys.platform == "linux" else ():
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                yield int(name), int(_read(f"/proc/{name}/stat").rpartition(b")")[2].split()[1])


def descendants(pid: int, without: Collection[int] = ()) -> set[int]:
    """The children of a process, their children, and so on; none of those in `without`, nor what they started."""
    found: set[int] = set()
    todo = [pid]
    while todo:
        new = children(todo.pop()) - found - set(without)
        found |= new
        todo.extend(new)
    return found


def end_descendants(without: Collection[int] = ()) -> None:
    """Kill what this process and its children have started; needs `adopt_orphans` to find all of it.

    First all are stopped, so that none starts another one meanwhile.
    """
    stopped: set[int] = set()
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline:
        found = descendants(os.getpid(), without)
        if not found:
            return
        new = found - stopped
        _signal(new or found, signal.SIGSTOP if new else signal.SIGKILL)
        stopped |= new
        if not new:
            _reap(found)
            time.sleep(0.001)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _reap(pids: Iterable[int]) -> None:
    """Wait for those that are children of this process and have ended."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def memory(pid: int) -> int:
    """Bytes of memory that a process takes and that no file backs; what it shares with others counts in full."""
    return _kilobytes(_ANONYMOUS, f"/proc/{pid}/status")


def share_of_memory(pid: int) -> int:
    """The same, but of what several processes share its part only. Takes milliseconds for each gigabyte."""
    return _kilobytes(_SHARE, f"/proc/{pid}/smaps_rollup")


def data_size() -> int:
    """Bytes that this process has reserved, as RLIMIT_DATA counts them."""
    return _kilobytes(_DATA, "/proc/self/status")


def _kilobytes(pattern: re.Pattern[bytes], path: str) -> int:
    """Bytes from a file that tells kilobytes; 0 if it cannot be read, such as of a process that has ended."""
    try:
        return 1024 * sum(map(int, pattern.findall(_read(path))))
    except OSError:
        return 0


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (this is done often)
        return file.read()


def _entries(path: str) -> list[str]:
    return os.listdir(path)  # noqa: PTH208  (this is done often)

"""How much memory user code may take: refused beyond that, with an error that says so."""

from __future__ import annotations

import gc
import resource
import sys

from damnit_ctx import processes

#: What remains for saying that there is no more.
RESERVE = 256 << 20
#: What is given back first, as raising a limit takes some memory itself: several of Python's arenas.
_BALLAST = 4 << 20
#: So much of its memory may a process keep after a failure for being allowed to go on.
_KEPT_SHARE = 0.25


class _Memory:
    """The limit of this process, if it has one: `begin` is what it had reserved before.

    `as_begun`: what the system allows it, soft and hard, before user code may have changed that.
    """

    limit: int | None = None
    begin = 0
    as_begun: tuple[tuple[int, tuple[int, int]], ...] = ()
    ballast: bytearray | None = None


def limit_memory(limit: int | None, *, lasting: bool) -> None:
    """Let this process take so many bytes more than it has; None for any number. Beyond it, MemoryError arises.

    What counts is what it reserves, be it in use or not, but no files. `lasting`: nothing can lift the limit.
    Only Linux has such a limit.
    """
    _Memory.limit = limit
    if sys.platform != "linux":
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if limit is None:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        return
    _Memory.ballast = bytearray(_BALLAST)
    _Memory.begin = processes.data_size()
    most = _within(_Memory.begin + limit + RESERVE, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (_within(_Memory.begin + limit, hard), most if lasting else hard))


def note_memory_limits() -> None:
    """To be called before user code: what `put_back` puts back."""
    which = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    _Memory.as_begun = tuple((limit, resource.getrlimit(limit)) for limit in which)


def put_back() -> bool:
    """After user code: whether this process has as much memory as it had before, or has it again now.

    A process without privileges may lower its limits for good.
    """
    for which, begun in _Memory.as_begun:
        now = resource.getrlimit(which)
        if now[1] == begun[1] and (now[0] == begun[0] or (which == resource.RLIMIT_DATA and _above(now[0], begun[0]))):
            continue  # of data, `relieve` may have given more
        try:
            resource.setrlimit(which, begun)
        except (OSError, ValueError):
            return False
    return True


def _above(value: int, other: int) -> bool:
    return value == resource.RLIM_INFINITY or (other != resource.RLIM_INFINITY and value >= other)


def _within(value: int, hard: int) -> int:
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def relieve() -> None:
    """To be called first when there was no more memory: some is there for handling that."""
    _Memory.ballast = None
    if _Memory.limit is not None and sys.platform == "linux":
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_DATA, (_within(soft + RESERVE, hard), hard))


def may_go_on() -> bool:
    """After a MemoryError: whether its memory is free again, for what comes next. The limit is as before then."""
    gc.collect()
    limit = _Memory.limit
    if limit is None or sys.platform != "linux":
        return True
    if processes.data_size() - _Memory.begin > _KEPT_SHARE * limit:
        return False
    _Memory.ballast = bytearray(_BALLAST)
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (_within(_Memory.begin + limit, hard), hard))
    return True


def memory_message(said: str) -> str:
    """What people read of a MemoryError that said so much, or nothing."""
    if _Memory.limit is None:
        return said or "The machine has no more memory"
    message = exceeded(_Memory.limit)
    return f"{message}. {said}" if said else message


def exceeded(limit: int) -> str:
    return f"Needed more than {limit / 1e9:.3g} GB of memory, the limit of one run here (its setting is run_memory_gb)"

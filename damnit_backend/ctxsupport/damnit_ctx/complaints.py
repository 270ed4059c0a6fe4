"""What is wrong with classes of the context file that is being loaded, kept so that all else is found as well."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Callable

#: Takes what is wrong with what; False if nobody will ever tell.
Keeper = Callable[[Any, str], bool]

_keeper: ContextVar[Keeper | None] = ContextVar("damnit_complaints", default=None)


def complain(about: Any, message: str) -> bool:
    """Have it told at the end of the loading; False if no file is being loaded."""
    keeper = _keeper.get()
    return keeper is not None and keeper(about, message)


@contextlib.contextmanager
def kept_by(keeper: Keeper) -> Iterator[None]:
    """Let it keep the complaints of the block."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)

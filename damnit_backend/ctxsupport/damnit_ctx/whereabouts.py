"""Where user code finds itself in a process that others use, too: working directory, import path, context module."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

#: `__name__` of a context file. It is in `sys.modules` by this name, where e.g. dataclasses look for it.
MODULE_NAME = "damnit_context"


class _State(NamedTuple):
    folder: Path
    path: list[str]
    module: ModuleType | None

    def restore(self) -> None:
        os.chdir(self.folder)
        sys.path[:] = self.path
        sys.modules.pop(MODULE_NAME, None)
        if self.module is not None:
            sys.modules[MODULE_NAME] = self.module


_lock = threading.Lock()
#: The blocks that each thread is in, and what there was before the first of them all.
_inside: dict[int, list[_State]] = {}
_before: list[_State] = []


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """After the block all is what it was. Of threads that are in such blocks at once the last one sees to it."""
    thread = threading.get_ident()
    with _lock:
        now = _State(Path.cwd(), list(sys.path), sys.modules.get(MODULE_NAME))
        if not _inside:
            _before[:] = [now]
        _inside.setdefault(thread, []).append(now)
    try:
        yield
    finally:
        with _lock:
            own = _inside[thread].pop()
            if _inside[thread]:
                own.restore()
            else:
                del _inside[thread]
                if not _inside:
                    _before[0].restore()


def enter(path: Path, folder: Path) -> None:
    """Make this process look to user code as a context file may expect: working directory and import path."""
    os.chdir(folder)
    own = str(path.parent)
    if own in sys.path:
        sys.path.remove(own)
    sys.path.insert(0, own)

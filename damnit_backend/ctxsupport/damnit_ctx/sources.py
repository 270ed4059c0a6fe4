"""Which modules beside the context file it imported, so that a change of them is a change of the context file."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Optional

from damnit_ctx.text import storable

#: Of a module that is nowhere these places are watched, in case it is written there; no more than so many.
_MOST_MISSING = 200

#: Time of the last change (ns), size and inode of a file; None of one that is not there.
Stamp = Optional[tuple[int, int, int]]


class _Noting:
    """A finder that lets the others find a module, and notes where it was, before it is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._installed = {Path(sys.prefix), Path(sys.base_prefix)}
        self.stamps: dict[str, Stamp] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        for finder in [f for f in sys.meta_path if f is not self]:
            spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                if spec.has_location and spec.origin and self._is_own(Path(spec.origin)):
                    self.stamps[spec.origin] = stamp(spec.origin)
                return spec
        if path is None and len(self.stamps) < _MOST_MISSING:
            self.stamps.update({str(self._folder / place): None for place in (f"{name}.py", f"{name}/__init__.py")})
        return None

    def _is_own(self, file: Path) -> bool:
        """Whether it lies in the folder, and not in an environment there."""
        parents = set(file.parents)
        return self._folder in parents and not parents & self._installed and "site-packages" not in file.parts


def stamp(path: str) -> Stamp:
    """What changes when a file is written or replaced; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextlib.contextmanager
def noted(folder: Path) -> Iterator[dict[str, Stamp]]:
    """In the block imports are noted: gives a dict that fills with the stamps of files in the folder, by path."""
    noting = _Noting(folder)
    sys.meta_path.insert(0, noting)
    try:
        yield noting.stamps
    finally:
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not noting]
        for path in [p for p in noting.stamps if p != storable(p)]:  # none that can be told
            del noting.stamps[path]

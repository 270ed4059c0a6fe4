"""What a run's file says of the merge that wrote it: of use to the next one, if that merge was killed.

It may have been killed when the file was in its place and the database knew nothing of it. The file then holds no
former results any more, and says itself which they were.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

_FRAGMENTS, _TOLD = "desk_fragments", "desk_told"
_MOST = 16_000
"""An attribute has room for so many numbers."""


@dataclass(frozen=True, slots=True)
class Marks:
    """``fragments`` are those that the file was last written from, ``told`` the names of variables whose former full
    results were no more than their values; both as `_number` has them."""

    fragments: frozenset[int] = frozenset()
    told: frozenset[int] = frozenset()

    def has_merged(self, fragment: Path) -> bool:
        return _number(fragment.name) in self.fragments

    def was_told(self, name: str) -> bool:
        return _number(name) in self.told


def write_marks(file: h5py.File, fragments: Iterable[Path], told: Iterable[str]) -> None:
    for attribute, texts in ((_FRAGMENTS, [path.name for path in fragments]), (_TOLD, list(told))):
        file.attrs[attribute] = np.array([_number(text) for text in texts[:_MOST]], np.uint32)


def read_marks(file: h5py.File) -> Marks:
    """None are in a file that another program wrote."""
    return Marks(*(_numbers(file, attribute) for attribute in (_FRAGMENTS, _TOLD)))


def _numbers(file: h5py.File, attribute: str) -> frozenset[int]:
    found = file.attrs.get(attribute)
    is_ours = isinstance(found, np.ndarray) and found.dtype == np.uint32
    return frozenset(found.ravel().tolist()) if is_ours else frozenset()


def _number(text: str) -> int:
    """Instead of a name, because thousands of names are too long for an attribute."""
    return zlib.crc32(text.encode(errors="surrogatepass"))

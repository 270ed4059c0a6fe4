"""Small datasets, groups and attributes by HDF5's own calls, which take a third of the time of h5py's friendlier ones.

A run has hundreds of Variables, and each makes a group, two datasets and some attributes.
"""

from __future__ import annotations

from typing import Any, Union

import h5py
import numpy as np
from h5py import h5a, h5d, h5f, h5g, h5p, h5s, h5t
from numpy.typing import NDArray

#: What h5py's objects have as their `id`.
Place = Union[h5f.FileID, h5g.GroupID]
Node = Union[h5g.GroupID, h5d.DatasetID]

#: Bytes of an array that is kept in the dataset's own header, where it needs no block in the file.
_COMPACT_BELOW = 1024

_STRING = h5py.string_dtype()
_TEXT = h5t.py_create(_STRING, logical=True)
_TEXT_IN_MEMORY = h5t.py_create(_STRING)
_SCALAR = h5s.create(h5s.SCALAR)
_LINK = h5p.create(h5p.LINK_CREATE)
_LINK.set_char_encoding(h5t.CSET_UTF8)
_COMPACT = h5p.create(h5p.DATASET_CREATE)
_COMPACT.set_layout(h5d.COMPACT)

_types: dict[np.dtype[Any], h5t.TypeID] = {}


def create_group(parent: Place, name: str) -> h5g.GroupID:
    """Make a new group."""
    return h5g.create(parent, name.encode(), lcpl=_LINK)


def create_dataset(parent: Place, name: str, content: NDArray[Any] | str) -> h5d.DatasetID:
    """Write a text, or an array of numbers, as a new dataset. `name` may begin with groups that exist."""
    values, dtype, in_memory, space = _prepared(content)
    compact = not isinstance(content, str) and 0 < values.nbytes <= _COMPACT_BELOW
    dataset = h5d.create(parent, name.encode(), dtype, space, _COMPACT if compact else None, _LINK)
    if values.size:
        dataset.write(h5s.ALL, h5s.ALL, values, in_memory)
    if values.nbytes > _COMPACT_BELOW:
        dataset.flush()  # h5py swallows what fails when it drops the dataset
    return dataset


def set_attribute(owner: Node, name: str, value: Any) -> None:
    """Give a new group or dataset an attribute: a text, a number, or a small array of numbers."""
    values, dtype, in_memory, space = _prepared(value if isinstance(value, str) else np.asarray(value))
    h5a.create(owner, name.encode(), dtype, space).write(values, in_memory)


def _prepared(content: NDArray[Any] | str) -> tuple[NDArray[Any], h5t.TypeID, h5t.TypeID, h5s.SpaceID]:
    """The content as an array, its types in the file and in memory, and its shape."""
    if isinstance(content, str):
        return np.array(content, dtype=_STRING), _TEXT, _TEXT_IN_MEMORY, _SCALAR
    values = np.asarray(content, order="C")
    space = h5s.create_simple(values.shape) if values.ndim else _SCALAR
    dtype = _type_of(values.dtype)
    return values, dtype, dtype, space


def _type_of(dtype: np.dtype[Any]) -> h5t.TypeID:
    """HDF5's type. That of plain numbers is made once; others may differ in what makes no difference to numpy."""
    if dtype.names is not None or dtype.metadata is not None:
        return h5t.py_create(dtype, logical=True)
    if dtype not in _types:
        _types[dtype] = h5t.py_create(dtype, logical=True)
    return _types[dtype]

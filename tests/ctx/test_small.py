"""What is written by HDF5's own calls is what h5py's friendlier ones write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from damnit_ctx.small import create_dataset, create_group, set_attribute

VALUES = {
    "number": np.array(1.5),
    "of another byte order": np.arange(5, dtype=">f8"),
    "truth": np.array(True),
    "truths": np.array([True, False]),
    "complex": np.array([1 + 2j], np.complex64),
    "half": np.arange(3, dtype=np.float16),
    "a record": np.zeros(3, [("energy", ">f8"), ("hit", "?"), ("pair", "i2", (2,))]),
    "empty": np.zeros((0, 3), bool),
    "text": "grüße 静",
    "no text": "",
    "long text": "x" * 200_000,
    "columns first": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "not contiguous": np.arange(100)[::-3],
    "broadcast": np.broadcast_to(np.arange(3.0), (100, 3)),
    "just in the header": np.zeros(128),
    "just not in the header": np.zeros(129),
    "long": np.arange(5000.0),
}


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[h5py.File, h5py.File]]:
    with h5py.File(tmp_path / "ours.h5", "w") as ours, h5py.File(tmp_path / "theirs.h5", "w") as theirs:
        yield ours, theirs


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_that_a_dataset_is_of_the_same_type_shape_and_content(files: Any, value: Any) -> None:
    ours, theirs = files
    expected = theirs.create_dataset("x", data=value, dtype=h5py.string_dtype() if isinstance(value, str) else None)

    create_dataset(ours.id, "x", value)

    found = ours["x"]
    assert found.id.get_type() == expected.id.get_type()
    assert found.id.get_space().get_simple_extent_type() == expected.id.get_space().get_simple_extent_type()
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(found[()], expected[()])


@pytest.mark.parametrize("value", ["µJ", "", True, np.bool_(False), 3.5, np.array([255, 128, 0], np.uint8)])
def test_that_an_attribute_is_of_the_same_type_and_content(files: Any, value: Any) -> None:
    ours, theirs = (file.create_group("g") for file in files)
    theirs.attrs["größe"] = value

    set_attribute(ours.id, "größe", value)

    found, expected = (h5py.h5a.open(group.id, "größe".encode()) for group in (ours, theirs))
    assert found.get_type() == expected.get_type()
    assert found.shape == expected.shape
    np.testing.assert_array_equal(ours.attrs["größe"], theirs.attrs["größe"])


def test_that_names_are_unicode_within_groups_that_exist(files: Any) -> None:
    ours, _ = files
    create_group(ours.id, ".reduced")
    group = create_group(ours.id, "gruppe.größe")

    create_dataset(group, "data", np.array(1))
    create_dataset(ours.id, ".reduced/gruppe.größe", np.array(2))

    assert set(ours) == {".reduced", "gruppe.größe"}
    assert (ours["gruppe.größe/data"][()], ours[".reduced"]["gruppe.größe"][()]) == (1, 2)
    assert ours.id.links.get_info("gruppe.größe".encode()).cset == h5py.h5t.CSET_UTF8


def test_that_nothing_is_written_over(files: Any) -> None:
    ours, _ = files
    create_dataset(ours.id, "x", "first")

    with pytest.raises(ValueError, match="exists"):
        create_dataset(ours.id, "x", np.zeros(3))
    with pytest.raises(ValueError, match="exists"):
        create_group(ours.id, "x")
    assert ours["x"].asstr()[()] == "first"

"""One context file, run by both programs: the same rows in SQL and the same tree in HDF5, but for named differences."""

import io
import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

NETCDF = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates"}

WORDING = "our own words for why there is no value"
TREND = "other points are kept of long or complex data, and a Series is drawn over its index"
THUMBNAIL = "small images are not blown up, and bool ones are drawn"
DIFFERENT = {
    "array_1d": TREND,
    "array_1d_bool": "bool data have a max_diff",
    "array_1d_complex": TREND,
    "array_1d_datetime": WORDING,
    "array_1d_strings": WORDING,
    "array_2d_bool": THUMBNAIL,
    "array_2d_nan": THUMBNAIL,
    "bad_summary": "no summary_method is claimed where the summary could not be made",
    "cannot_save_dict": WORDING,
    "cannot_save_object": WORDING,
    "cannot_save_object_array": WORDING,
    "cell_preview_2d": THUMBNAIL,
    "cell_preview_plotly": "a text stands for a Plotly figure, so that no browser is needed",
    "complex_number": "complex summaries name their type in HDF5 too",
    "dataarray": THUMBNAIL,
    "dataarray_coords": TREND,
    "datetime_scalar": WORDING,
    "needs_needs_raises": WORDING,
    "needs_nothing": WORDING,
    "needs_raises": WORDING,
    "needs_skip": WORDING,
    "numpy_complex64": "complex summaries name their type in HDF5 too, and are double",
    "plotly_figure": "a text stands for a Plotly figure, so that no browser is needed",
    "raises_empty": "an exception without a message is told by the line that raised it",
    "series": TREND,
    "summary_failing": WORDING,
}
"""Variables whose row, summary or error differs on purpose, with the reason; docs/compatibility.md tells people."""


def blob(value: bytes, summary_type: str | None) -> Any:
    """What bytes of `run_variables` mean, comparable between drawings of different libraries."""
    if summary_type == "complex":
        return complex(*struct.unpack("<dd", value))
    if value.startswith(b"\x89PNG"):
        return "picture", max(Image.open(io.BytesIO(value)).size)
    return np.load(io.BytesIO(value)).tolist()


def shared(attributes: str | None) -> dict[str, Any]:
    """The JSON of the column `attributes`, without what we add to it."""
    found = json.loads(attributes or "{}")
    return {name: found[name] for name in sorted(found) if not name.startswith("desk_")}


def rows(folder: Path) -> dict[str, Any]:
    """The rows of run 1 by name: everything but times."""
    sql = sqlite3.connect(folder / "runs.sqlite")
    found = sql.execute(
        "SELECT name, version, typeof(value), value, summary_type, coalesce(summary_method, ''), max_diff, provenance,"
        " attributes FROM run_variables WHERE run = 1 AND provenance = 'context.py'"
    ).fetchall()
    sql.close()
    return {
        name: {
            "version": version,
            "type": type_,
            "value": blob(value, summary) if isinstance(value, bytes) else value,
            "summary_type": summary,
            "summary_method": method,
            "max_diff": max_diff,
            "attributes": shared(attributes),
        }
        for name, version, type_, value, summary, method, max_diff, provenance, attributes in found
    }


def described(node: h5py.Dataset | h5py.Group, *, content: bool) -> dict[str, Any]:
    attributes = {
        name: (str(node.attrs.get_id(name).dtype), node.attrs.get_id(name).shape, str(value))
        for name, value in node.attrs.items()
        if name not in NETCDF and not name.startswith("desk_") and (name, value) != ("summary_method", "")
    }
    if isinstance(node, h5py.Group):
        return {"attributes": attributes}
    data = node.asstr()[()] if h5py.check_string_dtype(node.dtype) else node[()]
    return {
        "attributes": attributes,
        "dtype": str(node.dtype),
        "shape": node.shape if content else len(node.shape),
        "data": np.asarray(data).tolist() if content and node.ndim < 2 else None,
    }


def tree(path: Path) -> dict[str, Any]:
    """All groups and datasets of a run's file; of pictures and serialised tables only that they are there."""
    nodes: dict[str, Any] = {}
    with h5py.File(path) as file:

        def visit(name: str, node: h5py.Dataset | h5py.Group) -> None:
            parent = node.parent.attrs.get("_damnit_objtype")
            opaque = parent in ("image", "PlotlyFigure", "series", "dataframe") or "_damnit_objtype" in node.attrs
            picture = name.startswith(".reduced/") and isinstance(node, h5py.Dataset) and node.dtype == np.uint8
            nodes[name] = described(node, content=not (opaque or picture or "start_time" in name))

        file.visititems(visit)
        nodes["/"] = described(file, content=True)
    return nodes


def equal(one: Any, other: Any) -> bool:
    """Equality in which NaN equals itself."""
    return repr(one) == repr(other)


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (ours.get(name), theirs.get(name))
        for name in sorted(ours.keys() | theirs.keys())
        if not equal(ours.get(name), theirs.get(name))
    }


def variable(place: str) -> str:
    """The Variable that a place in HDF5 belongs to."""
    parts = place.split("/")
    return parts[1] if parts[0].startswith(".") and len(parts) > 1 else parts[0]


@pytest.fixture
def of_rows(made_by_us: Path, made_by_reference: Path) -> dict[str, tuple[Any, Any]]:
    return differences(rows(made_by_us), rows(made_by_reference))


@pytest.fixture
def of_places(made_by_us: Path, made_by_reference: Path) -> dict[str, tuple[Any, Any]]:
    return differences(*(tree(folder / "extracted_data/p1234_r1.h5") for folder in (made_by_us, made_by_reference)))


def test_that_both_programs_store_the_same_rows(of_rows: dict[str, tuple[Any, Any]]) -> None:
    assert {name: pair for name, pair in of_rows.items() if name not in DIFFERENT} == {}


def test_that_both_programs_store_the_same_results(of_places: dict[str, tuple[Any, Any]]) -> None:
    assert {place: pair for place, pair in of_places.items() if variable(place) not in DIFFERENT} == {}


def test_that_full_results_never_differ(of_places: dict[str, tuple[Any, Any]]) -> None:
    assert [place for place in of_places if not place.startswith((".reduced/", ".errors/"))] == []


def test_that_each_named_difference_is_one(
    of_rows: dict[str, tuple[Any, Any]], of_places: dict[str, tuple[Any, Any]]
) -> None:
    assert DIFFERENT.keys() == of_rows.keys() | {variable(place) for place in of_places}


def test_that_both_programs_declare_the_same_variables(made_by_us: Path, made_by_reference: Path) -> None:
    def declared(folder: Path) -> list[tuple[Any, ...]]:
        sql = sqlite3.connect(folder / "runs.sqlite")
        found = sql.execute(
            "SELECT variables.name, title, description, type, group_concat(tags.name) FROM variables"
            " LEFT JOIN variable_tags ON variable_name = variables.name LEFT JOIN tags ON tags.id = tag_id"
            " WHERE type IS NULL GROUP BY variables.name ORDER BY variables.rowid"
        ).fetchall()
        sql.close()
        return [(*row[:4], set((row[4] or "").split(","))) for row in found]

    ours, theirs = declared(made_by_us), declared(made_by_reference)
    assert {row[0]: row for row in ours} == {row[0]: row for row in theirs}
    # theirs has Groups behind all else, the last one first; ours keeps the order of the file
    assert [row for row in ours if "." not in row[0]] == [row for row in theirs if "." not in row[0]]

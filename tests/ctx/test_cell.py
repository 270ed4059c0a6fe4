from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import damnit_ctx
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from damnit_ctx import Cell, Variable


def test_that_a_cell_keeps_what_it_is_given() -> None:
    cell = Cell([1, 2], "sum", bold=True, background="#ff0080", preview=[1.0, 2.0], units="J")

    assert (cell.data, cell.summary, cell.bold, cell.units) == ([1, 2], "sum", True, "J")
    assert cell.background == (255, 0, 128)
    assert cell.preview.shape == (2,)


@pytest.mark.parametrize("background", [[1, 2, 3], (1, 2, 3), np.array([1, 2, 3], np.uint8)])
def test_that_a_background_may_be_three_numbers(background: Any) -> None:
    assert Cell(1, background=background).background == (1, 2, 3)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("data", Cell(1)),
        ("summary", 3),
        ("summary_value", object()),
        ("summary_value", ["text"]),
        ("summary_value", np.datetime64("2020-01-01")),
        ("bold", "yes"),
        ("bold", 2),
        ("bold", np.array([True])),
        ("bold", 0.5),
        ("background", "red"),
        ("background", "#12345"),
        ("background", [1, 2]),
        ("background", [1, 2, 300]),
        ("background", [1, 2, "3"]),
        ("background", 5),
        ("background", "#f00"),
        ("background", "ff0000"),
        ("background", " #ff0000"),
        ("background", ""),
        ("background", (0, 0, float("nan"))),
        ("background", (0, -1, 0)),
        ("background", (1, 2, 3, 4)),
        ("background", (True, False, True)),
        ("background", np.zeros((3, 3))),
        ("summary_value", [[1], [1, 2]]),
        ("summary_value", {"a": 1}),
        ("summary_value", b"bytes"),
        ("preview", 3.0),
        ("preview", "text"),
        ("preview", [[1], [1, 2]]),
        ("preview", xr.Dataset({"a": ("x", [1])})),
        ("preview", np.zeros((2, 2, 3), dtype=np.uint8)),
        ("preview", np.array([object()])),
        ("preview", np.array(["2020"], dtype="M8[ns]")),
        ("preview", np.zeros((2, 2, 2))),
        ("preview", np.array(["a"])),
        ("preview", xr.DataArray(np.zeros((2, 2, 2)))),
        ("units", 5),
    ],
)
def test_that_a_bad_argument_is_named(argument: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=argument):
        Cell(**{"data": 1, argument: value})


@pytest.mark.parametrize("bold", [True, 1, np.bool_(True), np.array(True), xr.DataArray(3.5) > 3])
def test_that_bold_may_be_any_single_truth_value(bold: Any) -> None:
    assert Cell(1, bold=bold).bold is True


def test_that_a_dimensionless_comparison_that_is_false_is_not_bold() -> None:
    assert Cell(1, bold=xr.DataArray(3.5) > 4).bold is False
    assert Cell(1, bold=None).bold is None


@pytest.mark.parametrize("preview", [[1, 2], pd.Series([1, 2]), xr.Variable("x", [1, 2]), np.array([1j, 2])])
def test_that_a_preview_is_an_array_that_every_reader_knows(preview: Any) -> None:
    assert type(Cell(1, preview=preview).preview) is np.ndarray


def test_that_a_preview_may_be_a_dataarray_or_a_figure() -> None:
    labelled = xr.DataArray([[1.0]])
    figure = matplotlib.figure.Figure()

    assert Cell(1, preview=labelled).preview is labelled
    assert Cell(1, preview=figure).preview is figure
    assert Cell(1, preview=figure.subplots()).preview is figure.axes[0]


def test_that_a_variable_can_be_called_by_hand() -> None:
    @Variable("Title")
    def double(run: Any) -> Any:
        return 2 * run

    assert double(4) == 8


def test_that_a_variable_must_stand_above_a_function() -> None:
    with pytest.raises(TypeError, match="above a function"):
        Variable("Title")(3)


def test_that_the_package_can_be_imported_without_any_other() -> None:
    """Else the server could not say that numpy is missing."""
    code = "import sys, damnit_ctx; print('numpy' in sys.modules, 'damnit_backend' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(damnit_ctx.__file__).parents[1])}

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)

    assert done.stdout.split() == [b"False", b"False"]

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import damnit_ctx
import numpy as np
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
        ("bold", 1),
        ("background", "red"),
        ("background", "#12345"),
        ("background", [1, 2]),
        ("background", [1, 2, 300]),
        ("background", [1, 2, "3"]),
        ("background", 5),
        ("preview", 3.0),
        ("preview", np.zeros((2, 2, 2))),
        ("preview", np.array(["a"])),
        ("preview", xr.DataArray(np.zeros((2, 2, 2)))),
        ("units", 5),
    ],
)
def test_that_a_bad_argument_is_named(argument: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=argument):
        Cell(**{"data": 1, argument: value})


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

"""One renderer a kind of value, and what each of them draws."""

import math

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QFontMetrics

from damnit_backend.core.values import CellValue, Failure, Kind, Picture, SmallArray, Trend
from damnit_gui.cells import RENDERERS, Shown, renderer_of
from damnit_gui.cells.image import natural_size, thumbnail
from damnit_gui.cells.trend import curve_pieces


def test_each_kind_has_one_renderer() -> None:
    assert sorted(renderer.kind for renderer in RENDERERS) == sorted(Kind)
    assert all(renderer_of(kind).kind is kind for kind in Kind)


def test_each_kind_draws_something_unless_it_is_empty(draw, alpha, any_value) -> None:
    drawn = alpha(draw(any_value)).any()
    assert drawn == (any_value is not None)


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (120, 2)])
def test_cells_without_room_do_no_harm(draw, any_value, size) -> None:
    draw(any_value, *size)


def test_a_column_can_ask_how_wide_its_cells_want_to_be(qapp, any_value) -> None:
    metrics = QFontMetrics(qapp.font())
    shown = Shown(CellValue(any_value))
    assert 0 <= renderer_of(shown.cell.kind).width(shown, metrics, 40) <= 400


@pytest.mark.parametrize(
    "value",
    [
        Trend(np.array([]), np.array([])),
        Trend(np.array([1.0]), np.array([2.0])),
        Trend(np.zeros(5), np.full(5, 3.0)),
        Trend(np.arange(5.0), np.full(5, np.nan)),
        Trend(np.arange(3.0), np.array([np.inf, 1, -np.inf])),
        Trend(np.array([np.nan, 1, 2]), np.array([1.0, 2, 3])),
        Trend(np.arange(3.0), np.array([-1.7e308, 1.7e308, 0])),
        SmallArray(np.zeros((0, 3))),
        SmallArray(np.array([b"a"])),
        math.nan,
        "x" * 100_000,
        "\0\n\n",
        Failure("", ""),
        Failure("Skip", ""),
        10**18,
    ],
)
def test_odd_values_are_drawn(draw, alpha, value) -> None:
    assert alpha(draw(value)).any() or value == "\0\n\n"


@pytest.mark.parametrize("png", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_an_image_that_cannot_be_read_says_so(draw, alpha, png) -> None:
    assert thumbnail(Picture(png), 40, 40) is None
    assert alpha(draw(Picture(png))).any()


def test_an_image_that_claims_to_be_huge_is_not_decoded(picture) -> None:
    assert natural_size(picture(5000, 2)) is None
    assert thumbnail(picture(5000, 2), 40, 40) is None


@pytest.mark.parametrize(("size", "expected"), [((300, 100), (90, 30)), ((100, 300), (13, 40)), ((4, 2), (80, 40))])
def test_a_thumbnail_keeps_its_aspect(picture, size, expected) -> None:
    assert thumbnail(picture(*size), 90, 40).size() == QSize(*expected)


def test_a_thumbnail_stands_in_the_middle_and_uses_the_screens_resolution(draw, alpha, picture) -> None:
    for ratio in (1.0, 2.0):
        drawn = alpha(draw(picture(20, 20, (0, 200, 0)), 100, 40, ratio)) > 0
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        assert (rows[0], rows[-1]) == (0, 40 * ratio - 1)
        assert (columns[0], columns[-1]) == (30 * ratio, 70 * ratio - 1)


def test_a_curve_uses_the_whole_box_and_breaks_at_gaps() -> None:
    x, y = np.arange(6.0), np.array([0, 1, np.nan, 3, 2, np.inf])
    pieces = curve_pieces(x, y, 102.0, 32.0)
    assert [len(piece) for piece in pieces] == [2, 2]
    np.testing.assert_allclose(pieces[0], [[1, 31], [21, 21]])
    np.testing.assert_allclose(pieces[1], [[61, 1], [81, 11]])


def test_constant_data_are_a_line_in_the_middle() -> None:
    (piece,) = curve_pieces(np.arange(3.0), np.full(3, 7.0), 100.0, 30.0)
    assert piece[:, 1].tolist() == [15, 15, 15]


def test_errors_and_skips_look_different(draw) -> None:
    error, skip = draw(Failure("ValueError", "")), draw(Failure("Skip", "dark"))
    assert error != skip

    def has_red(image) -> bool:
        pixels = (QColor(image.pixel(x, y)) for x in range(image.width()) for y in range(image.height()))
        return any(pixel.red() > 150 and pixel.green() < 80 for pixel in pixels)

    assert has_red(error)
    assert not has_red(skip)


def test_data_that_vary_are_bold_unless_the_variable_says_otherwise(draw, alpha) -> None:
    plain = alpha(draw(12345.0)).sum()
    assert alpha(draw(12345.0, max_diff=3.0)).sum() > plain
    assert alpha(draw(12345.0, max_diff=3.0, bold=False)).sum() == plain
    assert alpha(draw(12345.0, bold=True)).sum() > plain

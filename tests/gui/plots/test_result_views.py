"""Every full result that a file may hold can be shown, in every view that accepts it, in both themes."""

import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication, QComboBox

from damnit_backend.store.results import Result, ResultKind, read_result
from damnit_gui.plots.data import AxisInfo
from damnit_gui.plots.results.base import Services, Shown, views_of
from damnit_gui.plots.results.curve import CurveView
from damnit_gui.plots.results.dataset import DatasetView
from damnit_gui.plots.results.figure import image_of
from damnit_gui.plots.results.image import BY_HAND, ImageView
from damnit_gui.plots.results.plotly import write_page
from damnit_gui.plots.results.result_view import ResultView
from damnit_gui.plots.results.stack import StackView
from damnit_gui.plots.results.table import GridModel, GridView
from damnit_gui.plots.results.text import text_of
from damnit_gui.plots.results.views import VIEWS
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.tasks import Tasks
from damnit_gui.theme import apply_theme

VALUE = AxisInfo("Camera/Beam", "mJ")


@pytest.fixture
def view(qtbot, notifier: Notifier) -> ResultView:
    made = ResultView(Services(Tasks(notifier, synchronous=True), notifier, VIEWS))
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def choose(view: ResultView, title: str) -> None:
    """What a person does with the list of views."""
    chooser = view.findChild(QComboBox, "views")
    chooser.setCurrentText(title)
    chooser.activated.emit(chooser.currentIndex())


def array(data) -> Shown:
    return Shown(Result(ResultKind.ARRAY, np.asarray(data)), VALUE)


def test_each_result_has_the_views_it_should_have_and_all_of_them_draw_it(
    any_result: tuple[Path, str, list[str]], view: ResultView, qapp: QApplication
) -> None:
    path, name, titles = any_result
    with warnings.catch_warnings():
        # Of h5netcdf on reading; the window's code has to be silent.
        warnings.simplefilter("error")
        result = read_result(path, name)
    view.show_result(Shown(result, VALUE))
    assert view.view_titles == titles
    for theme in ("dark", "light"):
        apply_theme(qapp, theme)
        for title in titles:
            choose(view, title)
            qapp.processEvents()
            assert not view.grab().isNull()


@pytest.mark.parametrize("kind", ResultKind)
def test_each_kind_of_result_has_a_view_even_if_it_holds_what_it_should_not(kind: ResultKind) -> None:
    import pandas as pd

    data = {
        ResultKind.ARRAY: np.zeros(3), ResultKind.TEXT: "text", ResultKind.DATAARRAY: xr.DataArray([1]),
        ResultKind.DATASET: xr.Dataset(), ResultKind.IMAGE: np.zeros((2, 2)), ResultKind.PLOTLY: "nonsense",
        ResultKind.SERIES: pd.Series([1]), ResultKind.DATAFRAME: pd.DataFrame(),
    }[kind]  # fmt: skip
    assert views_of(Result(kind, data), VIEWS)


def test_views_have_titles_of_their_own() -> None:
    assert len({view.title for view in VIEWS}) == len(VIEWS)


def test_a_chosen_view_stays_when_the_result_is_read_again(view: ResultView) -> None:
    view.show_result(array(np.ones((3, 4))))
    choose(view, "Table")
    view.show_result(array(np.zeros((3, 4))))
    assert isinstance(view.content, ImageView) is False


def test_a_curve_has_the_coordinate_and_units_of_its_array(view: ResultView) -> None:
    data = xr.DataArray([1.0, 2.0], dims="delay", coords={"delay": ("delay", [0.1, 0.2], {"units": "ps"})})
    view.show_result(Shown(Result(ResultKind.DATAARRAY, data), VALUE))
    assert isinstance(view.content, CurveView)
    plot = view.content.canvas.data
    assert (plot.x.label, plot.y.label) == ("delay (ps)", "Camera/Beam (mJ)")
    assert plot.series[0].x.tolist() == [0.1, 0.2]


def test_a_complex_curve_shows_magnitude_then_phase_in_radians(view: ResultView) -> None:
    view.show_result(array([3 + 4j, 1j]))
    assert isinstance(view.content, CurveView)
    assert view.content.canvas.data.series[0].y.tolist() == [5, 1]
    view.content._component.setCurrentText("Phase")
    view.content.refresh()
    assert view.content.canvas.data.y.units == "rad"
    assert view.content.canvas.data.series[0].y[1] == pytest.approx(np.pi / 2)


def test_two_columns_are_x_and_y_only_if_the_first_one_rises(view: ResultView) -> None:
    view.show_result(array([[1.0, 5], [2, 6], [4, 7]]))
    assert view.content.canvas.data.series[0].x.tolist() == [1, 2, 4]
    view.show_result(array([[1.0, 5], [0, 6], [4, 7]]))
    assert [series.title for series in view.content.canvas.data.series] == ["First column", "Second column"]


def test_a_long_curve_is_drawn_thinned_out(view: ResultView) -> None:
    view.show_result(array(np.random.default_rng(1).normal(size=2_000_000)))
    item = view.content.canvas._items[0]
    assert view.content.canvas.grab().width() == view.content.canvas.width()
    assert item.getData()[0].size < 50_000


def test_an_image_has_levels_that_differ_also_for_a_constant(view: ResultView) -> None:
    for value in (0.0, 7.0, -1e300):
        view.show_result(array(np.full((3, 4), value)))
        low, high = view.content.image.getLevels()
        assert low < value < high


def test_levels_leave_out_a_hot_pixel_unless_the_whole_range_is_chosen(view: ResultView) -> None:
    data = np.arange(10_000.0).reshape(100, 100)
    data[5, 5] = 1e9
    view.show_result(array(data))
    image = view.content
    assert image.image.getLevels()[1] < 20_000
    image._levels.setCurrentText("Whole range")
    image._relevel()
    assert image.image.getLevels()[1] == 1e9


def test_levels_set_by_hand_stay_from_slice_to_slice(view: ResultView) -> None:
    view.show_result(array(np.arange(60.0).reshape(3, 4, 5)))
    stack = view.content
    assert isinstance(stack, StackView)
    stack.image.bar._region.setRegion((5.0, 10.0))
    assert stack.image._levels.currentText() == BY_HAND
    stack.sliders[0].setValue(2)
    assert tuple(stack.image.image.getLevels()) == (5.0, 10.0)
    assert stack.image.image.image[0, 0] == 40


def test_each_leading_axis_has_a_slider_with_its_coordinate(view: ResultView) -> None:
    data = xr.DataArray(np.zeros((2, 3, 4, 5)), dims=("train", "cell", "y", "x"), coords={"train": [100, 101]})
    view.show_result(Shown(Result(ResultKind.DATAARRAY, data), VALUE))
    stack = view.content
    assert [slider.maximum() for slider in stack.sliders] == [1, 2]
    stack.sliders[0].setValue(1)
    assert [place.text() for place in stack._places] == ["101", "of 3"]


def test_the_value_under_the_mouse_is_exact_also_for_huge_integers_and_large_images(view: ResultView) -> None:
    data = np.zeros((5000, 20), dtype=np.uint64)
    data[4321, 7] = 2**63 + 1
    view.show_result(array(data))
    field = view.content._field
    assert field.shown.shape == (2500, 10)
    assert field.text_at(7.0, 4321.0) == f"Column 7   Row 4321   {2**63 + 1} mJ"
    assert field.text_at(-3.0, 0.0) == ""
    assert field.text_at(0.0, 5000.0) == ""


def test_an_image_is_placed_by_its_coordinates_also_falling_ones(view: ResultView) -> None:
    data = xr.DataArray(np.arange(6.0).reshape(2, 3), dims=("y", "x"), coords={"y": [10.0, 5.0], "x": [1.0, 2.0, 3.0]})
    view.show_result(Shown(Result(ResultKind.DATAARRAY, data), VALUE))
    field = view.content._field
    assert (field.left, field.top, field.width, field.height) == (0.5, 12.5, 3.0, -10.0)
    assert field.text_at(1.0, 10.0) == "x 1   y 10   0 mJ"
    assert field.text_at(3.0, 5.0) == "x 3   y 5   5 mJ"
    place = view.content.image.mapToParent(0.5, 0.5)
    assert (place.x(), place.y()) == (1.0, 10.0)


def test_a_coordinate_that_is_not_even_is_told(view: ResultView) -> None:
    data = xr.DataArray(np.zeros((2, 3)), dims=("y", "x"), coords={"x": [1.0, 2.0, 9.0]})
    view.show_result(Shown(Result(ResultKind.DATAARRAY, data), VALUE))
    assert "x is not evenly spaced" in view.content._readout.text()
    assert view.content._field.text_at(2.0, 0.0).startswith("x 9")


def test_a_dataset_shows_the_variable_that_is_chosen(view: ResultView) -> None:
    data = xr.Dataset({"a": ("t", np.arange(4.0)), "b": (("t", "u"), np.ones((4, 3)))})
    view.show_result(Shown(Result(ResultKind.DATASET, data), VALUE))
    dataset = view.content
    assert isinstance(dataset, DatasetView)
    assert isinstance(dataset.view.content, CurveView)
    dataset.list.setCurrentRow(1)
    assert isinstance(dataset.view.content, ImageView)


def test_a_table_is_a_proper_model_and_is_copied_with_tabs(view: ResultView, qtmodeltester, qapp: QApplication) -> None:
    import pandas as pd

    frame = pd.DataFrame({"x": [1, 2], "y": ["a", "b"]}, index=["first", "second"])
    view.show_result(Shown(Result(ResultKind.DATAFRAME, frame), VALUE))
    grid = view.content.findChild(GridView)
    qtmodeltester.check(grid.model())
    grid.selectAll()
    grid.copy_selected()
    assert qapp.clipboard().text() == "1\ta\n2\tb"
    assert [grid.model().headerData(row, grid.verticalHeader().orientation()) for row in (0, 1)] == ["first", "second"]


def test_a_table_of_a_large_array_is_cut_with_a_word() -> None:
    from damnit_gui.plots.results.grids import grid_of

    grid = grid_of(Result(ResultKind.ARRAY, np.broadcast_to(np.zeros(1), (2_000_000, 2_000))))
    assert (grid.rows, grid.columns) == (1_000_000, 1_000)
    assert "of 2000000 rows" in grid.note
    assert GridModel(grid).rowCount() == 1_000_000


def test_byte_strings_are_read_as_text_where_they_are_text() -> None:
    from damnit_gui.plots.results.grids import grid_of

    grid = grid_of(Result(ResultKind.ARRAY, np.array([b"XTD2", b"\xff\0x"])))
    assert [grid.text(row, 0) for row in (0, 1)] == ["XTD2", "\\xff\0x"]


def test_what_is_transparent_in_a_figure_becomes_paper() -> None:
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 1] = (255, 0, 0, 255)
    image = image_of(pixels)
    assert [image.pixelColor(x, 0) for x in (0, 1)] == [QColor("#ffffff"), QColor("#ff0000")]


def test_a_text_that_is_longer_than_anybody_reads_is_cut() -> None:
    assert len(text_of(Result(ResultKind.TEXT, "x" * 3_000_000), VALUE)) < 1_100_000


def test_a_plotly_figure_becomes_a_page_that_needs_no_network() -> None:
    text = '{"data": [{"type": "scatter3d", "x": [1], "y": [1], "z": [1]}], "layout": {}}'
    page = write_page(text, "Figure")
    content = page.read_text(encoding="utf-8")
    assert "scatter3d" in content
    assert "<script src=" not in content
    page.unlink()
    page.parent.rmdir()


def test_files_by_the_reference_program_with_records_read_as_tables(tmp_path: Path) -> None:
    path = tmp_path / "p1_r1.h5"
    with h5py.File(path, "w") as file:
        file["v/data"] = np.zeros(3, dtype=[("a", "f4"), ("b", "i2")])
    assert [view.title for view in views_of(read_result(path, "v"), VIEWS)] == ["Table", "Text"]

"""A plot of the table: follows new runs, stays where a person put it, and knows the run behind a point."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QApplication, QMenu

from damnit_backend.core.keys import RunKey
from damnit_gui.plots.canvas import Canvas
from damnit_gui.plots.columns import Column
from damnit_gui.plots.controls import ColumnChooser
from damnit_gui.plots.pane import PlotPane
from damnit_gui.plots.plot_view import PlotView
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.services.folder_session import FolderSession


@pytest.fixture
def pane(session: FolderSession, qtbot) -> PlotPane:
    made = PlotPane(session)
    qtbot.addWidget(made)
    made.resize(600, 450)
    made.show()
    return made


@pytest.fixture
def plot(pane: PlotPane, qapp: QApplication) -> PlotView:
    view = pane.add_plot("run", "energy")
    qapp.processEvents()
    return view


def zoom(canvas: Canvas) -> list[list[float]]:
    """Do what the wheel does."""
    canvas.view_box.scaleBy((0.5, 0.5))
    canvas.view_box.sigRangeChangedManually.emit([True, True])
    return [list(part) for part in canvas.view_box.viewRange()]


def runs_of(view: PlotView) -> list[int]:
    return [runs[0].run for series in view.canvas.data.series for runs in series.runs]


def place_of(canvas: Canvas, index: int) -> QPointF:
    """Where a point of the first series is on the screen."""
    series = canvas.data.series[0]
    return canvas.view_box.mapViewToScene(QPointF(series.x[index], series.y[index]))


def test_what_is_typed_after_a_click_takes_the_place_of_the_title(qtbot) -> None:
    chooser = ColumnChooser("X")
    qtbot.addWidget(chooser)
    chooser.set_columns([Column("run", "Run"), Column("spot", "Camera/Spot position")])
    chooser.set_name("run")
    with qtbot.waitExposed(chooser):
        chooser.show()
    edit = chooser.lineEdit()
    edit.clearFocus()
    QApplication.sendEvent(edit, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.MouseFocusReason))
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    assert edit.selectedText() == "Run"
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(edit, "a")
    edit.selectAll()
    with qtbot.waitSignal(chooser.chosen) as chosen:
        qtbot.keyClicks(edit, "spot")
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert chosen.args == ["spot"]


def test_new_runs_appear_by_themselves_and_the_view_follows(plot, session, add_run, qapp) -> None:
    add_run(40, {"energy": 500.0})
    session.live.look()
    qapp.processEvents()
    assert runs_of(plot) == [1, 2, 3, 4, 5, 40]
    (_, right), (_, top) = plot.canvas.view_box.viewRange()
    assert right >= 40
    assert top >= 500


def test_after_zooming_the_view_stays_until_it_is_asked_to_follow(plot, session, add_run, qapp) -> None:
    before = zoom(plot.canvas)
    assert not plot.canvas.following
    assert plot.canvas._follow_button.isVisible()
    add_run(40, {"energy": 500.0})
    session.live.look()
    qapp.processEvents()
    assert runs_of(plot)[-1] == 40
    assert [list(part) for part in plot.canvas.view_box.viewRange()] == before
    plot.canvas._follow_button.click()
    qapp.processEvents()
    assert plot.canvas.following
    assert not plot.canvas._follow_button.isVisible()
    assert plot.canvas.view_box.viewRange()[0][1] >= 40


def test_another_column_is_shown_whole_even_after_zooming(plot, qapp) -> None:
    zoom(plot.canvas)
    plot.set_spec(replace(plot.spec, y="motor"))
    qapp.processEvents()
    assert plot.canvas.following
    assert plot.canvas.view_box.viewRange()[1][1] >= 5


def test_joining_points_by_lines_keeps_the_view(plot) -> None:
    before = zoom(plot.canvas)
    plot.set_spec(replace(plot.spec, lines=True))
    assert [list(part) for part in plot.canvas.view_box.viewRange()] == before


def test_a_change_of_other_columns_draws_nothing_anew(plot, session, add_run) -> None:
    before = plot.canvas.data
    add_run(2, {"motor": 99})
    session.live.look()
    assert plot.canvas.data is before


def test_a_hidden_plot_is_brought_up_to_date_when_it_is_shown(pane, plot, session, add_run) -> None:
    pane.add_plot("run", "motor")
    before = plot.canvas.data
    add_run(40, {"energy": 500.0})
    session.live.look()
    assert plot.canvas.data is before
    pane._tabs.setCurrentIndex(0)
    assert runs_of(plot)[-1] == 40


def test_hovering_a_point_says_its_run_and_values_and_marks_it(plot) -> None:
    plot.canvas._on_moved(place_of(plot.canvas, 1))
    assert plot.canvas._readout.text() == "p1234 r2\nXGM/Pulse energy: 100.667 µJ"
    assert plot.canvas._readout.isVisible()
    assert plot.canvas._ring.getData()[0].tolist() == [2]
    plot.canvas._on_moved(QPointF(0, 0))
    assert not plot.canvas._readout.isVisible()


def test_clicking_a_point_emits_its_run(plot, pane, qtbot) -> None:
    viewport = plot.canvas._plot.viewport()
    place = plot.canvas._plot.mapFromScene(place_of(plot.canvas, 2))
    with qtbot.waitSignal(pane.run_clicked) as clicked:
        qtbot.mouseMove(viewport, place)
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == [RunKey(1234, 3)]


def test_columns_are_found_by_a_part_of_their_title_and_keep_their_name(plot, qtbot) -> None:
    plot._y.completer().setCompletionPrefix("POSIT")
    assert plot._y.completer().currentCompletion() == "Scan/Motor position"
    plot._y.setCurrentText("nonsense")
    plot._y.lineEdit().editingFinished.emit()
    assert plot._y.currentText() == "XGM/Pulse energy"
    with qtbot.waitSignal(plot._y.chosen) as chosen:
        plot._y.activated.emit(plot._y.findData("motor"))
    assert chosen.args == ["motor"]
    assert plot.spec.y == "motor"


def test_enter_takes_the_first_column_that_has_what_was_typed(plot, qtbot) -> None:
    edit = plot._y.lineEdit()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "posit")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert plot.spec.y == "motor"
    assert plot._y.currentText() == "Scan/Motor position"
    edit.selectAll()
    qtbot.keyClicks(edit, "no such column")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert plot.spec.y == "motor"
    assert plot._y.currentText() == "Scan/Motor position"
    plot._y.completer().popup().hide()


def test_a_column_is_chosen_from_the_list_of_matches(plot, qtbot) -> None:
    edit = plot._y.lineEdit()
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "posit")
    popup = plot._y.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert plot.spec.y == "motor"
    assert plot._y.currentText() == "Scan/Motor position"


def test_a_column_without_numbers_yet_stays_chosen_and_is_drawn_when_they_come(pane, session, add_run) -> None:
    plot = pane.add_plot("run", "later")
    assert plot.canvas.data.message == "No run has both Run and later yet."
    assert plot._y.name == "later"
    add_run(9, {"later": 5.0})
    session.live.look()
    assert runs_of(plot) == [9]


def test_a_reset_of_the_table_draws_the_new_one(plot, session, add_run) -> None:
    add_run(40, {"energy": 500.0})
    session.table.request_reload()
    assert runs_of(plot)[-1] == 40


def test_controls_that_mean_nothing_for_a_kind_are_hidden(plot) -> None:
    plot.set_spec(PlotSpec("run", "energy", "histogram"))
    assert not plot._x.isVisible()
    assert not plot._lines.isVisible()
    plot.set_spec(PlotSpec("run", "energy"))
    assert plot._x.isVisible()


def test_zooming_by_a_log_axis_and_back_leaves_the_right_axes(plot, qapp) -> None:
    plot.set_spec(replace(plot.spec, x_log=True, y_log=True))
    qapp.processEvents()
    assert plot.canvas.view_box.viewRange()[0][1] < 2
    assert plot.canvas._axes["bottom"].logMode
    plot.set_spec(replace(plot.spec, x_log=False, y_log=False))
    qapp.processEvents()
    assert plot.canvas.view_box.viewRange()[0][1] > 4
    assert not plot.grab().isNull()


def test_the_context_menu_has_only_what_is_ours(plot) -> None:
    assert [action.text() for action in plot.canvas.actions()] == [
        "Show all and follow",
        "Copy picture",
        "Save picture…",
    ]


def test_a_right_click_opens_that_menu_and_a_double_click_follows(plot, qtbot) -> None:
    viewport = plot.canvas._plot.viewport()
    zoom(plot.canvas)
    qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=viewport.rect().center())
    menu = plot.canvas.findChild(QMenu)
    assert menu is not None
    assert menu.isVisible()
    menu.close()
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    assert plot.canvas.following


def test_a_picture_is_sharper_than_the_screen_and_a_bad_place_for_it_is_told(plot, tmp_path, qapp) -> None:
    from damnit_backend.core.errors import UserError
    from damnit_gui.plots.picture import copy_picture, picture_of, save_picture

    assert picture_of(plot.canvas).width() == 2 * plot.canvas.width()
    save_picture(picture_of(plot.canvas), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    copy_picture(plot.canvas)
    assert not qapp.clipboard().image().isNull()
    with pytest.raises(UserError, match="cannot be saved"):
        save_picture(picture_of(plot.canvas), tmp_path / "no" / "plot.png")

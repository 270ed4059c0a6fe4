"""What is large is prepared in the background, so that the window never waits for it."""

import threading

import numpy as np
import pytest
from PyQt6 import sip
from PyQt6.QtWidgets import QFileDialog, QWidget

from damnit_backend.store.results import Result, ResultKind
from damnit_gui.plots.data import AxisInfo
from damnit_gui.plots.results import arrays, plotly_data
from damnit_gui.plots.results.base import Newest, Services, Shown
from damnit_gui.plots.results.result_view import ResultView
from damnit_gui.plots.results.views import VIEWS
from damnit_gui.services.notifier import Level
from damnit_gui.services.tasks import Tasks

FIGURE = '{"data": [{"type": "scatter", "x": [1, 2, 3], "y": [3, 1, 2]}], "layout": {"title": {"text": "Delay"}}}'


@pytest.fixture
def tasks(notifier):
    made = Tasks(notifier)
    yield made
    made.close()
    made.join()


@pytest.fixture
def view(qtbot, tasks, notifier):
    made = ResultView(Services(tasks, notifier, VIEWS))
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


@pytest.fixture
def slow(monkeypatch):
    """``slow(module, name)`` makes a function wait in its thread; the event it waits for."""
    release = threading.Event()

    def make(container, name):
        function = container[name] if isinstance(container, dict) else getattr(container, name)

        def waiting(*arguments, **options):
            assert threading.current_thread() is not threading.main_thread()
            release.wait(10)
            return function(*arguments, **options)

        if isinstance(container, dict):
            monkeypatch.setitem(container, name, waiting)
        else:
            monkeypatch.setattr(container, name, waiting)
        return release

    yield make
    release.set()


def shown(kind, data):
    return Shown(Result(kind, data), AxisInfo("Camera/Beam", "mJ"))


@pytest.mark.parametrize("shape", [(50,), (20, 30)])
def test_parts_of_complex_numbers_are_computed_in_the_background(view, slow, qtbot, shape):
    release = slow(arrays.COMPONENTS, "Magnitude")
    view.show_result(shown(ResultKind.ARRAY, np.full(shape, 3 + 4j)))
    assert not view.grab().isNull()
    release.set()
    if len(shape) == 1:
        qtbot.waitUntil(lambda: bool(view.content.canvas.data.series))
        assert view.content.canvas.data.series[0].y[0] == 5
    else:
        qtbot.waitUntil(lambda: view.content.image.image is not None)
        assert view.content.image.image[0, 0] == 5


def test_a_plotly_figure_is_read_in_the_background(view, slow, qtbot):
    release = slow(plotly_data.json, "loads")
    view.show_result(shown(ResultKind.PLOTLY, FIGURE))
    assert view.content._title.text() == ""
    release.set()
    qtbot.waitUntil(lambda: view.content._title.text() == "Delay")


def test_a_view_that_is_closed_while_it_is_prepared_hears_nothing(view, tasks, slow, qtbot):
    release = slow(arrays.COMPONENTS, "Magnitude")
    view.show_result(shown(ResultKind.ARRAY, np.full(9, 1j)))
    curve = view.content
    view.show_widget(QWidget())
    qtbot.waitUntil(lambda: sip.isdeleted(curve))
    with qtbot.waitSignal(tasks.idle):
        release.set()


def test_of_many_requests_the_newest_is_what_is_shown_at_the_end(view, tasks, qtbot):
    release, results = threading.Event(), []
    newest = Newest[int](view, tasks, results.append)
    newest.request(lambda: release.wait(10) and 0)
    for number in range(1, 100):
        newest.request(lambda number=number: number)
    release.set()
    qtbot.waitUntil(lambda: results == [0, 99])


def test_what_cannot_be_prepared_is_reported_and_the_next_request_is_done(view, tasks, notifier, qtbot, expect_log):
    expect_log("ZeroDivisionError")
    results = []
    newest = Newest[int](view, tasks, results.append)
    with qtbot.waitSignal(notifier.posted):
        newest.request(lambda: 1 // 0)
    assert notifier.notices[-1].level is Level.BUG
    newest.request(lambda: 5)
    qtbot.waitUntil(lambda: results == [5])


def test_a_picture_is_saved_from_a_dialog_that_stops_nothing(view, notifier, tmp_path, qtbot):
    view.show_result(shown(ResultKind.ARRAY, np.arange(9.0)))
    save = next(action for action in view.content.canvas.actions() if action.text().startswith("Save"))
    save.trigger()  # and comes back at once
    dialog = view.content.canvas.findChild(QFileDialog)
    assert dialog.isVisible()
    assert dialog.selectedFiles()[0].endswith("Camera_Beam.png")
    dialog.fileSelected.emit(str(tmp_path / "plot.png"))
    qtbot.waitUntil((tmp_path / "plot.png").exists)
    with qtbot.waitSignal(notifier.posted) as posted:
        dialog.fileSelected.emit(str(tmp_path / "no" / "plot.png"))
    assert "cannot be saved" in posted.args[0].text
    dialog.close()

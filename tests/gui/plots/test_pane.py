"""Tabs of plots and results: opening, closing, windows of their own, and results that cannot be read."""

import subprocess
import sys
import threading

import numpy as np
import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PyQt6.QtWidgets import QLabel

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.core.values import Failure
from damnit_gui.plots.pane import PlotPane
from damnit_gui.plots.results import loading
from damnit_gui.plots.results.curve import CurveView
from damnit_gui.plots.results.image import ImageView
from damnit_gui.plots.results.loading import load_first, size_text
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.tasks import Tasks


@pytest.fixture
def pane(session: FolderSession, qtbot) -> PlotPane:
    made = PlotPane(session)
    qtbot.addWidget(made)
    made.resize(600, 450)
    made.show()
    return made


def key(name: str, run: int = 2) -> CellKey:
    return CellKey(1234, run, name)


def titles(pane: PlotPane) -> list[str]:
    return [pane._tabs.tabText(index) for index in range(pane._tabs.count())]


def said(pane_or_tab) -> str:
    return "\n".join(label.text() for label in pane_or_tab.view.content.findChildren(QLabel))


def test_an_empty_pane_says_what_it_is_for_and_offers_a_plot(pane) -> None:
    assert pane._stack.currentIndex() == 0
    pane.add_plot("run", "energy")
    assert pane._stack.currentIndex() == 1
    pane.close_tab(0)
    assert pane._stack.currentIndex() == 0


def test_a_plot_that_was_there_before_the_table_gets_its_title_when_it_is_read(small_folder, notifier, qtbot) -> None:
    tasks = Tasks(notifier, synchronous=True)
    session = FolderSession(FolderAccess(small_folder, read_only=False, proposal=1234), notifier, tasks=tasks)
    made = PlotPane(session)
    qtbot.addWidget(made)
    made.add_spec(PlotSpec("run", "energy"))
    assert titles(made) == ["energy / Run"]
    session.table.request_reload()
    assert titles(made) == ["Pulse energy / Run"]
    session.close()


def test_tabs_are_titled_by_what_they_show(pane) -> None:
    plot = pane.add_plot("run", "energy")
    pane.add_plot("run", "")
    pane.open_result(key("image"))
    assert titles(pane) == ["Pulse energy / Run", "New plot", "r2 Image"]
    plot.set_spec(PlotSpec("start_time", "motor"))
    assert titles(pane)[0] == "Motor position / Start time"
    assert pane.specs() == [PlotSpec("start_time", "motor"), PlotSpec("run", "")]


def test_a_result_opens_once_and_comes_to_the_front(pane) -> None:
    first = pane.open_result(key("image"))
    pane.open_result(key("trace"))
    assert pane.open_result(key("image")) is first
    assert pane._tabs.currentWidget() is first
    assert pane._tabs.count() == 2


def test_a_tab_closes_by_middle_click_ctrl_w_and_its_cross(pane, qtbot) -> None:
    for _ in range(3):
        pane.add_plot("run", "energy")
    bar = pane._tabs.tabBar()
    qtbot.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())
    assert pane._tabs.count() == 2
    qtbot.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=QPoint(bar.width() + 50, 5))
    assert pane._tabs.count() == 2
    pane._tabs.currentWidget().setFocus()
    qtbot.keyClick(pane._tabs.currentWidget(), Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: pane._tabs.count() == 1)
    bar.tabButton(0, bar.ButtonPosition.RightSide).click()
    assert pane._tabs.count() == 0


def test_the_full_result_is_read_with_title_and_units_of_the_table(pane) -> None:
    tab = pane.open_result(key("trace"))
    assert isinstance(tab.view.content, CurveView)
    assert tab.view.content.canvas.data.y.label == "XGM/Trace (µJ)"
    assert tab.view.content.canvas.data.series[0].y.size == 50


def test_a_failed_cell_shows_its_error(pane) -> None:
    assert said(pane.open_result(key("broken"))) == "ValueError\n\nno peak\nfound in the trace"


def test_a_run_without_a_file_says_so_and_reads_it_when_it_is_there(pane, add_run) -> None:
    tab = pane.open_result(key("energy", run=99))
    assert "no results of this run yet" in said(tab)
    add_run(99, {"energy": 1.5})
    tab.load()
    assert tab.view.view_titles == ["Text"]


def test_a_broken_file_says_so_and_nothing_else_stops(pane, session) -> None:
    session.folder.run_file(key("image").row).write_bytes(b"no HDF5")
    tab = pane.open_result(key("image"))
    assert "p1234_r2.h5 are damaged" in said(tab)
    assert "Reprocess" in said(tab)
    assert session.notifier.notices == []
    assert isinstance(pane.open_result(key("image", run=3)).view.content, ImageView)


def test_a_file_that_ends_too_early_says_so(pane, session) -> None:
    path = session.folder.run_file(key("image").row)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "p1234_r2.h5 are damaged" in said(pane.open_result(key("image")))


def test_a_result_that_was_computed_anew_is_offered(pane, session, add_run) -> None:
    tab = pane.open_result(key("trace"))
    add_run(2, {"trace": np.arange(7.0)})
    session.live.look()
    assert tab.notice.isVisible()
    tab.load()
    assert not tab.notice.isVisible()
    assert tab.view.content.canvas.data.series[0].y.size == 7
    add_run(3, {"trace": np.arange(7.0)})
    session.live.look()
    assert not tab.notice.isVisible()


def test_a_result_becomes_a_window_that_closes_for_good(pane, qtbot) -> None:
    tab = pane.open_result(key("image"))
    tab._detach.click()
    assert tab.isWindow()
    assert tab.isVisible()
    assert pane._tabs.count() == 0
    assert pane.open_result(key("image")) is tab
    with qtbot.waitSignal(tab.destroyed):
        tab.close()
    assert pane._windows == []
    assert pane.open_result(key("image")) is not tab


def test_a_preview_is_shown_first_and_the_full_data_on_demand(pane, session) -> None:
    import h5py

    path = session.folder.run_file(key("stack").row)
    with h5py.File(path, "a") as file:
        file[".preview/stack"] = np.arange(5)
    tab = pane.open_result(key("stack"))
    assert isinstance(tab.view.content, CurveView)
    assert tab.view.label.text() == "Preview"
    assert tab._whole.isVisible()
    tab._whole.click()
    assert tab.view.view_titles[0] == "Stack of images"
    assert not tab._whole.isVisible()


def test_a_large_result_is_read_only_when_asked_for(pane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGE", 100)
    tab = pane.open_result(key("image"))
    assert "19.2 kB" in said(tab)
    tab.load_whole()
    assert isinstance(tab.view.content, ImageView)


def test_a_preview_without_full_data_has_no_button_for_it(pane, session) -> None:
    import h5py

    with h5py.File(session.folder.run_file(key("only").row), "a") as file:
        file[".preview/only"] = np.arange(5)
    tab = pane.open_result(key("only"))
    assert isinstance(tab.view.content, CurveView)
    assert not tab._whole.isVisible()


def test_a_result_of_an_unknown_kind_says_so(session) -> None:
    import h5py

    path = session.folder.run_file(key("odd").row)
    with h5py.File(path, "a") as file:
        file["odd/data"] = 1
        file["odd"].attrs["_damnit_objtype"] = "hologram"
        file["torn/data"] = np.arange(3, dtype=np.uint8)
        file["torn"].attrs["_damnit_objtype"] = "dataframe"
    with pytest.raises(UserError, match="hologram"):
        load_first(path, "odd")
    with pytest.raises(UserError, match="damaged"):
        load_first(path, "torn")


def test_a_result_is_read_in_the_background_and_a_tab_may_close_meanwhile(small_folder, notifier, qtbot) -> None:
    tasks = Tasks(notifier)
    session = FolderSession(FolderAccess(small_folder, read_only=False), notifier, tasks=tasks)
    pane = PlotPane(session)
    qtbot.addWidget(pane)
    tab = pane.open_result(key("image"))
    assert tab.view.content is None
    qtbot.waitUntil(lambda: isinstance(tab.view.content, ImageView))
    begun, may_end = threading.Event(), threading.Event()
    tasks.run(lambda: begun.set() or may_end.wait(10), lambda _: None)
    pane.open_result(key("trace"))
    pane.close_tab(1)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with qtbot.waitSignal(tasks.idle):
        may_end.set()
    assert notifier.notices == []
    session.close()
    tasks.join()


def test_a_result_larger_than_the_memory_says_so(session, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(loading, "read_result", no_memory)
    with pytest.raises(UserError, match="memory"):
        loading.load_whole(session.folder.run_file(key("image").row), "image")


def test_sizes_are_told_for_people() -> None:
    assert [size_text(size) for size in (12, 1200, 34_500_000, 7_890_000_000)] == [
        "12 bytes", "1.2 kB", "34.5 MB", "7.89 GB",
    ]  # fmt: skip


def test_a_failure_without_message_still_shows_its_class(pane, session, add_run) -> None:
    add_run(4, {"broken": Failure("RuntimeError", "")})
    session.live.look()
    assert said(pane.open_result(key("broken", run=4))).startswith("RuntimeError")


def test_opening_the_pane_does_not_pay_for_libraries_that_are_used_late() -> None:
    code = (
        "import sys, damnit_gui.plots.pane; "
        "print([m for m in ('matplotlib', 'pandas', 'xarray', 'plotly', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

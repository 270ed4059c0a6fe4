"""The inspector shows the current cell, follows it, and stays as narrow as its dock."""

import numpy as np
import pytest

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import Failure
from damnit_gui.panels.inspector import InspectorPanel
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.theme import apply_theme


@pytest.fixture
def panel(session: FolderSession, qtbot) -> InspectorPanel:
    made = InspectorPanel(session)
    qtbot.addWidget(made)
    made.resize(280, 500)
    made.show()
    return made


def key(name: str, run: int = 2) -> CellKey:
    return CellKey(1234, run, name)


def test_without_a_cell_it_says_what_to_do(panel) -> None:
    assert panel._empty.isVisible()
    panel.show_cell(key("energy"))
    assert not panel._empty.isVisible()
    panel.show_cell(None)
    assert panel._empty.isVisible()


def test_each_kind_of_value_is_shown_in_its_own_way(panel) -> None:
    panel.show_cell(key("energy"))
    assert panel.value.toPlainText() == "100.667 µJ"
    assert not panel.picture.isVisible()
    panel.show_cell(key("image"))
    assert panel.picture.isVisible()
    assert not panel.value.isVisible()
    panel.show_cell(key("trace"))
    assert panel.curve.isVisible()
    assert panel.curve.data.series[0].y.size == 50
    panel.show_cell(key("broken"))
    assert panel.error_cls.toPlainText() == "ValueError"
    assert panel.message.toPlainText() == "no peak\nfound in the trace"
    panel.show_cell(key("broken", run=3))
    assert panel.error_cls.toPlainText() == "Skipped"
    panel.show_cell(key("kind"))
    assert not panel.failure.isVisible()


def test_the_error_is_copied_whole(panel, qapp) -> None:
    panel.show_cell(key("broken"))
    panel.copy_error()
    assert qapp.clipboard().text() == "ValueError: no peak\nfound in the trace"


def test_it_follows_its_cell(panel, session, add_run) -> None:
    panel.show_cell(key("energy"))
    add_run(2, {"energy": 7.5})
    session.live.look()
    assert panel.value.toPlainText() == "7.5 µJ"
    add_run(2, {"energy": Failure("ValueError", "no light")})
    session.live.look()
    assert panel.failure.isVisible()
    assert not panel.value.isVisible()


def test_it_shows_a_cell_that_comes_later(panel, session, add_run) -> None:
    panel.show_cell(key("energy", run=30))
    assert panel._empty.isVisible()
    add_run(30, {"energy": 7.5})
    session.live.look()
    assert panel.value.toPlainText() == "7.5 µJ"


def test_an_edit_is_shown_at_once(panel, session) -> None:
    panel.show_cell(key("quality"))
    session.editing.edit(key("quality"), 0.25)
    assert panel.value.toPlainText() == "0.25"


def test_its_buttons_ask_for_the_full_result_and_for_the_log(panel, qtbot) -> None:
    panel.show_cell(key("image"))
    with qtbot.waitSignal(panel.open_cell) as opened:
        panel.open_button.click()
    assert opened.args == [key("image")]
    with qtbot.waitSignal(panel.show_log) as asked:
        panel.log_button.click()
    assert asked.args == [RunKey(1234, 2)]
    panel.show_cell(key("comment"))
    assert not panel.open_button.isVisible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_longest_word_does_not_widen_it(panel, session, add_run, qapp, theme: str) -> None:
    apply_theme(qapp, theme)
    add_run(2, {"broken": Failure("OSError", "/a/very/long/path" * 40), "kind": "x" * 500})
    session.live.look()
    for name in ("broken", "kind"):
        panel.show_cell(key(name))
        qapp.processEvents()
        assert panel._page.width() <= 280
        assert panel.minimumSizeHint().width() <= 280
        assert not panel.grab().isNull()


def test_odd_trend_lines_and_pictures_do_no_harm(panel, session, add_run, database) -> None:
    add_run(2, {"trace": np.full(3, np.nan)})
    with database.writing() as sql:
        sql.execute(
            "UPDATE run_variables SET value = ? WHERE name = 'image' AND run = 2", (b"\x89PNG\r\n\x1a\n and then junk",)
        )
    session.live.look()
    panel.show_cell(key("trace"))
    assert panel.curve.data.message
    panel.show_cell(key("image"))
    assert not panel.grab().isNull()

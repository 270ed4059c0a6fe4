import pytest
from PyQt6.QtCore import Qt


@pytest.fixture
def palette(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    return window.palette_


def test_it_opens_by_keyboard_with_all_that_can_be_done(palette):
    assert palette.isVisible()
    shown = {action.id for action in palette.shown_actions()}
    assert "view.editor" in shown
    assert "edit.undo" not in shown  # there is nothing to undo


def test_typing_and_enter_do_the_first_match(palette, window, qtbot):
    qtbot.keyClicks(palette.query, "contfile")
    assert palette.shown_actions()[0].id == "view.editor"
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert window.page == "editor"
    assert not palette.isVisible()


def test_the_arrow_keys_choose(palette, window, qtbot):
    qtbot.keyClicks(palette.query, "theme")
    ids = [action.id for action in palette.shown_actions()]
    qtbot.keyClick(palette.query, Qt.Key.Key_Down)
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert window.theme == ids[1].removeprefix("theme.")
    window.set_theme("light")


def test_escape_closes_it(palette, qtbot):
    qtbot.keyClick(palette.query, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_enter_without_a_match_does_nothing(palette, qtbot):
    qtbot.keyClicks(palette.query, "qqqq")
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.isVisible()

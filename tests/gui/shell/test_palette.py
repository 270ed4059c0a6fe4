import pytest
from PyQt6.QtCore import Qt


@pytest.fixture
def palette(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    return window.palette_


def titles(palette):
    """What people read in the list, from above."""
    return [palette.list.topLevelItem(row).text(0) for row in range(palette.list.topLevelItemCount())]


def test_it_opens_by_keyboard_with_all_that_can_be_done(palette):
    assert palette.isVisible()
    assert "Context file" in titles(palette)
    assert "Undo edit" not in titles(palette)  # there is nothing to undo


def test_typing_and_enter_do_the_first_match(palette, window, qtbot):
    qtbot.keyClicks(palette.query, "contfile")
    assert titles(palette)[0] == "Context file"
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert window.page == "editor"
    assert not palette.isVisible()


def test_the_arrow_keys_choose(palette, window, qtbot):
    qtbot.keyClicks(palette.query, "theme")
    second = titles(palette)[1]
    qtbot.keyClick(palette.query, Qt.Key.Key_Down)
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert window.theme in second.casefold()
    window.set_theme("light")


def test_escape_closes_it(palette, qtbot):
    qtbot.keyClick(palette.query, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_enter_without_a_match_does_nothing(palette, qtbot):
    qtbot.keyClicks(palette.query, "qqqq")
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.isVisible()

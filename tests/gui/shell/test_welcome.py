from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from damnit_backend.core.errors import UserError
from damnit_gui.panels.welcome import WelcomePanel


@pytest.fixture
def page(qtbot):
    made = WelcomePanel()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def test_a_path_or_number_is_asked_for_with_enter(page, qtbot):
    page.open_form.place.set_text("  p1234 ")
    with qtbot.waitSignal(page.open_requested) as got:
        qtbot.keyClick(page.open_form.place.line, Qt.Key.Key_Return)
    assert got.args == ["p1234"]


def test_an_empty_line_is_not_asked_for(page, qtbot):
    with qtbot.assertNotEmitted(page.open_requested):
        page.open_form.submit()
    assert page.open_form.error.isVisible()


@pytest.mark.parametrize(("number", "place", "expected"), [("p1234", "", [1234, ""]), ("", "/x", [None, "/x"])])
def test_a_new_folder_is_asked_for(page, qtbot, number, place, expected):
    page.new_form.proposal.setText(number)
    page.new_form.place.set_text(place)
    with qtbot.waitSignal(page.make_requested) as got:
        page.new_form.button.click()
    assert got.args == expected


@pytest.mark.parametrize("number", ["abc", "-3", "0", "", "12³"])
def test_what_is_no_proposal_is_said_in_place(page, qtbot, number):
    page.new_form.proposal.setText(number)
    with qtbot.assertNotEmitted(page.make_requested):
        page.new_form.submit()
    assert page.new_form.error.isVisible()


def test_the_demonstration_is_asked_for(page, qtbot):
    page.demo_form.place.set_text("/tmp/somewhere")
    with qtbot.waitSignal(page.demo_requested) as got:
        page.demo_form.button.click()
    assert got.args == ["/tmp/somewhere"]


def test_an_error_stands_below_the_form_that_asked(page):
    page.new_form.place.set_text("/x")
    page.new_form.submit()
    page.show_busy(True)
    assert not page.new_form.isEnabled()
    page.show_error(UserError("No.", "Yes."))
    assert page.new_form.isEnabled()
    assert page.new_form.error.text() == "No. Yes."
    assert not page.open_form.error.isVisible()


def test_recent_folders_open_with_a_click_and_go_with_delete(page, qtbot):
    page.set_recent([Path("/data/a"), Path("/data/b")])
    recent = page.recent.list
    place = recent.visualItemRect(recent.item(1)).center()
    with qtbot.waitSignal(page.open_requested) as got:
        qtbot.mouseClick(recent.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert got.args == ["/data/b"]
    with qtbot.waitSignal(page.forget_requested) as got:
        qtbot.keyClick(recent, Qt.Key.Key_Delete)
    assert got.args == [Path("/data/b")]

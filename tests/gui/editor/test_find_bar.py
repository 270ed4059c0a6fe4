"""Finding and replacing."""

import pytest
from PyQt6.QtCore import Qt

from damnit_gui.panels.text.find_bar import FindBar
from damnit_gui.panels.text.searching import Match, Query, find_all, next_match, replace_all
from damnit_gui.panels.text.view import TextView


@pytest.fixture
def view(qtbot) -> TextView:
    made = TextView()
    qtbot.addWidget(made)
    made.refresh_tokens()
    made.setText("Run run\nµ running run\n")
    made.show()
    return made


@pytest.fixture
def bar(view, qtbot) -> FindBar:
    made = FindBar(view, replacing=True)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("run"), ["Run", "run", "run", "run"]),
        (Query("run", case=True, word=True), ["run", "run"]),
        (Query("r.n+", regex=True), ["Run", "run", "runn", "run"]),
        (Query("µ"), ["µ"]),
        (Query("(", regex=True), []),
        (Query("x*", regex=True), []),
        (Query(""), []),
        (Query("absent"), []),
    ],
)
def test_matches_are_found_as_asked(view: TextView, query: Query, found: list[str]) -> None:
    data = view.text().encode()
    assert [data[start:end].decode() for start, end in find_all(view, query)] == found


def test_the_next_match_goes_round_in_both_directions() -> None:
    matches = [Match(0, 3), Match(4, 7)]
    assert next_match(matches, Match(0, 3), forward=True) == 1
    assert next_match(matches, Match(4, 7), forward=True) == 0
    assert next_match(matches, Match(0, 3), forward=False) == 1
    assert next_match(matches, Match(2, 2), forward=False) == 0
    assert next_match([], Match(0, 0), forward=True) is None


def test_replacing_all_is_one_step_and_knows_groups(view: TextView) -> None:
    before = view.text()
    assert replace_all(view, Query(r"(r)un", case=True, regex=True), r"\1an") == 3
    assert view.text() == "Run ran\nµ ranning ran\n"
    view.undo()
    assert view.text() == before
    assert replace_all(view, Query("run"), "run run") == 4  # the new text is not searched again


def test_the_bar_searches_while_typing_and_counts(bar: FindBar, view: TextView, qtbot) -> None:
    bar.open()
    qtbot.keyClicks(bar.field, "run")
    assert view.selectedText() == "Run"
    assert bar._count.text() == "1 of 4"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar._count.text() == "2 of 4"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar._count.text() == "4 of 4"
    bar.field.setText("nothing like it")
    assert bar._count.text() == "not found"


def test_replacing_one_by_one_goes_on(bar: FindBar, view: TextView) -> None:
    bar.open(replace=True)
    bar.field.setText("run")
    bar.replacement.setText("RUN")
    bar.replace_one()
    bar.replace_one()
    assert view.text() == "RUN RUN\nµ running run\n"
    assert view.getSelection() == (1, 2, 1, 5)


def test_the_selected_word_is_what_is_looked_for(bar: FindBar, view: TextView) -> None:
    view.setSelection(1, 2, 1, 9)
    bar.open()
    assert bar.field.text() == "running"


def test_a_text_that_may_only_be_read_offers_no_replacing(bar: FindBar, view: TextView) -> None:
    view.setReadOnly(True)
    bar.open(replace=True)
    assert not bar.replacement.isVisible()

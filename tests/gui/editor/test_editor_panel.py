"""The editor as a person meets it: checks, saving, problems, keys."""

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from damnit_backend.contextproc.checker import CheckResult, check_code
from damnit_backend.contextproc.conditions import Conditions
from damnit_backend.core.errors import UserError
from damnit_gui.panels.editor import EditorPanel
from damnit_gui.panels.editor.problem_marks import _ODD, _SIGN
from damnit_gui.panels.editor.templates import FIRST_CONTEXT, TEMPLATES
from damnit_gui.theme import DARK, LIGHT, apply_theme


def status(panel: EditorPanel) -> str:
    return panel.widgets.status.text()


def type_text(panel: EditorPanel, text: str) -> None:
    panel.editor.insertAt(text, panel.editor.lines() - 1, panel.editor.lineLength(panel.editor.lines() - 1))


def problem_rows(panel: EditorPanel) -> list[str]:
    shown = panel.widgets.problems
    return [shown.item(row).text() for row in range(shown.count())] if shown.isVisible() else []


def test_a_good_file_is_checked_when_it_opens_and_outlined(open_editor, qtbot) -> None:
    panel = open_editor()
    qtbot.waitUntil(lambda: status(panel) == "checked: 1 Variable, no problems")
    assert panel.widgets.outline.list.item(0).text() == "Title 1"
    assert not panel.has_unsaved()
    assert problem_rows(panel) == []
    assert panel.editor.getCursorPosition() == (0, 0)


def test_typing_is_checked_after_a_pause_and_the_problem_is_marked(open_editor, qtbot) -> None:
    panel = open_editor()
    with qtbot.waitSignal(panel.modified_changed) as changed:
        type_text(panel, "    bad\n")
    assert changed.args == [True]
    assert panel.widgets.title.text() == "● context.py"
    qtbot.waitUntil(lambda: status(panel) == "1 problem")
    assert problem_rows(panel) == ["line 4: name 'bad' is not defined"]
    assert panel.editor.markersAtLine(3) & (1 << _SIGN)
    assert panel.widgets.marks.marked_lines() == [3]
    panel.editor.undo()
    qtbot.waitUntil(lambda: problem_rows(panel) == [])
    assert not panel.has_unsaved()
    assert panel.widgets.marks.marked_lines() == []


def test_a_warning_is_shown_and_keeps_nothing_from_being_saved(open_editor, qtbot) -> None:
    panel = open_editor()
    type_text(panel, "    odd\n")
    qtbot.waitUntil(lambda: status(panel) == "checked: 1 Variable, no problems, 1 warning")
    assert problem_rows(panel) == ["line 4: odd"]
    assert panel.editor.markersAtLine(3) == 1 << _ODD
    assert panel.widgets.outline.list.item(0).text() == "Title 1"
    panel.save()
    qtbot.waitUntil(lambda: not panel.has_unsaved())


def test_f8_goes_round_the_problems_and_a_click_goes_to_one(open_editor, qtbot) -> None:
    panel = open_editor("a\nbad\nb\n  bad\n")
    qtbot.waitUntil(lambda: len(problem_rows(panel)) == 2)
    places = []
    for _ in range(3):
        qtbot.keyClick(panel.editor, Qt.Key.Key_F8)
        places.append(panel.editor.getCursorPosition())
    assert places == [(1, 0), (3, 2), (1, 0)]
    panel.widgets.problems.itemClicked.emit(panel.widgets.problems.item(1))
    assert panel.editor.getCursorPosition() == (3, 2)


def test_saving_writes_what_was_checked_and_says_who_uses_it(open_editor, folder, qtbot) -> None:
    panel = open_editor()
    type_text(panel, "x = 'µ'\n")
    with qtbot.waitSignal(panel.saved):
        qtbot.keyClick(panel.editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert folder.context_file.read_text(encoding="utf-8").endswith("x = 'µ'\n")
    assert "next run" in status(panel)
    assert not panel.has_unsaved()
    assert panel.widgets.title.text() == "context.py"
    panel.save()
    assert "Nothing to save" in status(panel)


def test_with_problems_nothing_is_written_until_the_person_insists(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\r\n")
    type_text(panel, "bad\r\n")
    with qtbot.waitSignal(panel.saving.held):
        panel.save()
    assert folder.context_file.read_bytes() == b"a = 1\r\n"
    strip = panel.widgets.save_strip
    assert strip.isVisible()
    assert "Not saved: 1 problem" in strip.text
    with qtbot.waitSignal(panel.saved):
        strip.choices["Save anyway"].click()
    assert folder.context_file.read_bytes() == b"a = 1\r\nbad\r\n"
    assert not strip.isVisible()
    assert "until its problems are mended" in status(panel)


def test_typing_on_while_a_save_is_checked_saves_what_was_there_and_stays_unsaved(open_editor, folder, qtbot) -> None:
    gate = threading.Event()

    def check(_text: str) -> CheckResult:
        assert gate.wait(20)
        return CheckResult()

    panel = open_editor("a\n", check)
    type_text(panel, "b\n")
    panel.save()
    type_text(panel, "c\n")
    with qtbot.waitSignal(panel.saved):
        gate.set()
    assert folder.context_file.read_text() == "a\nb\n"
    assert panel.has_unsaved()
    with qtbot.waitSignal(panel.saved):
        panel.save()
    assert folder.context_file.read_text() == "a\nb\nc\n"
    assert not panel.has_unsaved()


def test_a_late_answer_does_not_mark_a_newer_text(open_editor, qtbot) -> None:
    gates = {"bad\n": threading.Event(), "fine\n": threading.Event()}

    def check(text: str) -> CheckResult:
        from damnit_backend.contextproc.protocol import Problem

        assert gates[text].wait(20)
        return CheckResult((Problem("late", 1),) if text == "bad\n" else ())

    panel = open_editor("bad\n", check)
    panel.editor.setText("fine\n")
    panel.check_now()
    gates["fine\n"].set()
    qtbot.waitUntil(lambda: "no problems" in status(panel))
    with qtbot.assertNotEmitted(panel.checks.answered, wait=50):
        gates["bad\n"].set()
    assert problem_rows(panel) == []


def test_a_check_that_cannot_be_done_is_told_and_saving_is_offered(open_editor, folder, qtbot) -> None:
    def check(_text: str) -> CheckResult:
        raise UserError("There is no interpreter /no/python.", "Choose another one.")

    panel = open_editor("a\n", check)
    qtbot.waitUntil(lambda: status(panel) == "cannot check: There is no interpreter /no/python.")
    type_text(panel, "b\n")
    with qtbot.waitSignal(panel.saving.held):
        panel.save()
    with qtbot.waitSignal(panel.saved):
        panel.widgets.save_strip.choices["Save anyway"].click()
    assert folder.context_file.read_text() == "a\nb\n"


def test_a_check_that_fails_by_a_bug_is_reported_once_and_blocks_nothing(
    open_editor, notifier, qtbot, expect_log
) -> None:
    expect_log("ZeroDivisionError")
    panel = open_editor("a\n", lambda _text: 1 // 0)
    qtbot.waitUntil(lambda: status(panel).startswith("cannot check: the check itself failed"))
    assert [notice.level for notice in notifier.notices] == ["bug"]


def test_a_check_without_end_is_given_up_and_the_next_one_counts(open_editor, qtbot) -> None:
    gate = threading.Event()

    def check(text: str) -> CheckResult:
        if text == "loops\n":
            gate.wait(20)
        return CheckResult()

    panel = open_editor("loops\n", check)
    panel.checks._patience.start(1)
    qtbot.waitUntil(lambda: "cannot check: no answer" in status(panel))
    panel.editor.setText("ends\n")
    qtbot.waitUntil(lambda: "no problems" in status(panel))
    gate.set()


def test_read_only_folders_can_be_read_and_checked_but_not_typed_into(open_editor, folder, qtbot) -> None:
    panel = open_editor(read_only=True)
    qtbot.waitUntil(lambda: "no problems" in status(panel))
    qtbot.keyClicks(panel.editor, "xyz")
    panel.toggle_comment()
    panel.insert_template(TEMPLATES[0])
    panel.save()
    assert panel.editor.text() == folder.context_file.read_text()
    assert "only be read" in status(panel)
    assert not panel.has_unsaved()
    assert "read-only" in panel.widgets.place.text()


def test_a_file_of_another_encoding_is_shown_but_never_written(open_editor, folder) -> None:
    data = b"# caf\xe9\na = 1\n"
    panel = open_editor(data)
    assert "not UTF-8" in panel.widgets.disk_strip.text
    assert panel.editor.text() == "# caf\ufffd\na = 1\n"
    assert panel.editor.isReadOnly()
    panel.save()
    assert not panel.has_unsaved()
    assert folder.context_file.read_bytes() == data


def test_without_a_file_one_can_start_with_an_example_and_saving_makes_it(open_editor, folder, qtbot) -> None:
    panel = open_editor(None)
    strip = panel.widgets.disk_strip
    assert "There is no context.py yet" in strip.text
    assert not panel.has_unsaved()
    strip.choices["Start with an example"].click()
    with qtbot.waitSignal(panel.saved):
        panel.save()
    assert folder.context_file.read_text() == FIRST_CONTEXT


def test_what_cannot_be_read_at_all_says_so_and_can_be_tried_again(open_editor, folder, qtbot) -> None:
    folder.context_file.mkdir()
    panel = open_editor(None)
    assert "is a folder" in panel.widgets.disk_strip.text
    assert panel.editor.isReadOnly()
    folder.context_file.rmdir()
    folder.context_file.write_text("a = 1\n")
    with qtbot.waitSignal(panel.document.loaded):
        panel.widgets.disk_strip.choices["Try again"].click()
    assert panel.editor.text() == "a = 1\n"
    assert not panel.editor.isReadOnly()


def test_a_save_that_fails_keeps_the_text_and_can_be_tried_again(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    type_text(panel, "b = 2\n")
    away = folder.path.with_name("away")
    folder.path.rename(away)
    with qtbot.waitSignal(panel.document.not_saved):
        panel.save()
    assert panel.has_unsaved()
    away.rename(folder.path)
    panel.document.look()
    with qtbot.waitSignal(panel.saved):
        panel.save()
    assert folder.context_file.read_text() == "a = 1\nb = 2\n"


def test_line_ends_and_byte_order_mark_stay(open_editor, folder, qtbot) -> None:
    panel = open_editor("\ufeffa = 1\r\nb = 2\r\n")
    panel.editor.setCursorPosition(1, 5)
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.editor, "c")
    with qtbot.waitSignal(panel.saved):
        panel.save()
    assert folder.context_file.read_bytes() == "\ufeffa = 1\r\nb = 2\r\nc\r\n".encode()


def test_a_file_of_five_megabytes_opens_saves_and_searches(open_editor, folder, qtbot) -> None:
    text = "value = 1  # a line of a very long file\n" * 125_000
    panel = open_editor(text, lambda _text: CheckResult())
    type_text(panel, "end = 1\n")
    panel.widgets.find_bar.field.setText("value")
    panel.show_find()
    with qtbot.waitSignal(panel.saved):
        panel.save()
    assert folder.context_file.stat().st_size == len(text) + 8


def test_revert_brings_the_file_back_and_can_be_undone(open_editor, qtbot) -> None:
    panel = open_editor("a = 1\n")
    type_text(panel, "b\n")
    with qtbot.waitSignal(panel.document.loaded):
        panel.revert()
    assert panel.editor.text() == "a = 1\n"
    panel.editor.undo()
    assert panel.editor.text() == "a = 1\nb\n"
    assert panel.has_unsaved()


def test_keys_belong_to_the_editor_even_if_the_window_has_the_same(open_editor, qtbot) -> None:
    panel = open_editor("a = 1\n")
    panel.editor.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(panel.editor, Qt.Key.Key_F, control)
    assert panel.widgets.find_bar.isVisible()
    qtbot.keyClick(panel.widgets.find_bar.field, Qt.Key.Key_Escape)
    assert not panel.widgets.find_bar.isVisible()
    qtbot.keyClick(panel.editor, Qt.Key.Key_Slash, control)
    assert panel.editor.text() == "# a = 1\n"
    qtbot.keyClick(panel.editor, Qt.Key.Key_Slash, control)
    assert panel.editor.text() == "a = 1\n"


def test_go_to_line_follows_the_number_and_escape_goes_back(open_editor, qtbot) -> None:
    panel = open_editor("x\n" * 500)
    qtbot.keyClick(panel.editor, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    bar = panel.widgets.line_bar
    bar.field.setValue(300)
    assert panel.editor.getCursorPosition() == (299, 0)
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert panel.editor.getCursorPosition() == (0, 0)
    panel.go_to_line(42)
    assert panel.editor.getCursorPosition() == (41, 0)
    panel.go_to_line(10_000)
    assert panel.editor.getCursorPosition()[0] == 500


def test_enter_after_a_word_that_is_whole_begins_a_new_line(open_editor, qtbot) -> None:
    panel = open_editor("train_ids = 1\ntrain_ids_of = 2\n")
    panel.editor.setCursorPosition(2, 0)
    qtbot.keyClicks(panel.editor, "train_ids")
    assert panel.editor.isListActive()
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.editor, "train_ids_")
    assert panel.editor.isListActive()
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    assert panel.editor.text() == "train_ids = 1\ntrain_ids_of = 2\ntrain_ids\ntrain_ids_of"


def test_where_people_type_stays_in_sight_when_something_appears(open_editor) -> None:
    panel = open_editor("a = 1\n" * 300)
    panel.editor.setCursorPosition(299, 0)
    panel.editor.ensureCursorVisible()
    panel.widgets.save_strip.tell("Not saved.", level="error")
    panel.resize(panel.width(), panel.height() - 120)
    QApplication.processEvents()
    lines = panel.editor.SendScintilla(panel.editor.SCI_LINESONSCREEN)
    assert 0 <= 299 - panel.editor.firstVisibleLine() < lines


def test_tab_makes_four_spaces_and_a_new_line_keeps_the_indentation(open_editor, qtbot) -> None:
    panel = open_editor("")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(panel.editor, "a")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(panel.editor, "b")
    assert panel.editor.text() == "    a\n    b"
    qtbot.keyClick(panel.editor, Qt.Key.Key_Home)
    qtbot.keyClick(panel.editor, Qt.Key.Key_Backspace)
    assert panel.editor.text() == "    a\nb"


def test_a_template_is_inserted_where_it_fits_as_one_step(open_editor) -> None:
    panel = open_editor()
    panel.editor.setCursorPosition(1, 3)
    panel.insert_template(TEMPLATES[0])
    text = panel.editor.text()
    assert "return 1\n\n\n@Variable(" in text
    assert panel.editor.text(panel.editor.getCursorPosition()[0]).startswith("@Variable")
    panel.editor.undo()
    assert not panel.has_unsaved()
    panel.editor.setCursorPosition(3, 0)
    panel.insert_template(TEMPLATES[1])
    panel.editor.insertAt("(", 0, 0)
    panel.insert_template(TEMPLATES[2])
    assert panel.editor.text().endswith("return signal / reference\n")
    for _ in range(3):
        panel.editor.undo()
    assert not panel.has_unsaved()


def test_the_outline_follows_the_caret_and_jumps(open_editor, qtbot) -> None:
    panel = open_editor("@Variable\ndef a(run): ...\n\n@Variable\ndef b(run): ...\n")
    outline = panel.widgets.outline
    qtbot.waitUntil(lambda: outline.list.count() == 2)
    panel.editor.setCursorPosition(4, 2)
    qtbot.waitUntil(lambda: outline.list.currentRow() == 1)
    outline.list.itemClicked.emit(outline.list.item(0))
    assert panel.editor.getCursorPosition() == (0, 0)
    qtbot.waitUntil(lambda: outline.list.currentRow() == 0)


def test_in_a_narrow_dock_the_code_gets_the_room(open_editor) -> None:
    panel = open_editor()
    assert panel.widgets.outline.isVisible()
    panel.resize(400, 500)
    assert not panel.widgets.outline.isVisible()


def test_reprocessing_is_asked_for_by_a_signal(open_editor, qtbot) -> None:
    panel = open_editor()
    with qtbot.waitSignal(panel.reprocess_requested):
        panel.request_reprocess()


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_follow_the_theme(open_editor, qapp: QApplication, tokens) -> None:
    panel = open_editor()
    try:
        apply_theme(qapp, tokens.name)
        assert panel.editor.lexer().paper(0).name() == tokens.base
        assert panel.editor.lexer().color(0).name() == tokens.text
    finally:
        apply_theme(qapp, "light")


def test_the_real_check_finds_the_place_in_the_file(open_editor, folder, qtbot) -> None:
    text = "from damnit_ctx import Variable\n\n\n@Variable('µ')\ndef a(run, other: 'var#absent'):\n    return 1\n"
    panel = open_editor(text, lambda code: check_code(folder, Conditions(), code))
    qtbot.waitUntil(lambda: status(panel) == "1 problem", timeout=20_000)
    assert problem_rows(panel)[0].startswith("line 5: ")
    assert panel.widgets.marks.marked_lines() == [4]
    panel.editor.setText(FIRST_CONTEXT)
    panel.check_now()
    qtbot.waitUntil(lambda: status(panel) == "checked: 1 Variable, no problems", timeout=20_000)
    panel.widgets.outline.list.itemClicked.emit(panel.widgets.outline.list.item(0))
    assert panel.editor.text(panel.editor.getCursorPosition()[0]).startswith("@Variable")

"""Somebody else writes the file while it is open, and windows that die: no text is lost."""

import os
from pathlib import Path

import pytest

from damnit_gui.panels.editor import EditorPanel


def replace(path: Path, text: str) -> None:
    """The way programs save: aside, then renamed."""
    aside = path.with_suffix(".aside")
    aside.write_text(text)
    aside.replace(path)


def changed(panel: EditorPanel, qtbot, act) -> None:
    """Do something to the file; the document, not the test, tells the panel."""
    with qtbot.waitSignal(panel.document.changed_on_disk):
        act()


def look_no_more(panel: EditorPanel, qtbot) -> None:
    panel.document._timer.stop()
    qtbot.waitUntil(lambda: not panel.document._looking)


def test_without_unsaved_text_the_other_text_is_taken_and_undo_brings_the_former_back(open_editor, folder, qtbot):
    panel = open_editor("a = 1\n")
    changed(panel, qtbot, lambda: replace(folder.context_file, "b = 2\n"))
    assert panel.editor.text() == "b = 2\n"
    assert not panel.has_unsaved()
    assert "read anew" in panel.widgets.disk_strip.text
    assert panel.widgets.disk_strip.choices == {}
    panel.editor.undo()
    assert panel.editor.text() == "a = 1\n"


def test_with_unsaved_text_one_is_asked_and_may_reload(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    changed(panel, qtbot, lambda: replace(folder.context_file, "theirs\n"))
    strip = panel.widgets.disk_strip
    assert panel.editor.text() == "a = 1\nmine\n"
    strip.choices["Reload"].click()
    assert panel.editor.text() == "theirs\n"
    assert not panel.has_unsaved()
    panel.editor.undo()
    assert panel.editor.text() == "a = 1\nmine\n"


def test_or_keep_ones_own_and_save_over_it(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    changed(panel, qtbot, lambda: replace(folder.context_file, "theirs\n"))
    panel.widgets.disk_strip.choices["Keep mine"].click()
    assert not panel.widgets.disk_strip.isVisible()
    assert panel.has_unsaved()
    with qtbot.waitSignal(panel.saved):
        panel.save()
    assert folder.context_file.read_text() == "a = 1\nmine\n"


def test_or_compare_first(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    changed(panel, qtbot, lambda: replace(folder.context_file, "theirs\n"))
    panel.widgets.disk_strip.choices["Compare"].click()
    qtbot.waitUntil(panel.widgets.diff.isVisible)
    shown = panel.widgets.diff.view.text()
    assert "-theirs" in shown
    assert "+mine" in shown
    assert panel.widgets.disk_strip.isVisible()
    panel.widgets.diff.closed.emit()
    assert panel.editor.isVisible()


@pytest.mark.parametrize("answer", ["Reload", "Keep mine"])
def test_after_the_answer_no_old_comparison_stays(open_editor, folder, qtbot, answer) -> None:
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    changed(panel, qtbot, lambda: replace(folder.context_file, "theirs\n"))
    panel.widgets.disk_strip.choices["Compare"].click()
    qtbot.waitUntil(panel.widgets.diff.isVisible)
    panel.widgets.disk_strip.choices[answer].click()
    assert not panel.widgets.diff.isVisible()
    assert panel.editor.isVisible()


def test_a_save_meets_a_change_that_nobody_told_of_and_asks(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    look_no_more(panel, qtbot)
    panel.editor.insertAt("mine\n", 1, 0)
    replace(folder.context_file, "theirs\n")
    with qtbot.waitSignals([panel.document.not_saved, panel.document.changed_on_disk]):
        panel.save()
    assert folder.context_file.read_text() == "theirs\n"
    assert set(panel.widgets.disk_strip.choices) == {"Reload", "Keep mine", "Compare"}


def test_a_deleted_file_is_told_and_its_text_can_be_saved_again(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    changed(panel, qtbot, folder.context_file.unlink)
    assert "deleted" in panel.widgets.disk_strip.text
    assert panel.editor.text() == "a = 1\n"
    assert panel.has_unsaved()
    with qtbot.waitSignal(panel.saved):
        panel.widgets.disk_strip.choices["Save it again"].click()
    assert folder.context_file.read_text() == "a = 1\n"


def test_a_file_that_is_away_for_a_moment_while_it_is_replaced_is_not_told_as_deleted(open_editor, folder, qtbot):
    panel = open_editor("a = 1\n")
    look_no_more(panel, qtbot)
    folder.context_file.unlink()
    with qtbot.assertNotEmitted(panel.document.changed_on_disk):
        panel.document.look()
        qtbot.waitUntil(panel.document._settle.isActive)
    replace(folder.context_file, "b = 2\n")
    qtbot.waitUntil(lambda: panel.editor.text() == "b = 2\n")


def test_touching_the_file_or_writing_the_same_says_nothing(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    with qtbot.assertNotEmitted(panel.document.changed_on_disk):
        os.utime(folder.context_file, (1, 1))
        panel.document.look()
        qtbot.waitUntil(lambda: panel.document.base.stamp.modified_ns == 10**9)


def test_a_change_that_was_told_is_not_told_again(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    changed(panel, qtbot, lambda: replace(folder.context_file, "theirs\n"))
    panel.widgets.disk_strip.hide()
    with qtbot.assertNotEmitted(panel.document.changed_on_disk):
        panel.document.look()
        qtbot.waitUntil(lambda: not panel.document._looking)


def test_a_change_to_another_encoding_locks_the_editor(open_editor, folder, qtbot) -> None:
    panel = open_editor("a = 1\n")
    changed(panel, qtbot, lambda: folder.context_file.write_bytes(b"\xe9\n"))
    assert panel.editor.isReadOnly()
    assert "not UTF-8" in panel.widgets.disk_strip.text
    changed(panel, qtbot, lambda: folder.context_file.write_bytes(b"fine\n"))
    assert not panel.editor.isReadOnly()
    assert panel.editor.text() == "fine\n"


def test_unsaved_text_of_a_closed_window_is_offered_at_the_next_start(open_editor, qtbot, drafts_directory):
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    assert panel.save_draft()
    panel.close()
    again = open_editor(None)
    strip = again.widgets.draft_strip
    qtbot.waitUntil(strip.isVisible)
    assert again.editor.text() == "a = 1\n"
    strip.choices["Restore"].click()
    assert again.editor.text() == "a = 1\nmine\n"
    assert again.has_unsaved()
    assert not strip.isVisible()
    with qtbot.waitSignal(again.saved):
        again.save()
    qtbot.waitUntil(lambda: list(drafts_directory.iterdir()) == [])


def test_a_draft_can_be_forgotten_and_several_are_offered_in_turn(open_editor, qtbot, drafts_directory) -> None:
    for text in ("first\n", "second\n"):
        panel = open_editor("a = 1\n")
        panel.editor.insertAt(text, 1, 0)
        panel.save_draft()
        panel.close()
    again = open_editor(None)
    strip = again.widgets.draft_strip
    qtbot.waitUntil(strip.isVisible)
    strip.choices["Compare"].click()
    qtbot.waitUntil(again.widgets.diff.isVisible)
    assert "-second" in again.widgets.diff.view.text()
    strip.choices["Forget it"].click()
    assert strip.isVisible()
    strip.choices["Forget it"].click()
    assert not strip.isVisible()
    qtbot.waitUntil(lambda: list(drafts_directory.iterdir()) == [])


def test_a_draft_that_was_saved_after_all_is_removed_without_asking(open_editor, qtbot, drafts_directory):
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("b\n", 1, 0)
    panel.save_draft()
    panel.close()
    again = open_editor("a = 1\nb\n")
    qtbot.waitUntil(lambda: list(drafts_directory.iterdir()) == [])
    assert not again.widgets.draft_strip.isVisible()


def test_a_draft_is_written_while_typing_and_removed_when_nothing_is_unsaved(open_editor, qtbot, drafts_directory):
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    panel.keeper._pause.start(1)
    qtbot.waitUntil(lambda: drafts_directory.is_dir() and len(list(drafts_directory.glob("*.json"))) == 1)
    panel.editor.undo()
    panel.keeper._pause.start(1)
    qtbot.waitUntil(lambda: list(drafts_directory.iterdir()) == [])
    assert not panel.save_draft()


def test_drafts_that_cannot_be_kept_are_told_once(open_editor, notifier, qtbot, drafts_directory) -> None:
    drafts_directory.parent.write_text("a file where the folder should be")
    panel = open_editor("a = 1\n")
    panel.editor.insertAt("mine\n", 1, 0)
    for _ in range(2):
        panel.keeper.keep_now()
    assert panel.save_draft()
    qtbot.waitUntil(lambda: len(notifier.notices) == 1)
    assert "Drafts" in notifier.notices[0].text

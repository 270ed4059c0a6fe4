"""The dialogs that check and copy the folder."""

import os
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication

from damnit_backend.core.findings import Finding, Level, Progress, Report
from damnit_gui.panels.care import BackupDialog, CheckDialog
from damnit_gui.panels.care.wording import backup_name, can_mend, progress_text, report_html, report_text
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.tasks import Tasks
from damnit_gui.theme import DARK, LIGHT

WAIT_MS = 60_000


@pytest.fixture
def session(small_folder, notifier, qtbot):
    small_folder.context_file.write_text("from damnit_ctx import Variable\n")
    made = FolderSession(FolderAccess(small_folder, read_only=False, proposal=1234), notifier, tasks=Tasks(notifier))
    yield made
    with qtbot.waitSignal(made.closed):
        made.close()
    made.join()


@pytest.fixture
def check(session, qtbot):
    dialog = CheckDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def backup(session, qtbot, tmp_path):
    dialog = BackupDialog(session)
    qtbot.addWidget(dialog)
    dialog.place.setText(str(tmp_path / "b.tar"))
    dialog.show()
    return dialog


def test_the_folder_is_checked_and_the_findings_are_shown(check, qtbot):
    assert check.cancel.isVisible()
    assert not check.again.isEnabled()
    with qtbot.waitSignal(check.care.checked, timeout=WAIT_MS):
        pass
    assert check.report is not None
    assert check.verdict.text() == check.report.verdict
    assert "SQLite finds no damage" in check.findings.toPlainText()
    assert not check.cancel.isVisible()
    assert check.again.isEnabled()


def test_what_is_wrong_is_mended_on_demand(session, small_folder, qtbot):
    small_folder.database.chmod(0o666)
    dialog = CheckDialog(session)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.care.checked, timeout=WAIT_MS):
        pass
    assert dialog.mend.isEnabled()
    with qtbot.waitSignal(dialog.care.checked, timeout=WAIT_MS):
        dialog.mend.click()
    assert "Mended: changed the modes" in dialog.findings.toPlainText()
    assert small_folder.database.stat().st_mode & 0o777 == 0o664


def test_a_check_can_be_cancelled(session, small_folder, qtbot):
    os.mkfifo(small_folder.results / "p1234_r9.h5")  # reading it takes without end
    dialog = CheckDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "Results" in dialog.verdict.text(), timeout=WAIT_MS)
    with qtbot.waitSignal(dialog.care.failed, timeout=WAIT_MS):
        dialog.cancel.click()
    assert dialog.verdict.text() == "Cancelled."
    assert dialog.again.isEnabled()


def test_closing_the_dialog_ends_the_check(session, small_folder, qtbot):
    os.mkfifo(small_folder.results / "p1234_r9.h5")
    dialog = CheckDialog(session)
    dialog.show()
    with qtbot.waitSignal(session.tasks.idle, timeout=WAIT_MS), qtbot.waitSignal(dialog.destroyed, timeout=WAIT_MS):
        dialog.close()


def test_what_keeps_the_check_from_being_done_is_said(session, small_folder, qtbot):
    small_folder.path.rename(small_folder.path.with_name("moved"))
    dialog = CheckDialog(session)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.care.failed, timeout=WAIT_MS):
        pass
    assert "not a DAMNIT folder" in dialog.verdict.text()
    small_folder.path.with_name("moved").rename(small_folder.path)


def test_a_backup_is_made_where_it_was_asked_for(backup, qtbot, tmp_path):
    with qtbot.waitSignal(backup.care.backed_up, timeout=WAIT_MS):
        backup.begin.click()
    assert (tmp_path / "b.tar").exists()
    assert "tar xf" in backup.said.text()
    with qtbot.waitSignal(backup.care.failed, timeout=WAIT_MS):
        backup.begin.click()
    assert "exists already" in backup.said.text()


def test_a_backup_needs_a_name(backup):
    backup.place.setText("  ")
    backup.begin.click()
    assert "Choose a file" in backup.said.text()
    assert not backup.care.busy


REPORT = Report(
    folder="/f",
    quick=False,
    seconds=1.0,
    findings=(
        Finding(check="a", level=Level.OK, text="Good <b>"),
        Finding(check="b", level=Level.ERROR, text="Bad", advice="Do it", where="/x", details=("one",), mend="do it"),
        Finding(check="c", level=Level.WARNING, text="Was bad", mend="do it", mended="did it"),
    ),
)


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_problems_come_first_and_names_are_no_markup(tokens):
    html = report_html(REPORT, tokens)
    assert html.index("Bad") < html.index("Was bad") < html.index("Good &lt;b&gt;")
    assert tokens.error in html


def test_the_report_is_text_as_well():
    text = report_text(REPORT)
    assert "1 mended. 1 problem remains." in text
    assert "· one" in text


def test_small_words():
    assert can_mend(REPORT)
    assert progress_text(Progress("Results", 5, 2000)) == "Results: 5 of 2,000"
    assert progress_text(Progress("Disk")) == "Disk…"
    assert backup_name("amore", 1234).startswith("damnit-p001234-")
    assert Path(backup_name("amore", None)).suffix == ".tar"


def test_the_window_has_one_dialog_of_a_kind(session, qtbot):
    from PyQt6.QtWidgets import QWidget

    from damnit_gui.panels.care import show_once

    parent = QWidget()
    qtbot.addWidget(parent)
    for _ in range(2):
        show_once(BackupDialog, session, parent)
    assert len(parent.findChildren(BackupDialog)) == 1
    assert QApplication.instance() is not None

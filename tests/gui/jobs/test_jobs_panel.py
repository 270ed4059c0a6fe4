"""The queue as a person meets it, on a real database."""

import pytest
from PyQt6.QtCore import QItemSelectionModel, QModelIndex, Qt
from pytestqt.qtbot import QtBot

from damnit_backend.core.keys import RunKey
from damnit_backend.store.jobs import Request, add_jobs, cancel_jobs, finish_job, read_jobs, take_job
from damnit_gui.panels.jobs import JobsPanel
from damnit_gui.panels.jobs.jobs_model import COLUMNS, JOB_ROLE, MESSAGE, TOOK, WHEN, JobsModel
from damnit_gui.panels.jobs.panel import NO_ACTIVE, NO_JOBS
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.tasks import Tasks


@pytest.fixture
def queue(database) -> list[int]:
    """Run 1 done, run 2 failed, run 3 running, runs 4 and 5 waiting."""
    ids = add_jobs(database, [Request(RunKey(1234, run), live=run < 4, asked_by="ada") for run in range(1, 6)])
    for _ in range(3):
        take_job(database)
    finish_job(database, ids[0], "done", "15 Variables")
    finish_job(database, ids[1], "failed", "The run cannot be opened.\nMore of it")
    return ids


@pytest.fixture
def panel(session: FolderSession, queue: list[int], qtbot: QtBot) -> JobsPanel:
    assert queue
    made = JobsPanel(session)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


def shown(panel: JobsPanel) -> list[tuple[str, str]]:
    model = panel.model
    return [(model.index(row, 1).data(), model.index(row, 0).data()) for row in range(model.rowCount())]


def choose(panel: JobsPanel, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    panel.view.clearSelection()
    for row in rows:
        panel.view.selectionModel().select(panel.model.index(row, 0), flags)


def test_running_comes_first_then_the_newest(panel: JobsPanel) -> None:
    assert shown(panel) == [("3", "Running"), ("5", "Waiting"), ("4", "Waiting"), ("2", "Failed"), ("1", "Done")]
    assert panel.summary.text() == "1 running  ·  2 waiting  ·  1 failed"
    assert panel.model.index(3, MESSAGE).data() == "The run cannot be opened."
    assert "More of it" in panel.model.index(3, MESSAGE).data(Qt.ItemDataRole.ToolTipRole)
    assert panel.model.index(0, WHEN).data() == "just now"


def test_only_active_ones_can_be_shown(panel: JobsPanel) -> None:
    panel.filter.setCurrentIndex(1)
    assert [run for run, _ in shown(panel)] == ["3", "5", "4"]


def test_changes_arrive_and_the_selection_stays(panel: JobsPanel, session, database, queue, qtbot) -> None:
    choose(panel, 4)
    finish_job(database, queue[2], "done")
    add_jobs(database, [Request(RunKey(1234, 6))])
    session.live.look()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 6)
    assert shown(panel)[0] == ("6", "Waiting")
    assert [job.request.key.run for job in panel.selected_jobs()] == [1]


def test_waiting_jobs_are_cancelled_and_running_ones_go_on(panel: JobsPanel, database, qtbot) -> None:
    panel.view.selectAll()
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert [(job.request.key.run, job.state) for job in read_jobs(database)] == [
        (5, "cancelled"),
        (4, "cancelled"),
        (3, "running"),
        (2, "failed"),
        (1, "done"),
    ]
    assert ("5", "Cancelled") in shown(panel)


def test_a_job_that_began_in_the_meantime_is_not_cancelled_and_this_is_said(
    panel: JobsPanel, database, notifier
) -> None:
    choose(panel, 1, 2)
    take_job(database)
    panel.cancel_selected()
    assert [job.state for job in read_jobs(database)][:2] == ["cancelled", "running"]
    assert "had begun already" in notifier.notices[-1].text


def test_actions_are_offered_where_they_make_sense(panel: JobsPanel) -> None:
    offered = {}
    for row, name in enumerate(("running", "waiting", "waiting", "failed", "done")):
        choose(panel, row)
        offered[name] = (panel._log.isEnabled(), panel._again.isEnabled(), panel._cancel.isEnabled())
    assert offered == {
        "running": (True, False, False),
        "waiting": (True, False, True),
        "failed": (True, True, False),
        "done": (True, True, False),
    }
    panel.view.clearSelection()
    assert not any(action.isEnabled() for action in (panel._log, panel._again, panel._cancel))


def test_logs_and_reprocessing_are_asked_for_by_signals(panel: JobsPanel, qtbot) -> None:
    choose(panel, 3)
    with qtbot.waitSignal(panel.show_log) as log:
        panel._log.trigger()
    assert log.args == [RunKey(1234, 2)]
    with qtbot.waitSignal(panel.reprocess_requested) as again:
        panel._again.trigger()
    assert again.args[0].key == RunKey(1234, 2)
    with qtbot.waitSignal(panel.show_log) as log:
        panel.view.activated.emit(panel.model.index(4, 2))
    assert log.args == [RunKey(1234, 1)]


def test_an_empty_queue_explains_itself(session, qtbot, database) -> None:
    panel = JobsPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.empty.isVisible()
    assert panel.empty.text() == NO_JOBS
    [number] = add_jobs(database, [Request(RunKey(1234, 1))])
    finish_job(database, number, "done")
    panel.refresh()
    assert not panel.empty.isVisible()
    panel.filter.setCurrentIndex(1)
    assert panel.empty.text() == NO_ACTIVE


@pytest.mark.usefixtures("queue")
def test_in_a_read_only_folder_nothing_can_be_asked(small_folder, notifier, qtbot, database) -> None:
    access = FolderAccess(small_folder, read_only=True, proposal=1234)
    session = FolderSession(access, notifier, tasks=Tasks(notifier, synchronous=True))
    panel = JobsPanel(session)
    qtbot.addWidget(panel)
    panel.view.selectAll()
    panel.cancel_selected()
    assert not panel._cancel.isEnabled()
    assert not panel._again.isEnabled()
    assert [job.state for job in read_jobs(database)].count("queued") == 2
    session.close()


def test_a_database_that_is_gone_is_told_and_can_be_tried_again(panel: JobsPanel, small_folder) -> None:
    away = small_folder.database.with_name("away")
    small_folder.database.rename(away)
    panel.refresh()
    assert "is gone" in panel.strip.text
    assert len(shown(panel)) == 5
    away.rename(small_folder.database)
    panel.strip.choices["Try again"].click()
    assert not panel.strip.isVisible()


@pytest.mark.usefixtures("queue")
def test_the_model_keeps_qt_s_rules_through_changes(database, qtmodeltester) -> None:
    model = JobsModel(1234)
    model.set_jobs(read_jobs(database))
    qtmodeltester.check(model)
    model.set_jobs([])
    model.set_jobs([job for job in read_jobs(database) if job.id % 2])
    model.tick()
    assert model.rowCount() == 3
    assert model.columnCount() == len(COLUMNS)
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


def test_states_of_a_newer_program_and_other_proposals_are_shown_as_they_are(database) -> None:
    [number] = add_jobs(database, [Request(RunKey(77, 1))])
    with database.writing() as sql:
        sql.execute("UPDATE desk_jobs SET state = 'postponed' WHERE id = ?", (number,))
    model = JobsModel(1234)
    model.set_jobs(read_jobs(database))
    assert [model.index(0, column).data() for column in (0, 1)] == ["postponed", "p77 r1"]
    assert not model.index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    assert model.index(0, 0).data(JOB_ROLE).id == number


@pytest.mark.usefixtures("queue")
def test_time_that_passes_is_shown(database) -> None:
    now = [1e10]
    model = JobsModel(1234, clock=lambda: now[0])
    model.set_jobs([job for job in read_jobs(database) if job.state == "running"])
    job = model.job(0)
    now[0] = job.started + 65
    assert model.index(0, TOOK).data() == "1:05"
    assert model.index(0, WHEN).data() == "65 s ago"


def test_cancelling_takes_only_waiting_jobs(database, queue) -> None:
    assert cancel_jobs(database, queue, "not needed") == 2
    assert cancel_jobs(database, queue) == 0
    assert cancel_jobs(database, [99_999]) == 0
    assert {job.message for job in read_jobs(database) if job.state == "cancelled"} == {"not needed"}

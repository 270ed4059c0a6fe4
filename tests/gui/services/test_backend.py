import time

import pytest

from damnit_backend.control.supervisor import Supervisor
from damnit_backend.core.keys import RunKey
from damnit_backend.core.messages import Activity, Status
from damnit_backend.store.jobs import finish_job, read_jobs, take_job
from damnit_backend.store.lease import release_lease, take_lease
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.tasks import Tasks


class Child:
    """A listener's process that the test lets live or die."""

    def __init__(self):
        self.code = None

    def poll(self):
        return self.code


@pytest.fixture
def started():
    return []


@pytest.fixture
def supervised(small_folder, notifier, started):
    def start(_folder):
        started.append(Child())
        return started[-1]

    session = FolderSession(
        FolderAccess(small_folder, read_only=False),
        notifier,
        tasks=Tasks(notifier, synchronous=True),
        supervisor=Supervisor(small_folder, start),
    )
    session.table.request_reload()
    yield session
    session.close()


def test_a_listener_is_started_where_none_is(supervised, started):
    supervised.backend.check()
    assert len(started) == 1
    assert supervised.backend.view.text == "starting"


def test_a_listener_that_died_is_started_again_and_the_view_says_so(supervised, started, qtbot):
    supervised.backend.check()
    started[0].code = -9
    with qtbot.waitSignal(supervised.backend.status_changed):
        supervised.backend.check()
    assert len(started) == 2
    assert supervised.backend.view.text == "restarting (1st time)"


def test_a_running_listener_is_seen_by_its_lease_and_its_jobs(supervised, database):
    lease = take_lease(database, "nowhere", "somebody")
    supervised.backend.check()
    assert supervised.backend.view.running
    assert "waiting for new runs" in supervised.backend.view.text
    assert "(of somebody@" in supervised.backend.view.text
    supervised.backend.reprocess([RunKey(1234, 1), RunKey(1234, 2)])
    job = take_job(database)
    supervised.backend.check()
    assert supervised.backend.view.text.startswith("working on r0001, 1 queued")
    finish_job(database, job.id, "done")
    supervised.backend.check()
    assert supervised.backend.view.last_run == RunKey(1234, 1)
    release_lease(database, lease)


def test_what_the_listener_says_counts_while_it_is_heard(supervised, database):
    lease = take_lease(database, "nowhere", "somebody")
    supervised.backend.check()
    supervised.live.status_received.emit(Status(Activity.WORKING, running=((1234, 5),)))
    assert supervised.backend.view.runs == (RunKey(1234, 5),)
    supervised.live.connected_changed.emit(False)
    assert supervised.backend.view.runs == ()
    release_lease(database, lease)


def test_reprocessing_queues_jobs_for_the_runs_and_variables(supervised, database, notifier):
    supervised.backend.reprocess([RunKey(1234, 3)], ["energy"])
    jobs = read_jobs(database)
    assert [(job.request.key, job.request.variables) for job in jobs] == [(RunKey(1234, 3), ("energy",))]
    assert notifier.notices[-1].text == "Queued one run for reprocessing."


def test_a_read_only_folder_gets_no_listener_and_no_jobs(small_folder, notifier, started):
    session = FolderSession(
        FolderAccess(small_folder, read_only=True),
        notifier,
        tasks=Tasks(notifier, synchronous=True),
        supervisor=Supervisor(small_folder, lambda _: started.append(Child()) or started[-1]),
    )
    session.backend.check()
    session.backend.reprocess([RunKey(1234, 1)])
    assert started == []
    assert "read-only" in notifier.notices[-1].text
    session.close()


def test_the_same_view_is_not_told_twice(supervised, qtbot):
    supervised.backend.check()
    with qtbot.assertNotEmitted(supervised.backend.status_changed):
        supervised.backend.check()


def test_a_listener_of_another_start_is_found_alive_by_its_heartbeat_on_another_host(supervised, database):
    lease = take_lease(database, "nowhere", "bob")
    with database.writing() as sql:
        sql.execute("UPDATE desk_listeners SET host = 'elsewhere', heartbeat = ?", (time.time(),))
    supervised.backend.check()
    assert "(of bob@elsewhere)" in supervised.backend.view.text
    release_lease(database, lease)

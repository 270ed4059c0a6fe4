import dataclasses
import functools
import os
import socket
import subprocess
import sys
import time

import pytest

from damnit_backend.core.keys import RunKey
from damnit_backend.store import lease as lease_module
from damnit_backend.store.database import Database
from damnit_backend.store.jobs import Request, add_jobs, finish_job, give_back, take_job
from damnit_backend.store.lease import (
    HEARTBEAT_SECONDS,
    LAPSE_SECONDS,
    Lease,
    LeaseLostError,
    ListenerExistsError,
    doubtful_lease,
    read_lease,
    release_lease,
    renew_lease,
    require_lease,
    take_lease,
)
from damnit_backend.store.runs import add_run
from damnit_backend.store.table import read_table


@pytest.fixture
def put(database):
    """``put(pid=..., host=...)`` makes somebody else's claim."""

    def claim(**changes: object) -> Lease:
        now = time.time()
        lease = Lease(socket.gethostname(), os.getppid(), "ann", "/s", "token", now, now)
        lease = dataclasses.replace(lease, **changes)
        with database.writing() as sql:
            row = (lease.host, lease.pid, lease.user, lease.socket, lease.token, lease.started, lease.heartbeat)
            sql.execute("INSERT OR REPLACE INTO desk_listeners VALUES (1, ?, ?, ?, ?, ?, ?, ?)", row)
        return lease

    return claim


@pytest.fixture
def dead_pid() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_that_a_free_folder_is_taken_renewed_and_released(database):
    mine = take_lease(database, "/run/x.sock", "me")
    assert read_lease(database) == mine
    assert mine.is_alive(time.time())
    assert (mine.pid, mine.socket, mine.user) == (os.getpid(), "/run/x.sock", "me")
    renew_lease(database, mine)
    assert read_lease(database).heartbeat >= mine.heartbeat
    release_lease(database, mine)
    assert read_lease(database) is None
    with pytest.raises(LeaseLostError):
        renew_lease(database, mine)


def test_that_a_second_listener_is_refused_and_told_who_has_it(database, put):
    other = put()
    with pytest.raises(ListenerExistsError, match=f"{other.pid} of ann"):
        take_lease(database, "/s", "me")
    assert read_lease(database) == other


def test_that_a_dead_process_frees_the_folder_at_once(database, put, dead_pid):
    put(pid=dead_pid)
    assert take_lease(database, "/s", "me").pid == os.getpid()


def test_that_a_process_which_ended_but_was_not_waited_for_is_dead(database, put):
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    put(pid=child.pid)
    take_lease(database, "/s", "me")
    child.wait()


def test_that_a_later_process_with_the_same_number_is_not_the_listener(put):
    now = time.time()
    long_ago = put(started=now - 10**9, heartbeat=now - 10**9)
    assert not long_ago.is_alive(now)


def test_that_a_clock_set_anew_does_not_free_the_folder(put):
    now = time.time()
    assert put(started=now - 10**9, heartbeat=now).is_alive(now)


@pytest.mark.parametrize("pid", [0, -1, 10**9, 2**62])
def test_that_a_number_which_no_process_has_is_dead(put, pid):
    long_ago = put(pid=pid, heartbeat=0.0)
    assert not long_ago.is_alive(time.time()) or pid == 0


@pytest.mark.parametrize(
    ("age", "alive"), [(0, True), (LAPSE_SECONDS - 1, True), (-5, True), (LAPSE_SECONDS + 1, False), (-(10**6), False)]
)
def test_that_another_hosts_listener_lives_by_its_heartbeat(database, put, age, alive):
    other = put(host="elsewhere", heartbeat=time.time() - age)
    assert doubtful_lease(database) == (None if alive else other)
    with pytest.raises(ListenerExistsError, match="elsewhere"):
        take_lease(database, "/s", "me")
    if not alive:
        take_lease(database, "/s", "me", other)


@pytest.mark.parametrize("skew", [-7200.0, -60.0, 60.0, 7200.0])
def test_that_a_listener_whose_host_has_another_time_keeps_its_folder_while_its_heart_beats(database, put, skew):
    other = put(host="elsewhere", heartbeat=time.time() + skew)
    doubtful = doubtful_lease(database)
    assert doubtful == other
    put(host="elsewhere", heartbeat=other.heartbeat + HEARTBEAT_SECONDS)
    with pytest.raises(ListenerExistsError, match="elsewhere"):
        take_lease(database, "/s", "me", doubtful)


def test_that_the_same_process_number_on_another_host_is_another_listener(database, put):
    put(host="elsewhere", pid=os.getpid())
    with pytest.raises(ListenerExistsError):
        take_lease(database, "/s", "me")


def test_that_a_process_which_may_not_be_looked_at_lives_by_its_heartbeat(put, monkeypatch):
    def hidden(_: int) -> None:
        raise lease_module.psutil.AccessDenied

    monkeypatch.setattr(lease_module.psutil, "Process", hidden)
    now = time.time()
    assert put().is_alive(now)
    assert not put(heartbeat=now - 100).is_alive(now)


def test_that_a_listener_whose_folder_was_taken_over_notices(database, put):
    mine = take_lease(database, "/s", "me")
    put(host="elsewhere")
    with pytest.raises(LeaseLostError, match="elsewhere"):
        renew_lease(database, mine)
    release_lease(database, mine)
    assert read_lease(database).host == "elsewhere"


def test_that_a_database_of_another_program_has_no_listener(old_folder):
    with Database(old_folder(4), read_only=True) as database:
        assert read_lease(database) is None


WRITES = {
    "take_job": take_job,
    "give_back": lambda database: give_back(database, 1),
    "finish_job": lambda database: finish_job(database, 1, "done"),
    "add_run": lambda database: add_run(database, RunKey(1, 1)),
}


@pytest.mark.parametrize("write", WRITES)
def test_that_a_listener_which_was_replaced_writes_nothing(database, put, write):
    add_jobs(database, [Request(RunKey(1, 2))])
    mine = take_lease(database, "/s", "me")
    database.guard = functools.partial(require_lease, lease=mine)
    add_jobs(database, [Request(RunKey(1, 2), "raw")])
    database.guard = None
    put(host="elsewhere")
    before = read_table(database)
    database.guard = functools.partial(require_lease, lease=mine)
    with pytest.raises(LeaseLostError, match="elsewhere"):
        WRITES[write](database)
    assert read_table(database) == before

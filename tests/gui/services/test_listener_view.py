from pathlib import Path

import pytest

from damnit_backend.control.supervisor import ListenerState
from damnit_backend.core.keys import RunKey
from damnit_backend.core.messages import Activity, Status
from damnit_gui.services.listener_view import Seen, ordinal, view_listener

LOG = Path("listener.log")


def view(seen=None, status=None, *, read_only=False):
    return view_listener(seen or Seen(running=True), status, read_only=read_only, now=1000.0, log=LOG)


def test_work_is_told_with_its_runs_and_the_length_of_the_queue():
    status = Status(Activity.WORKING, queued=3, running=((1234, 12),))
    got = view(status=status)
    assert got.text == "working on r0012, 3 queued"
    assert got.token == "busy"
    assert got.busy


def test_many_runs_in_work_are_not_all_named():
    running = tuple((1, run) for run in range(8))
    got = view(status=Status(Activity.WORKING, running=running))
    assert got.text == "working on r0000, r0001, r0002 and 5 more"


def test_idleness_is_told_with_the_last_run():
    got = view(status=Status(Activity.IDLE, last_run=(1234, 508), last_run_at=988.0))
    assert got.text == "idle, last run r0508 12 s ago"
    assert got.token == "ok"
    assert not got.busy


def test_a_new_folder_waits_for_its_first_run():
    assert view().text == "idle, waiting for new runs"


def test_without_the_listeners_words_the_database_tells_what_it_does():
    got = view(Seen(running=True, queued=2, in_work=(RunKey(1, 7),), owner="alice@host"))
    assert got.text == "working on r0007, 2 queued (of alice@host)"


@pytest.mark.parametrize(
    ("state", "text", "token"),
    [
        (ListenerState(False), "none in this window", "muted"),
        (ListenerState(False, problem="The listener is starting."), "starting", "busy"),
        (ListenerState(False, restarts=2, problem="It died."), "restarting (2nd time)", "warning"),
        (ListenerState(False, restarts=4, problem="no disk", gave_up=True), "stopped: no disk", "error"),
        (ListenerState(False, stopped="ann on h, 12:03"), "stopped by ann on h, 12:03", "warning"),
    ],
)
def test_a_missing_listener_says_why(state, text, token):
    got = view(Seen(supervised=state))
    assert (got.running, got.text, got.token) == (False, text, token)


def test_a_read_only_folder_has_no_listener():
    assert view(Seen(), read_only=True).text == "read-only folder: no listener"


def test_a_problem_of_the_listener_is_shown():
    got = view(status=Status(Activity.IDLE, problem="context.py has an error"))
    assert got.text.endswith("– context.py has an error")
    assert got.token == "warning"


def test_ordinals():
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 22, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "22nd", "111th",
    ]  # fmt: skip

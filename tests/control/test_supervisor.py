import time

import pytest

from damnit_backend.control.supervisor import MAX_QUICK_DEATHS, QUICK_DEATH_SECONDS, Supervisor
from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import LAPSE_SECONDS


@pytest.fixture
def supervisor(database, world):
    return Supervisor(database.folder, start=world.start, clock=world.clock)


def run_until_it_gives_up(supervisor, world):
    """Each listener dies at once; the number of checks that it took."""
    for number in range(100):
        state = supervisor.check()
        if state.gave_up:
            return number
        for process in world.started:
            process.code = 1
        world.now += 1.0
    raise AssertionError("it never gave up")


def test_that_a_listener_is_started_where_none_serves(supervisor, world, serve):
    state = supervisor.check()
    assert (state.running, state.restarts, state.gave_up, len(world.started)) == (False, 0, False, 1)
    assert "starting" in state.problem
    serve()
    state = supervisor.check()
    assert (state.running, state.problem, state.restarts) == (True, "", 0)
    assert state.lease.user == "ann"
    assert len(world.started) == 1


def test_that_none_is_started_where_one_serves(supervisor, world, serve):
    serve()
    assert supervisor.check().running
    assert world.started == []


def test_that_one_that_starts_slowly_is_waited_for_and_gets_no_rival(supervisor, world):
    supervisor.check()
    for _ in range(100):
        world.now += 5.0
        state = supervisor.check()
    assert len(world.started) == 1
    assert "log" in state.problem


def test_that_one_death_is_answered_at_once(supervisor, world, serve):
    supervisor.check()
    serve()
    world.now += 3600
    supervisor.check()
    serve(alive=False)
    world.started[0].code = -9
    state = supervisor.check()
    assert len(world.started) == 2
    assert (state.restarts, state.gave_up) == (1, False)


def test_that_a_listener_of_somebody_else_is_replaced_when_it_dies(supervisor, world, serve):
    serve(host="elsewhere")
    assert supervisor.check().running
    serve(host="elsewhere", heartbeat=0.0)
    supervisor.check()
    world.now += LAPSE_SECONDS + 1
    supervisor.check()
    assert len(world.started) == 1


def test_that_quick_deaths_wait_longer_each_time_and_end_with_the_logs_last_word(supervisor, world, database):
    database.folder.listener_log.write_text("first line\nno module named kafka\n\n")
    checks = run_until_it_gives_up(supervisor, world)
    assert len(world.started) == MAX_QUICK_DEATHS
    assert checks > 2**2
    state = supervisor.check()
    assert state.gave_up
    assert "no module named kafka" in state.problem
    world.now += 10**6
    assert supervisor.check().gave_up
    assert len(world.started) == MAX_QUICK_DEATHS


def test_that_the_first_quick_death_is_answered_at_once_and_the_second_is_not(supervisor, world):
    supervisor.check()
    world.started[0].code = 1
    supervisor.check()
    assert len(world.started) == 2
    world.started[1].code = 1
    assert "again" in supervisor.check().problem
    assert len(world.started) == 2


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe broken\n", b"x" * 100_000 + b"\nlast"])
def test_that_any_log_can_be_quoted(supervisor, world, database, content):
    if content is not None:
        database.folder.listener_log.write_bytes(content)
    run_until_it_gives_up(supervisor, world)
    assert supervisor.check().problem


def test_that_one_which_was_given_up_runs_again_when_asked_for(supervisor, world):
    run_until_it_gives_up(supervisor, world)
    supervisor.request_restart()
    state = supervisor.check()
    assert not state.gave_up
    assert len(world.started) == MAX_QUICK_DEATHS + 1


def test_that_deaths_long_apart_never_make_it_give_up(supervisor, world, serve):
    for number in range(3 * MAX_QUICK_DEATHS):
        serve(alive=False)
        supervisor.check()
        assert len(world.started) == number + 1
        serve()
        world.now += QUICK_DEATH_SECONDS + 1
        assert supervisor.check().running
        world.started[-1].code = 1


def test_that_one_which_cannot_be_started_says_why_and_is_tried_a_few_times(supervisor, world):
    world.refuse = "No space for a log."
    assert supervisor.check().problem == "No space for a log."
    run_until_it_gives_up(supervisor, world)
    world.refuse = ""
    supervisor.request_restart()
    supervisor.check()
    assert len(world.started) == 1


def test_that_a_folder_which_is_gone_is_an_error_for_people(tmp_path, world):
    with pytest.raises(UserError):
        Supervisor(Folder(tmp_path), start=world.start).check()
    assert world.started == []


@pytest.mark.parametrize("skew", [-7200.0, 7200.0])
def test_that_none_is_started_beside_one_of_another_host_whose_clock_differs(supervisor, world, serve, skew):
    for beat in range(20):
        serve(host="elsewhere", heartbeat=time.time() + skew + beat)
        assert supervisor.check().running
        world.now += LAPSE_SECONDS / 2
    assert world.started == []


def test_that_one_of_another_host_without_a_heartbeat_is_replaced_soon(supervisor, world, serve):
    serve(host="elsewhere", heartbeat=time.time() - 7200)
    assert supervisor.check().running
    world.now += LAPSE_SECONDS + 1
    assert not supervisor.check().running
    assert len(world.started) == 1

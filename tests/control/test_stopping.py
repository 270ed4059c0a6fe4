"""A listener that was stopped on purpose stays so until somebody wants it again."""

import os
import signal
import subprocess
import time

import pytest
from typer.testing import CliRunner

from damnit_backend import cli
from damnit_backend.control.command_line import damnit_command
from damnit_backend.control.ending import Ending, end_listener
from damnit_backend.control.listener import live_lease
from damnit_backend.control.stopping import forget_stop, note_stop, stopped_by
from damnit_backend.control.supervisor import Supervisor
from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError


@pytest.fixture
def supervisor(database, world):
    return Supervisor(database.folder, start=world.start, clock=world.clock)


@pytest.fixture
def listening(folder, database):
    """The process of a real listener of the folder."""
    process = subprocess.Popen(damnit_command("listen", "--quiet", folder.path), stderr=subprocess.DEVNULL)
    end = time.monotonic() + 30
    while live_lease(database) is None:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.02)
    yield process
    process.kill()
    process.wait()


def test_that_none_is_started_after_it_was_stopped_until_somebody_asks(supervisor, world, folder):
    supervisor.check()
    world.started[0].code = 0
    note_stop(folder)
    for _ in range(3):
        world.now += 100
        state = supervisor.check()
    assert len(world.started) == 1
    assert state.stopped.startswith(f"{user_name()} on ")
    supervisor.request_restart()
    assert supervisor.check().stopped == ""
    assert len(world.started) == 2


def test_that_stop_ends_the_listener_and_says_who_did_it(listening, folder, database):
    done = CliRunner().invoke(cli.app, ["stop", str(folder.path)])
    assert done.output.startswith("The listener has stopped. ")
    assert listening.wait(10) == 0
    assert user_name() in stopped_by(database)


def test_that_one_which_is_stopped_by_a_signal_is_killed(listening, folder):
    os.kill(listening.pid, signal.SIGSTOP)
    assert end_listener(folder, timeout=0.3) is Ending.KILLED
    assert listening.wait(10) is not None


def test_that_one_which_a_window_started_meanwhile_ends_and_one_by_hand_runs(folder, database):
    note_stop(folder)
    refused = subprocess.run(
        damnit_command("listen", "--quiet", "--unless-stopped", folder.path), capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 1
    assert f"stopped by {user_name()}" in refused.stderr
    forget_stop(folder)
    assert stopped_by(database) == ""


def test_that_a_stop_which_is_refused_leaves_no_note(folder, database, serve):
    serve(pid=os.getpid(), user="ann")
    done = CliRunner().invoke(cli.app, ["stop", str(folder.path)])
    assert isinstance(done.exception, UserError)
    assert stopped_by(database) == ""

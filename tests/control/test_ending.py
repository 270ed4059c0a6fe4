"""Ending listeners that cannot be asked: those that hang, and those of others."""

import os
import subprocess
import sys

import pytest

from damnit_backend.control.ending import end_listener
from damnit_backend.control.supervisor import Supervisor
from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError

HANG = "import sys, time\nprint(flush=True)\ntime.sleep(1000)\n"


@pytest.fixture
def process():
    """``process(arguments...)`` is one that hangs, with these arguments on its command line."""
    made = []

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        made.append(subprocess.Popen([sys.executable, "-c", HANG, *arguments], stdout=subprocess.PIPE))
        made[-1].stdout.readline()
        return made[-1]

    yield start
    for one in made:
        one.kill()
        one.wait()
        one.stdout.close()


def test_that_there_is_nothing_to_end_where_none_serves(folder, database):
    assert not database.read_only
    assert not end_listener(folder)


@pytest.mark.parametrize("command", [("damnit_backend.cli", "listen"), ("/venv/bin/damnit", "reprocess")])
def test_that_a_listener_which_hangs_is_killed(folder, serve, process, command):
    hanging = process(*command, "--quiet", str(folder.path))
    serve(pid=hanging.pid, user=user_name())
    assert end_listener(folder, timeout=0.1)
    hanging.wait(10)


def test_that_a_process_which_is_no_listener_is_never_killed_whatever_the_database_says(folder, serve, process):
    innocent = process("listen", "carefully")
    serve(pid=innocent.pid, user=user_name())
    with pytest.raises(UserError, match=str(innocent.pid)):
        end_listener(folder, timeout=0.1)
    assert innocent.poll() is None


@pytest.mark.parametrize(
    ("claim", "words", "hint"),
    [
        ({"user": "ann"}, "of ann on this host", "Ask ann"),
        ({"user": "ann", "host": "elsewhere"}, "of ann on elsewhere", "Ask ann"),
        ({"user": user_name(), "host": "elsewhere"}, "on elsewhere", "On elsewhere, say: damnit stop"),
    ],
)
def test_that_a_listener_which_is_not_ours_is_left_alone_and_people_told_what_to_do(
    database, world, serve, claim, words, hint
):
    serve(pid=os.getpid(), **claim)
    supervisor = Supervisor(database.folder, start=world.start, clock=world.clock)
    with pytest.raises(UserError, match=words) as caught:
        supervisor.request_restart()
    assert hint in caught.value.hint
    assert supervisor.check().running


def test_that_one_which_hangs_before_it_serves_is_ended_and_started_anew(database, world):
    supervisor = Supervisor(database.folder, start=world.start, clock=world.clock)
    supervisor.check()
    supervisor.request_restart()
    assert world.started[0].code == -9
    supervisor.check()
    assert len(world.started) == 2

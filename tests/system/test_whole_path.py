"""The product as a newcomer meets it: real processes, real files, and deaths at bad moments."""

import json
import struct
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

CONTEXT = """
import os, time
from damnit_ctx import Variable
@Variable()
def trains(run):
    return len(run.train_ids)
@Variable()
def slow(run, n: "var#trains"):
    while not os.path.exists({gate!r}):
        time.sleep(0.02)
    return n
"""


@pytest.fixture
def gate(tmp_path):
    """A file that the Variable `slow` waits for."""
    return tmp_path / "gate"


def test_the_headless_demo_fills_the_table_and_leaves_a_picture(tmp_path, stage):
    done = subprocess.run(
        [sys.executable, "-m", "damnit_backend.cli", "demo", "--headless", "--runs", "3", "--interval", "1",
         "--dir", str(tmp_path / "demo")],
        capture_output=True, text=True, timeout=120, env=stage.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    picture = tmp_path / "demo" / "window.png"
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1600, 1000)
    assert str(picture) in done.stdout
    printed = subprocess.run(
        [sys.executable, "-m", "damnit_backend.cli", "table", str(tmp_path / "demo"), "--format", "json"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    rows = json.loads(printed.stdout)
    assert [row["run"] for row in rows] == [1, 2, 3]
    for row in rows:
        assert row["n_trains"] > 0
        assert sum(value is not None for value in row.values()) > 12


def test_a_killed_listener_is_started_again_by_the_window_and_no_run_is_lost(beamtime, make_folder, stage, look, gate):
    gate.touch()
    folder = make_folder(CONTEXT.format(gate=str(gate)))
    stage.window(folder)
    look.wait(lambda: look.lease(folder))
    beamtime.write_raw(1)
    look.wait(lambda: look.cell(folder, 1, "slow"))
    killed = look.lease(folder).pid
    look.kill(killed)
    beamtime.write_raw(2)
    look.wait(lambda: look.cell(folder, 2, "slow"))
    assert look.lease(folder).pid != killed


def test_a_listener_killed_in_the_middle_of_a_run_has_it_done_by_the_next(beamtime, make_folder, stage, look, gate):
    folder = make_folder(CONTEXT.format(gate=str(gate)))
    stage.window(folder)
    look.wait(lambda: look.lease(folder))
    beamtime.write_raw(1)
    look.wait(lambda: look.cell(folder, 1, "trains"))
    look.kill(look.lease(folder).pid)
    gate.touch()
    look.wait(lambda: look.cell(folder, 1, "slow"))
    assert look.cell(folder, 1, "slow").value == beamtime.plan(1).trains
    look.wait(lambda: not list(folder.results.glob("*.ready.h5")))


def test_a_killed_window_takes_nothing_of_the_listeners_work_along(beamtime, make_folder, stage, look, gate):
    folder = make_folder(CONTEXT.format(gate=str(gate)))
    window = stage.window(folder)
    look.wait(lambda: look.lease(folder))
    listener = look.lease(folder).pid
    beamtime.write_raw(1)
    look.wait(lambda: look.cell(folder, 1, "trains"))
    window.kill()
    window.wait()
    gate.touch()
    look.wait(lambda: look.cell(folder, 1, "slow"))
    beamtime.write_raw(2)
    look.wait(lambda: look.cell(folder, 2, "slow"))
    assert look.lease(folder).pid == listener

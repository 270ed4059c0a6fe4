"""`damnit reprocess` when the listener that works for it is gone, and when it is interrupted itself."""

import signal

import pytest

from damnit_backend.store.database import Database
from damnit_backend.store.jobs import read_jobs

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

CONTEXT = """
import os, time
from damnit_ctx import Variable
@Variable()
def trains(run):
    while not os.path.exists({gate!r}):
        time.sleep(0.02)
    return len(run.train_ids)
"""


def states(folder):
    with Database(folder, read_only=True) as database:
        return [job.state for job in read_jobs(database)]


def test_it_takes_the_work_over_from_a_listener_that_was_killed(beamtime, make_folder, stage, look, tmp_path):
    folder = make_folder(CONTEXT.format(gate=str(tmp_path / "gate")))
    listener = stage.damnit("listen", folder.path)
    look.wait(lambda: look.lease(folder))
    beamtime.write_raw(1)
    look.wait(lambda: "running" in states(folder))
    command = stage.damnit("reprocess", folder.path, "all")
    look.wait(lambda: len(states(folder)) == 2)
    listener.kill()
    listener.wait()
    (tmp_path / "gate").touch()
    assert command.wait(60) == 0
    assert set(states(folder)) == {"done"}


def test_interrupted_it_ends_soon_and_the_work_stays_in_the_queue(beamtime, make_folder, stage, look, tmp_path):
    folder = make_folder(CONTEXT.format(gate=str(tmp_path / "never")))
    for run in (1, 2, 3):
        beamtime.write_raw(run)
    command = stage.damnit("reprocess", folder.path, "all")
    look.wait(lambda: states(folder).count("running") == 2)
    command.send_signal(signal.SIGINT)
    assert command.wait(20) != 0
    assert states(folder) == ["queued"] * 3
    assert look.lease(folder) is None
    assert "Traceback" not in stage.log()

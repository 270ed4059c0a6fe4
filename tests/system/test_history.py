"""The demonstration of the history, as `make history` shows it, and what it leaves."""

import subprocess
import sys

import pytest

from damnit_backend.api import Damnit
from damnit_backend.simulator import BeamtimeOptions
from damnit_backend.store.folder import resolve_folder

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]


def test_that_a_sequence_of_edits_is_looked_up_and_brought_back(tmp_path, stage):
    done = subprocess.run(
        [sys.executable, "-m", "scripts.history_demo", str(tmp_path / "demo")],
        env=stage.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = iter(done.stdout.splitlines())
    # In this order, with anything in between.
    for expected in (
        "2 of 2 runs processed.",
        "signal    1-2   GAIN changed",
        "   now  247.5 ",
        ", with its full result",
        "def peak(run, trace:",
        "brought back: the old gain was right",
        "signal    1     GAIN changed",
        "   now  oops ",
        ", bob, replaced ",
        ", ann, replaced ",
        "   now  jet is stable ",
        "Deleted variable trains with 2 values.",
        "Run  Comment        Signal [V]",
        "deleted variable trains",
        "Trains",
        "# All that was changed",
    ):
        assert any(expected in line for line in told), f"{expected!r} is missing in:\n{done.stdout}"

    db = Damnit(resolve_folder(str(tmp_path / "demo" / "data"), None).path)
    run = db[BeamtimeOptions().proposal, 1]
    assert run["signal"].read().tolist() == [2.0 * step for step in range(100)]
    assert [value.read()[1] for value in run["signal"].history()[:2]] == [2.0, 2.5]
    assert [value.value for value in run["comment"].history()] == [
        "jet is stable", "oops", "jet is NOT stable", "jet is stable",
    ]  # fmt: skip
    assert [value.author for value in run["comment"].history()][1:] == [None, "bob", "ann"]
    assert run["trains"].read() > 0

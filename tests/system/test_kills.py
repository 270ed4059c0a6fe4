"""A short form of `python -m benchmarks.kills`: whoever dies, whenever, nothing is lost and everything is intact."""

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_nothing_is_lost_by_kills_at_random_instants_and_a_failing_world(journal):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", "--kills", "12", "--journal", journal, "--json"],
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["wrong"] == []
    assert report["accepted_edits"] > 0
    assert done.returncode == 0

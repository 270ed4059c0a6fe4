"""A run of the simulator, raw and calibrated, and the example context file: the same results by both programs."""

from pathlib import Path
from typing import Any

import pytest

from damnit_backend.simulator import Beamtime, BeamtimeOptions

EXAMPLE = Path(__file__).parents[2] / "damnit_backend" / "simulator" / "example_context.py"
RUN = 2


@pytest.fixture(scope="module")
def simulated(proposals: Path) -> Beamtime:
    beamtime = Beamtime(proposals, BeamtimeOptions(proposal=1235, trains=20))
    beamtime.write_raw(RUN)
    beamtime.write_proc(RUN)
    return beamtime


@pytest.fixture(scope="module")
def theirs(reference, simulated: Beamtime, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the reference program computed, read by its API."""
    folder = tmp_path_factory.mktemp("theirs") / "amore"
    reference.command("init", "--proposal", str(simulated.options.proposal), "--context", EXAMPLE, folder)
    reference.command("db-config", "context_python", reference.python, cwd=folder)
    reference.command("reprocess", "--direct", str(RUN), cwd=folder)
    reference.command("combiner", "now", folder)
    return reference.read(folder)


@pytest.fixture(scope="module")
def mine(ours, simulated: Beamtime, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What our program computed, read by our API."""
    folder = tmp_path_factory.mktemp("mine") / "amore"
    ours.command("init", "--proposal", str(simulated.options.proposal), "--context", EXAMPLE, folder)
    ours.command("reprocess", folder, str(RUN))
    return ours.read(folder)


def facts(answer: Any, part: str) -> dict[str, Any]:
    """One fact of each variable of the run; of drawn figures the size, since two versions of matplotlib drew them."""
    found = {name: known[part] for name, known in answer["runs"][str(RUN)]["variables"].items()}
    return {
        name: value["array"]["shape"] if part == "read" and value.get("array", {}).get("dtype") == "|u1" else value
        for name, value in found.items()
        if name != "start_time"
    }


@pytest.mark.parametrize("part", ["read", "units", "title"])
def test_that_the_example_context_gives_the_same_results(mine: Any, theirs: Any, part: str) -> None:
    assert len(facts(theirs, part)) >= 15
    assert facts(mine, part) == facts(theirs, part)


def test_that_both_take_the_start_of_the_run_from_its_data(mine: Any, theirs: Any, simulated: Beamtime) -> None:
    assert mine["start_time"] == pytest.approx(theirs["start_time"], abs=0.01)
    assert mine["start_time"] == pytest.approx([simulated.plan(RUN).start_time], abs=1)

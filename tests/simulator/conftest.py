"""A small simulated beamtime: dark, scan, and data runs, in one of which the camera is missing."""

from pathlib import Path

import pytest

from damnit_backend.simulator import Beamtime, BeamtimeOptions

SMALL = BeamtimeOptions(
    trains=30, pulses=5, scan_steps=10, trace_samples=100, camera_shape=(24, 48), detector_shape=(32, 32)
)


@pytest.fixture(scope="session")
def options() -> BeamtimeOptions:
    return SMALL


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Beamtime:
    """Runs 1 to 5 with their calibrated data. For reading only."""
    beamtime = Beamtime(tmp_path_factory.mktemp("facility"), SMALL)
    for run in range(1, 6):
        beamtime.write_raw(run)
        if beamtime.plan(run).calibrated:
            beamtime.write_proc(run)
    return beamtime


@pytest.fixture
def beamtime(tmp_path: Path) -> Beamtime:
    """A beamtime without a run yet."""
    return Beamtime(tmp_path / "facility", SMALL)

"""A simulated beamtime on disk, laid out as the facility does it."""

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.simulator.calibration import calibrate, proc_size
from damnit_backend.simulator.options import BeamtimeOptions, check_run
from damnit_backend.simulator.plan import RunPlan, plan_run
from damnit_backend.simulator.raw_run import DETECTOR_AGGREGATOR, file_name, raw_size, write_raw_files


class Beamtime:
    """Writes runs into `<root>/<instrument>/<cycle>/p<proposal>/{raw,proc}/r<run>/`.

    What a run holds depends on the options and its number alone: runs can be written in any order, or again elsewhere.
    Whatever the disk refuses becomes a UserError, and leaves no part of that run behind.
    """

    def __init__(self, root: Path, options: BeamtimeOptions | None = None) -> None:
        self.options = options if options is not None else BeamtimeOptions()
        self.proposal_path = root / self.options.instrument / self.options.cycle / f"p{self.options.proposal:06d}"

    def prepare(self) -> Path:
        """Make the proposal's directories, if they are not there; returns the proposal's."""
        try:
            for name in ("raw", "proc", "usr/Shared"):
                (self.proposal_path / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"Cannot make the proposal directory {self.proposal_path}: {error.strerror}.",
                "Choose a directory that you may write in.",
            ) from error
        return self.proposal_path

    def plan(self, run: int) -> RunPlan:
        """What a run holds, or will hold."""
        return plan_run(self.options, run)

    def raw_path(self, run: int) -> Path:
        """The directory of a run's raw data, made or not."""
        return self.proposal_path / "raw" / f"r{run:04d}"

    def proc_path(self, run: int) -> Path:
        """The directory of a run's calibrated data, made or not."""
        return self.proposal_path / "proc" / f"r{run:04d}"

    def write_raw(self, run: int, start_time: float | None = None) -> Path:
        """Write a raw run that began at `start_time` (seconds since 1970; default: the planned time); returns
        its directory.
        """
        plan = self.plan(run)
        begin = plan.start_time if start_time is None else start_time
        if not (math.isfinite(begin) and 0 < begin < 1e10):
            raise UserError(f"A run cannot begin at {begin}.", "Give seconds since 1970.")
        self.prepare()
        with _new_run_directory(self.raw_path(run), raw_size(self.options, plan)) as directory:
            write_raw_files(directory, self.options, plan, begin)
        return directory

    def write_proc(self, run: int) -> Path:
        """Calibrate a run whose raw data are there; returns the directory of the calibrated data."""
        check_run(run)
        plan = self.plan(run)
        if not plan.calibrated:
            raise UserError(f"Run {run} ({plan.title}) has nothing to calibrate.", "Choose a run with beam.")
        raw_file = self.raw_path(run) / file_name("RAW", run, DETECTOR_AGGREGATOR)
        if not raw_file.is_file():
            raise UserError(f"Run {run} has no raw detector data to calibrate.", "Write its raw data first.")
        self.prepare()
        with _new_run_directory(self.proc_path(run), proc_size(self.options, plan)) as directory:
            calibrate(raw_file, directory / file_name("CORR", run, DETECTOR_AGGREGATOR), self.options, plan)
        return directory


@contextmanager
def _new_run_directory(path: Path, size: int) -> Iterator[Path]:
    """Make a run's directory for the block to fill with `size` bytes; it is removed again if that fails."""
    try:
        _check_space(path.parent, size)
        path.mkdir()
    except FileExistsError as error:
        raise UserError(
            f"There is a run in {path} already.", "Choose another run number or another directory."
        ) from error
    except OSError as error:
        raise UserError(
            f"Cannot make {path}: {error.strerror}.", "Choose a directory that you may write in."
        ) from error
    complete = False
    try:
        yield path
        complete = True
    except OSError as error:
        raise UserError(
            f"Cannot write the run in {path}: {error}.", "Is the disk full, or the directory read-only?"
        ) from error
    finally:
        if not complete:
            shutil.rmtree(path, ignore_errors=True)


def _check_space(path: Path, size: int) -> None:
    """Refuse what does not fit on the disk beforehand: when a disk runs full, the HDF5 library may crash."""
    free = shutil.disk_usage(path).free
    if size > free:
        raise UserError(
            f"A run of {size / 1e9:.1f} GB does not fit in {path}, where {free / 1e9:.1f} GB are free.",
            "Choose fewer trains, smaller images or another disk.",
        )

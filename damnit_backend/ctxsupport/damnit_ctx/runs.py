"""Opening a run's files with EXtra-data."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger("damnit_ctx")

#: From so many files on, EXtra-data opens them in processes of its own, which takes a quarter of a second to begin.
MANY_FILES = 16


class CannotOpen(Exception):
    """EXtra-data cannot open the run; the message says why."""


@dataclass(frozen=True)
class RunFiles:
    """A run on disk. `data` is "raw", or "all" for raw and calibrated data together."""

    proposal: int
    run: int
    proposal_path: Path
    data: str

    def meta(self) -> dict[str, Any]:
        """What `meta#` arguments get."""
        return {"run_number": self.run, "proposal": self.proposal, "proposal_path": self.proposal_path}

    def open(self) -> Any:
        """The run as an EXtra-data DataCollection. Raises CannotOpen."""
        try:
            from extra_data import open_run
        except ImportError as error:
            raise CannotOpen(f"The package extra_data cannot be imported: {error}") from error
        try:
            return open_run(
                str(self.proposal_path), self.run, data=self.data, parallelize=self._file_count() >= MANY_FILES
            )
        except Exception as error:  # EXtra-data raises many kinds, a bare Exception among them
            log.error("The run cannot be opened", exc_info=True)
            raise CannotOpen(f"EXtra-data cannot open run {self.run}: {error}") from error

    def _file_count(self) -> int:
        stages = ("raw", "proc") if self.data == "all" else ("raw",)
        directories = (self.proposal_path / stage / f"r{self.run:04d}" for stage in stages)
        return sum(1 for directory in directories for _ in directory.glob("*.h5"))

    def start_time(self, run: Any) -> float | None:
        """When the run began, in seconds since 1970: its first train's time, else its oldest raw file's."""
        seconds = first_train_time(run)
        if seconds is not None:
            return seconds
        files = (self.proposal_path / "raw" / f"r{self.run:04d}").glob("*.h5")
        return min((file.stat().st_mtime for file in files), default=None)


def find_proposal(proposal: int) -> Path:
    """The directory of a proposal, where EXtra-data finds it. Raises CannotOpen."""
    try:
        from extra_data.read_machinery import find_proposal as find
    except ImportError as error:
        raise CannotOpen(f"The package extra_data cannot be imported: {error}") from error
    try:
        return Path(find(f"p{proposal:06d}"))
    except Exception as error:  # EXtra-data raises a bare Exception
        raise CannotOpen(f"EXtra-data does not find proposal {proposal}: {error}") from error


def first_train_time(run: Any) -> float | None:
    """The time of the first train, in seconds since 1970, if the run knows it."""
    import numpy as np

    try:
        times = np.asarray(run.train_timestamps(labelled=False))
    except Exception:  # files of any age and state: the time is not worth failing for
        log.warning("The trains' times cannot be read", exc_info=True)
        return None
    known = times[~np.isnat(times)]
    return float(known[0].astype("datetime64[ns]").astype(np.int64) / 1e9) if known.size else None

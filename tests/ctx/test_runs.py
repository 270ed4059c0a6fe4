from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from damnit_ctx.runs import CannotOpen, RunFiles


def test_that_raw_data_alone_or_all_are_opened(proposal_path: Path) -> None:
    raw = RunFiles(700000, 1, proposal_path, "raw").open()
    both = RunFiles(700000, 1, proposal_path, "all").open()

    assert "TEST/MOTOR/CALIBRATED" not in raw.all_sources
    assert {"TEST/XGM/DOOCS", "TEST/MOTOR/CALIBRATED"} <= both.all_sources


@pytest.mark.filterwarnings("ignore:No data available")  # for whoever reads the run's log
def test_that_a_run_without_calibrated_data_can_be_opened_for_all(proposal_path: Path) -> None:
    assert "TEST/XGM/DOOCS" in RunFiles(700000, 2, proposal_path, "all").open().all_sources


@pytest.mark.parametrize("run", [3, 99])
def test_that_what_cannot_be_opened_says_why(proposal_path: Path, run: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(CannotOpen, match=f"run {run}"):
            RunFiles(700000, run, proposal_path, "raw").open()


def test_that_the_start_is_the_first_trains_time(proposal_path: Path) -> None:
    files = RunFiles(700000, 1, proposal_path, "raw")
    run = files.open()

    first = run.train_timestamps(labelled=False)[0]

    assert files.start_time(run) == first.astype("datetime64[ns]").astype("int64") / 1e9


def test_that_the_start_of_files_without_times_is_that_of_the_oldest_raw_file(tmp_path: Path) -> None:
    from extra_data.tests.mockdata import write_file
    from extra_data.tests.mockdata.xgm import XGM

    folder = tmp_path / "raw" / "r0007"
    folder.mkdir(parents=True)
    for number, modified in enumerate((2_000_000_000, 1_500_000_000)):
        path = folder / f"RAW-R0007-DA0{number}-S00000.h5"
        write_file(path, [XGM(f"TEST/XGM/{number}")], ntrains=3, format_version="0.5")
        os.utime(path, (modified, modified))
    files = RunFiles(1, 7, tmp_path, "raw")

    assert files.start_time(files.open()) == 1_500_000_000


def test_that_a_run_object_that_knows_no_times_is_no_failure(tmp_path: Path) -> None:
    assert RunFiles(1, 7, tmp_path, "raw").start_time(object()) is None

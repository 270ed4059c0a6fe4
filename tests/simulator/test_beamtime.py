"""The files on disk, as EXtra-data and its validator see them."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from extra_data import RunDirectory, SourceNameError, open_run
from extra_data.validation import RunValidator

from damnit_backend.core.errors import UserError
from damnit_backend.simulator import Beamtime, BeamtimeOptions, RunKind, sources
from damnit_backend.simulator.beam import simulate_beam
from damnit_backend.simulator.calibration import proc_size
from damnit_backend.simulator.raw_run import raw_size
from damnit_backend.simulator.signals import camera_frames

DARK, SCAN = 1, 2


def run_without_camera(beamtime: Beamtime) -> int:
    return next(run for run in range(1, 6) if sources.CAMERA in beamtime.plan(run).missing)


def contents(beamtime: Beamtime, run: int, source: str, key: str, data: str = "raw") -> np.ndarray:
    return open_run(str(beamtime.proposal_path), run, data=data)[source, key].ndarray()


def test_that_the_proposal_lies_where_the_facility_has_it(written: Beamtime) -> None:
    assert written.proposal_path.parts[-3:] == ("SIM", "202501", "p700000")
    assert (written.proposal_path / "usr" / "Shared").is_dir()
    names = sorted(file.name for file in written.raw_path(SCAN).glob("*.h5"))
    assert names == [f"RAW-R0002-{part}-S00000.h5" for part in ("DA01", "DA02", "DA03", "EPIX01")]
    assert [file.name for file in written.proc_path(SCAN).glob("*.h5")] == ["CORR-R0002-EPIX01-S00000.h5"]


@pytest.mark.parametrize("run", range(1, 6))
def test_that_the_facilitys_validator_accepts_every_run(written: Beamtime, run: int) -> None:
    for directory in (written.raw_path(run), written.proc_path(run)):
        if directory.exists():
            RunValidator(str(directory)).validate()


@pytest.mark.parametrize("run", range(1, 6))
def test_that_a_run_holds_what_was_planned(written: Beamtime, run: int) -> None:
    plan = written.plan(run)
    data = RunDirectory(str(written.raw_path(run)))
    assert data.train_ids == list(range(plan.first_train, plan.first_train + plan.trains))
    assert data.run_metadata()["proposalNumber"] == 700000
    assert data.run_metadata()["runNumber"] == run
    assert data[sources.RUN_INFO, sources.SAMPLE_NAME].as_single_value() == plan.sample.name
    assert data.get_run_value(sources.RUN_INFO, sources.RUN_TYPE) == str(plan.kind)
    assert data[sources.SHUTTER, sources.SHUTTER_OPEN].as_single_value() == (plan.kind is not RunKind.DARK)
    beam = simulate_beam(written.options, plan)
    np.testing.assert_array_equal(data[sources.XGM_FAST, sources.XGM_INTENSITY].ndarray(), beam.energies)
    np.testing.assert_array_equal(data[sources.MOTOR, sources.MOTOR_POSITION].ndarray(), beam.positions)


def test_that_images_and_traces_have_the_shapes_asked_for(written: Beamtime) -> None:
    data = open_run(str(written.proposal_path), SCAN, data="raw")
    trains = written.plan(SCAN).trains
    frames = data[sources.CAMERA, sources.CAMERA_PIXELS].ndarray()
    assert (frames.shape, frames.dtype) == ((trains, 24, 48), np.uint16)
    assert data[sources.DIGITIZER, sources.DIGITIZER_TRACE].shape == (trains, 100)
    assert data[sources.DETECTOR, sources.DETECTOR_PIXELS].shape == (trains, 32, 32)
    plan = written.plan(SCAN)
    beam = simulate_beam(written.options, plan)
    np.testing.assert_array_equal(frames, camera_frames(written.options, plan, beam, 0, trains))


def test_that_values_carry_their_units(written: Beamtime) -> None:
    data = open_run(str(written.proposal_path), SCAN, data="raw")
    assert data[sources.XGM_FAST, sources.XGM_INTENSITY].units == "μJ"
    assert data[sources.MOTOR, sources.MOTOR_POSITION].units == "mm"
    assert data[sources.UNDULATOR, sources.UNDULATOR_ENERGY].units == "keV"
    assert data[sources.TEMPERATURE, sources.TEMPERATURE_VALUE].units == "K"


def test_that_trains_come_ten_times_a_second_from_the_time_given(beamtime: Beamtime) -> None:
    beamtime.write_raw(SCAN, start_time=1_700_000_000.25)
    times = RunDirectory(str(beamtime.raw_path(SCAN))).train_timestamps()
    assert times[0] == np.datetime64("2023-11-14T22:13:20.250")
    assert (np.diff(times) == np.timedelta64(100, "ms")).all()


def test_that_runs_without_a_time_are_spaced_as_the_options_say(written: Beamtime) -> None:
    first, second = (RunDirectory(str(written.raw_path(run))).train_timestamps()[0] for run in (1, 2))
    assert second - first == np.timedelta64(300, "s")


def test_that_calibrated_data_are_preferred_and_in_photons(written: Beamtime) -> None:
    raw = contents(written, SCAN, sources.DETECTOR, sources.DETECTOR_PIXELS)
    photons = contents(written, SCAN, sources.DETECTOR, sources.DETECTOR_PIXELS, data="all")
    mask = contents(written, SCAN, sources.DETECTOR, sources.DETECTOR_MASK, data="all")
    assert raw.dtype == np.uint16
    assert photons.dtype == np.float32
    assert photons.shape == raw.shape == mask.shape
    np.testing.assert_array_equal(np.isnan(photons), mask != 0)
    assert raw.mean() > 900
    assert -1 < np.nanmean(photons) < 10
    everything = open_run(str(written.proposal_path), SCAN, data="all")
    assert sources.CAMERA in everything.all_sources
    assert everything.train_ids == RunDirectory(str(written.raw_path(SCAN))).train_ids


def test_that_calibrated_data_keep_the_times_of_the_raw_data(beamtime: Beamtime) -> None:
    beamtime.write_raw(SCAN, start_time=1_700_000_000.0)
    beamtime.write_proc(SCAN)
    raw, proc = (RunDirectory(str(path)) for path in (beamtime.raw_path(SCAN), beamtime.proc_path(SCAN)))
    assert (raw.train_timestamps() == proc.train_timestamps()).all()


def test_that_a_missing_source_is_missing_and_the_others_are_there(written: Beamtime) -> None:
    data = open_run(str(written.proposal_path), run_without_camera(written), data="all")
    assert sources.CAMERA not in data.all_sources
    with pytest.raises(SourceNameError):
        data[sources.CAMERA, sources.CAMERA_PIXELS]
    assert {sources.XGM_FAST, sources.DIGITIZER, sources.DETECTOR} <= data.all_sources


def test_that_a_dark_run_has_no_beam_and_no_calibrated_data(written: Beamtime) -> None:
    assert not written.proc_path(DARK).exists()
    with pytest.raises(UserError, match="nothing to calibrate"):
        written.write_proc(DARK)
    assert np.abs(contents(written, DARK, sources.XGM_FAST, sources.XGM_INTENSITY)).max() < 3


def test_that_a_seed_gives_the_same_data_in_any_order_and_another_seed_others(
    tmp_path: Path, written: Beamtime
) -> None:
    again = Beamtime(tmp_path / "again", written.options)
    other = Beamtime(tmp_path / "other", replace(written.options, seed=2))
    for run in (5, SCAN):
        again.write_raw(run)
        other.write_raw(run)
    fast = ((sources.XGM_FAST, sources.XGM_INTENSITY), (sources.DETECTOR, sources.DETECTOR_PIXELS))
    for source, key in (*fast, (sources.MOTOR, sources.MOTOR_POSITION)):
        expected = contents(written, SCAN, source, key)
        np.testing.assert_array_equal(contents(again, SCAN, source, key), expected)
        assert not np.array_equal(contents(other, SCAN, source, key), expected)


def test_that_a_run_of_the_default_size_is_small_and_written_at_once(tmp_path: Path) -> None:
    beamtime = Beamtime(tmp_path)
    begin = time.process_time()
    beamtime.write_raw(SCAN)
    beamtime.write_proc(SCAN)
    assert time.process_time() - begin < 1.0
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.h5")) < 8e6


def test_that_the_size_of_a_run_is_known_beforehand(tmp_path: Path) -> None:
    beamtime = Beamtime(tmp_path)
    plan = beamtime.plan(SCAN)
    raw, proc = (
        sum(file.stat().st_size for file in write(SCAN).iterdir())
        for write in (beamtime.write_raw, beamtime.write_proc)
    )
    assert raw_size(beamtime.options, plan) == pytest.approx(raw, rel=0.15)
    assert proc_size(beamtime.options, plan) == pytest.approx(proc, rel=0.15)


def test_that_the_smallest_beamtime_can_be_opened(tmp_path: Path) -> None:
    smallest = BeamtimeOptions(
        trains=1, pulses=1, scan_steps=1, trace_samples=4, camera_shape=(8, 8), detector_shape=(8, 8)
    )
    beamtime = Beamtime(tmp_path, smallest)
    for run in (DARK, SCAN):
        RunValidator(str(beamtime.write_raw(run))).validate()
        assert len(RunDirectory(str(beamtime.raw_path(run))).train_ids) == 1


def test_that_a_run_that_is_there_is_never_overwritten(beamtime: Beamtime) -> None:
    beamtime.write_raw(SCAN)
    beamtime.write_proc(SCAN)
    before = {file: file.stat().st_mtime_ns for file in beamtime.proposal_path.rglob("*.h5")}
    for write in (beamtime.write_raw, beamtime.write_proc):
        with pytest.raises(UserError, match="already") as refused:
            write(SCAN)
        assert refused.value.hint
    assert {file: file.stat().st_mtime_ns for file in beamtime.proposal_path.rglob("*.h5")} == before


def test_that_calibrating_before_the_raw_data_are_there_is_refused(beamtime: Beamtime) -> None:
    with pytest.raises(UserError, match="no raw detector data"):
        beamtime.write_proc(SCAN)
    assert not beamtime.proc_path(SCAN).exists()


def test_that_raw_data_that_cannot_be_read_leave_no_calibrated_run(beamtime: Beamtime) -> None:
    (raw_file,) = beamtime.write_raw(SCAN).glob("*EPIX01*")
    raw_file.write_bytes(b"not HDF5")
    with pytest.raises(UserError):
        beamtime.write_proc(SCAN)
    assert not beamtime.proc_path(SCAN).exists()


def test_that_a_root_that_is_no_directory_is_refused(tmp_path: Path, options: BeamtimeOptions) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file")
    with pytest.raises(UserError, match="Cannot make the proposal directory"):
        Beamtime(in_the_way, options).write_raw(1)


def test_that_a_run_larger_than_the_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    beamtime = Beamtime(tmp_path, BeamtimeOptions(trains=1_000_000, camera_shape=(16_384, 16_384)))
    with pytest.raises(UserError, match="does not fit"):
        beamtime.write_raw(SCAN)
    assert not beamtime.raw_path(SCAN).exists()


@pytest.mark.parametrize("start_time", [-1.0, 0.0, float("nan"), float("inf")])
def test_that_a_run_cannot_begin_at_no_time(beamtime: Beamtime, start_time: float) -> None:
    with pytest.raises(UserError, match="begin"):
        beamtime.write_raw(1, start_time=start_time)
    assert not beamtime.raw_path(1).exists()

"""Context files as people write them, on runs of several instruments: what the API gives is what EXtra-data gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from extra_data.components import LPD1M

from damnit_backend.api import Damnit

XGM_SPB = "SPB_XTD9_XGM/DOOCS/MAIN"


@pytest.fixture
def spb(instrument: Callable[[str], Any]) -> Any:
    return instrument("SPB")


@pytest.fixture
def fxe(instrument: Callable[[str], Any]) -> Any:
    return instrument("FXE")


@pytest.fixture
def scs(instrument: Callable[[str], Any]) -> Any:
    return instrument("SCS")


@pytest.fixture
def sa3(instrument: Callable[[str], Any]) -> Any:
    return instrument("SA3")


@pytest.fixture
def jungfrau(instrument: Callable[[str], Any]) -> Any:
    return instrument("JF")


def first_frames(folder: Path, pattern: str, dataset: str, frames: int = 1) -> list[np.ndarray]:
    """The first frames of each file, read without EXtra-data."""
    found = []
    for path in sorted(folder.glob(pattern)):
        with h5py.File(path) as file:
            source = next(
                name for root in file["INSTRUMENT"].values() for kind in root.values() for name in kind.values()
            )
            found.append(source[dataset][:frames])
    return found


def test_that_slow_data_of_spb_are_those_that_extra_data_reads(spb: Any) -> None:
    run = spb.open(238)
    intensity = run[f"{XGM_SPB}:output", "data.intensityTD"].ndarray()[:, :30]
    upstream = run["SA1_XTD2_XGM/DOOCS/MAIN:output", "data.intensityTD"].ndarray()[:, :30]

    found = spb.values(238, "n_trains", "energy", "energy_of_pulses", "n_pulses", "transmission", "state", "units")

    assert found["n_trains"] == 64
    assert found["n_pulses"] == 30
    np.testing.assert_array_equal(found["energy_of_pulses"].values, intensity)
    np.testing.assert_array_equal(found["energy_of_pulses"]["trainId"], run.train_ids)
    np.testing.assert_allclose(found["energy"].values, intensity.mean(axis=1), rtol=1e-6)
    assert found["transmission"] == pytest.approx(100 * (intensity.mean(1) / upstream.mean(1)).mean(), rel=1e-5)
    assert found["state"] == "ON"
    assert found["units"] == "μJ"
    table = spb.table[238]
    assert table["energy"].summary() == pytest.approx(intensity.mean(axis=1).mean(), rel=1e-6)
    assert table["energy"].units == "μJ"  # as it stands in the file, with the other mu


def test_that_tables_and_images_of_slow_data_come_back(spb: Any) -> None:
    run = spb.open(238)
    found = spb.values(238, "beam_position", "slow", "sidemic", "profiles")

    pd.testing.assert_frame_equal(
        found["beam_position"], run.get_dataframe(fields=[(f"{XGM_SPB}*", "*.i[xy]Pos")]), check_like=True
    )
    assert found["slow"]["ixPos"].identical(run[XGM_SPB, "beamPosition.ixPos"].xarray(name="ixPos"))
    camera = run["SPB_IRU_CAM/CAM/SIDEMIC:daqOutput", "data.image.pixels"]
    xr.testing.assert_allclose(found["sidemic"], camera.xarray().mean("trainId"))
    assert found["profiles"].shape == (480, 640, 4)


def test_that_calibrated_agipd_data_take_the_place_of_raw_ones(spb: Any) -> None:
    frames = first_frames(spb.path / "proc/r0238", "*AGIPD*.h5", "image/data")
    expected = np.stack([frames[module][0] for module in (0, 7, 15)])

    found = spb.values(238, "agipd_first", "agipd_intensity", "agipd_brightest", "agipd_frames", "agipd_modules")

    assert found["agipd_first"].dtype == np.float32
    np.testing.assert_array_equal(found["agipd_first"].values, expected)
    assert found["agipd_first"].dims[0] == "module"
    np.testing.assert_allclose(found["agipd_intensity"], expected.mean(axis=(1, 2)), rtol=1e-5)
    assert found["agipd_brightest"] == (0, 7, 15)[expected.mean(axis=(1, 2)).argmax()]
    assert found["agipd_modules"] == 16
    assert found["agipd_frames"] == 64


def test_that_agipd_data_under_the_names_of_today_are_read_too(spb: Any) -> None:
    frames = first_frames(spb.path / "proc/r0142", "*AGIPD*.h5", "image/data")

    found = spb.values(142, "agipd_first", "agipd_masked")

    np.testing.assert_array_equal(found["agipd_first"].values, np.stack([frames[m][0] for m in (0, 7, 15)]))
    assert found["agipd_masked"] == 1


@pytest.mark.parametrize(
    ("run", "missing"), [(238, "SPB_LAS_SYS/MOTOR/DELAY"), (142, "SPB_XTD9_XGM/DOOCS/MAIN:output")]
)
def test_that_a_source_that_is_not_there_is_named(spb: Any, run: int, missing: str) -> None:
    failures = {name: message for name, (cls, message) in spb.failures(run).items() if cls == "SourceNameError"}

    assert failures
    assert any(missing in message for message in failures.values())
    assert "delay" in failures
    assert spb.failures(run)["delay_on"][0] == "Skip"


def test_that_groups_read_each_their_own_xgm(fxe: Any) -> None:
    run = fxe.open(450)
    energies = {}
    for group, source in (("sase", "SA1_XTD2_XGM/DOOCS/MAIN"), ("spb", XGM_SPB)):
        energy = run[f"{source}:output", "data.intensityTD"].xarray()[:, :30].mean(axis=1)
        found = fxe.values(450, f"{group}.energy", f"{group}.flux", f"{group}.spread")
        assert len(energy) == 480  # two sequence files
        xr.testing.assert_identical(found[f"{group}.energy"], energy)
        assert found[f"{group}.flux"] == run[source, "pulseEnergy.photonFlux"].ndarray()[0]
        assert found[f"{group}.spread"] == pytest.approx(100 * float(energy.std() / energy.mean()))
        energies[group] = energy

    assert fxe.values(450, "both")["both"] == pytest.approx(np.corrcoef(list(energies.values()))[0, 1])


def test_that_a_camera_that_took_no_image_is_no_failure_of_the_run(fxe: Any) -> None:
    assert fxe.values(450, "exposures", "complete") == {"exposures": 480, "complete": 480}
    assert np.isnan(fxe.values(450, "no_exposures")["no_exposures"])


def test_that_lpd_is_read_train_by_train(fxe: Any) -> None:
    frames = first_frames(fxe.path / "proc/r0450", "*LPD*.h5", "image/data", 2)

    assert fxe.values(450, "lpd_kind", "lpd_modules")["lpd_kind"] == "float32"
    np.testing.assert_allclose(fxe.values(450, "lpd_train")["lpd_train"], np.mean(frames[:2], axis=(0, 1)), rtol=1e-5)
    assert fxe.table[450]["lpd_train"].summary() == 10000


def test_that_modules_and_trains_that_are_missing_are_told(fxe: Any) -> None:
    found = fxe.values(451, "lpd_modules", "lpd_kind", "lpd_missed")

    assert found == {"lpd_modules": "0, 1", "lpd_kind": "uint16", "lpd_missed": 10}
    assert LPD1M(fxe.open(451), min_modules=1, raw=True).data_availability().shape == (2, 50)
    assert "lpd_train" not in fxe.table[451]  # it waits for calibrated data
    assert fxe.failures(451)["sase.energy"][0] == "SourceNameError"


def test_that_sequences_of_many_files_are_one_run(scs: Any) -> None:
    found = scs.values(163, "n_trains", "n_files", "modules", "second_sequence")

    assert found.pop("modules").tolist() == list(range(16))
    assert found == {"n_trains": 128, "n_files": 32, "second_sequence": 10064}


def test_that_detector_data_reach_other_variables_of_the_run(scs: Any) -> None:
    frames = np.stack(first_frames(scs.path / "raw/r0163", "*DSSC0[01]-S00000.h5", "image/data", 2))[:, :, 0]

    found = scs.values(163, "first_frames", "counts")

    np.testing.assert_array_equal(found["first_frames"], frames)
    assert found["counts"] == pytest.approx(frames.mean())
    assert scs.table[163]["first_frames"].preview_data().shape == (2 * 2 * 128, 512)
    assert "dssc" not in scs.table[163]


def test_that_devices_of_a_tunnel_are_read(sa3: Any) -> None:
    run = sa3.open(317)
    energy = run["SA3_XTD10_XGM/XGM/DOOCS:output", "data.intensityTD"].ndarray()[:, :30].mean(axis=1)

    found = sa3.values(317, "energy", "energy_twice", "temperatures", "images", "no_images", "at_start")

    np.testing.assert_allclose(found["energy"].values, energy, rtol=1e-6)
    assert sa3.table[317]["energy"].summary() == pytest.approx(np.median(energy), rel=1e-6)
    assert found["energy_twice"].name == "twice"
    np.testing.assert_array_equal(found["energy_twice"].index, run.train_ids)
    assert len(found["temperatures"]) == 9
    assert found["images"].tolist() == [5] * 50
    assert found["no_images"] == 0
    assert found["at_start"] == 0


def test_that_a_wrong_key_is_named_with_its_source(sa3: Any) -> None:
    cls, message = sa3.failures(317)["wrong_key"]

    assert cls == "PropertyNameError"
    assert "actualPositon" in message
    assert "SA3_XTD10_MCP/MOTOR/X2" in message
    assert sa3.failures(317)["steps"] == ("Skip", "the motor did not move")


def test_that_a_scan_is_seen(sa3: Any) -> None:
    position = sa3.open(318)["SA3_XTD10_MCP/MOTOR/X2", "actualPosition"].ndarray()

    found = sa3.values(318, "position", "steps", "trace")

    np.testing.assert_array_equal(found["position"], position)
    assert found["steps"] == 5
    assert sa3.table[318]["position"].summary() == pytest.approx(np.ptp(position))
    assert found["trace"].shape == (40000,)


def test_that_jungfrau_modules_are_read(jungfrau: Any) -> None:
    frames = first_frames(jungfrau.path / "raw/r0012", "*JNGFR0[12]*.h5", "data/adc")

    found = jungfrau.values(12, "image", "modules", "corner")

    np.testing.assert_array_equal(found["image"], np.stack([frame[0, 0] for frame in frames]))
    assert found["modules"] == 8
    assert jungfrau.table[12]["corner"].summary() == found["corner"].max() == 2 + 3 * 128 + 3
    assert jungfrau.values(52, "mask")["mask"][0, :32].tolist() == list(range(32))


def test_that_what_only_calibration_makes_is_read_beside_raw_data(instrument: Callable[[str], Any]) -> None:
    sqs = instrument("SQS")
    run = sqs.open(210, "all")

    found = sqs.values(210, "energy", "hits", "baseline", "ratio")

    np.testing.assert_array_equal(found["hits"], run["SQS_REMI_DLD6/DET/TOP:output", "rec.hits"].ndarray()["x"])
    assert found["baseline"] == ":1000"
    assert found["ratio"] == pytest.approx(100 / found["energy"].mean())
    assert sqs.failures(210) == {}


@pytest.mark.parametrize("name", ["SPB", "FXE", "SCS", "SA3", "JF", "SQS"])
def test_that_each_run_has_the_start_of_its_first_train(instrument: Callable[[str], Any], name: str) -> None:
    made = instrument(name)
    starts = Damnit(made.table.folder.path).table().set_index("run")["start_time"]

    for run, start in starts.items():
        first = made.open(run, "raw").train_timestamps(labelled=False)[0]
        assert start.to_datetime64() == first

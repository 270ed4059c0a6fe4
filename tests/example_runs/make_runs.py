"""Make the example runs: `python make_runs.py ROOT`.

Runs of six proposals, in the layouts that EXtra-data keeps as examples, below ROOT as the facility does it:
`ROOT/SPB/202401/p002301/raw/r0238`. EXtra-data's makers leave most numbers zero; here they get some.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
from extra_data.tests import make_examples as make
from extra_data.tests.mockdata import write_file
from extra_data.tests.mockdata.base import DeviceBase
from extra_data.tests.mockdata.motor import Motor
from extra_data.tests.mockdata.xgm import XGM

PROPOSALS = {"SPB": 2301, "FXE": 2302, "SCS": 2303, "SA3": 2304, "JF": 2305, "SQS": 2306}
CYCLE = "202401"
PULSES = 30
STEPS = 5

# Bits of the bunch pattern: a charge that goes to the dump behind SASE1, kicked into SASE3, a pulse of SQS's laser
TO_SASE1 = 4 << 18 | 1
TO_SASE3 = TO_SASE1 | 1 << 27
PUMP = 1 << 12


class TimeServer(DeviceBase):
    """The machine's timing: which bunches go to which undulator, and when the laser fires."""

    output_channels = ("outputBunchPattern/data",)
    instrument_keys = (("bunchPatternTable", "u4", (2700,)),)


class Digitizer(DeviceBase):
    """A fast ADQ digitizer with one channel."""

    output_channels = ("network/digitizers",)
    instrument_keys = (("channel_1_A/raw/samples", "i2", (40000,)),)


def fill(path: Path, name: str, values: Callable[[tuple[int, ...]], np.ndarray]) -> None:
    """Replace what is in a dataset, given what its shape needs."""
    with h5py.File(path, "r+") as file:
        dataset = file[name]
        dataset[:] = values(dataset.shape)


def fill_xgms(folder: Path, seed: int) -> None:
    """Intensities of the first pulses of each train, and the beam's position, in all files of a run."""
    rng = np.random.default_rng(seed)
    for path in sorted(folder.glob("*-DA*.h5")):
        with h5py.File(path, "r+") as file:
            devices = [f"{a}/{b}/{c}" for a, types in file.get("CONTROL", {}).items() for b in types
                       for c in file[f"CONTROL/{a}/{b}"] if "XGM" in a]  # fmt: skip
            for device in devices:
                intensity = file[f"INSTRUMENT/{device}:output/data/intensityTD"]
                energies = np.ones(intensity.shape, "f4")  # what the XGM writes where there is no pulse
                energies[:, :PULSES] = rng.normal(800, 40, (len(energies), PULSES))
                intensity[:] = energies
                for axis in ("ixPos", "iyPos"):
                    position = file[f"CONTROL/{device}/beamPosition/{axis}/value"]
                    position[:] = rng.normal(0, 0.1, position.shape)
                file[f"CONTROL/{device}/pulseEnergy/photonFlux/value"][:] = rng.normal(700, 5)
                file[f"CONTROL/{device}/pulseEnergy/wavelengthUsed/value"][:] = 0.15


def fill_modules(folder: Path, pattern: str, frames: int = 3) -> None:
    """Counts in the first frames of each module of a detector; the others take no space on the disk."""
    for number, path in enumerate(sorted(folder.glob(pattern))):
        rng = np.random.default_rng(number)
        with h5py.File(path, "r+") as file:
            for domain, types in file["INSTRUMENT"].items():
                for source in (f"{domain}/{kind}/{name}" for kind in types for name in types[kind]):
                    images = file[f"INSTRUMENT/{source}/image/data"]
                    images[:frames] = rng.integers(0, 500, (frames, *images.shape[1:])).astype(images.dtype)


def made(root: Path, instrument: str, run: int, stage: str = "raw") -> Path:
    """The new folder of a run."""
    folder = root / instrument / CYCLE / f"p{PROPOSALS[instrument]:06d}" / stage / f"r{run:04d}"
    folder.mkdir(parents=True)
    return folder


def spb(root: Path) -> None:
    """238: AGIPD, two XGMs, a camera, raw and calibrated. 142: calibrated data of today, with names of their own."""
    raw, proc = made(root, "SPB", 238), made(root, "SPB", 238, "proc")
    make.make_spb_run(raw, sensor_size=(64, 48), format_version="1.2")
    make.make_spb_run(proc, raw=False, format_version="1.2")
    fill_xgms(raw, 1)
    fill_modules(raw, "*AGIPD*.h5")
    fill_modules(proc, "*AGIPD*.h5")
    for path in raw.glob("*-DA*.h5"):
        camera = "INSTRUMENT/SPB_IRU_CAM/CAM/SIDEMIC:daqOutput/data/image/pixels"
        fill(path, camera, lambda shape: np.arange(np.prod(shape), dtype="u8").reshape(shape) % 4096)
    raw, proc = made(root, "SPB", 142), made(root, "SPB", 142, "proc")
    make.make_agipd1m_run(raw)
    make.make_modern_spb_proc_run(proc)
    fill_modules(proc, "*AGIPD*.h5")


def fxe(root: Path) -> None:
    """450: LPD, raw and calibrated, two sequences of slow data. 451: two modules of LPD, one lacks a train."""
    raw, proc = made(root, "FXE", 450), made(root, "FXE", 450, "proc")
    make.make_fxe_run(raw, format_version="1.2")
    make.make_fxe_run(proc, raw=False, format_version="1.2")
    fill_xgms(raw, 2)
    fill_xgms(proc, 2)
    fill_modules(raw, "*LPD*.h5")
    fill_modules(proc, "*LPD*.h5")
    make.make_lpd_run_mini_missed_train(made(root, "FXE", 451))


def scs(root: Path) -> None:
    """163: DSSC, two sequence files a module: 32 files."""
    folder = made(root, "SCS", 163)
    make.make_scs_run(folder)
    fill_modules(folder, "*DSSC*.h5")


def sa3(root: Path) -> None:
    """317: the tunnel's devices. 318: a motor that scans, the machine's timing, a digitizer."""
    folder = made(root, "SA3", 317)
    make.make_sa3_da_file(folder / "RAW-R0317-DA01-S00000.h5", ntrains=50, format_version="1.2")
    fill_xgms(folder, 3)
    write_scan(made(root, "SA3", 318) / "RAW-R0318-DA01-S00000.h5")


def write_scan(path: Path) -> None:
    """A run in which a motor goes through STEPS positions of 20 trains, with 30 pulses to SASE3 in each train."""
    trains = 20 * STEPS
    devices = [
        Motor("SA3_XTD10_MCP/MOTOR/X2"),
        XGM("SA3_XTD10_XGM/XGM/DOOCS"),
        TimeServer("SA3_BR_UTC/TSYS/TIMESERVER"),
        Digitizer("SQS_DIGITIZER_UTC4/ADC/1"),
    ]
    write_file(path, devices, ntrains=trains, chunksize=20, format_version="1.2")
    fill_xgms(path.parent, 4)
    rng = np.random.default_rng(5)
    position = np.repeat(np.arange(STEPS, dtype=float), 20) + rng.normal(0, 1e-4, trains)
    fill(path, "CONTROL/SA3_XTD10_MCP/MOTOR/X2/actualPosition/value", lambda _: position)
    table = np.zeros(2700, "u4")
    table[100 : 100 + 8 * PULSES : 8] = TO_SASE3
    table[1000 : 1000 + 8 * PULSES : 8] = TO_SASE1
    table[100 : 100 + 8 * PULSES : 16] |= PUMP
    pattern = "INSTRUMENT/SA3_BR_UTC/TSYS/TIMESERVER:outputBunchPattern/data/bunchPatternTable"
    fill(path, pattern, lambda shape: np.broadcast_to(table, shape))
    traces = "INSTRUMENT/SQS_DIGITIZER_UTC4/ADC/1:network/digitizers/channel_1_A/raw/samples"
    fill(path, traces, lambda shape: rng.integers(-200, 200, shape, "i2"))


def jungfrau(root: Path) -> None:
    """12: eight modules at SPB. 52: two detectors of FXE in one run."""
    folder = made(root, "JF", 12)
    make.make_jungfrau_run(folder)
    for number in range(1, 9):
        adc = f"INSTRUMENT/SPB_IRDA_JF4M/DET/JNGFR{number:02}:daqOutput/data/adc"
        with h5py.File(folder / f"RAW-R0012-JNGFR{number:02}-S00000.h5", "r+") as file:
            file[adc][0, 0, :64, :128] = number + np.arange(64 * 128).reshape(64, 128)
    make.make_fxe_jungfrau_run(made(root, "JF", 52))


def sqs(root: Path) -> None:
    """210: an XGM, and hits that were reconstructed from a reaction microscope."""
    folder = made(root, "SQS", 210)
    write_file(folder / "RAW-R0210-DA01-S00000.h5", [XGM("SA3_XTD10_XGM/XGM/DOOCS")], 100, format_version="1.2")
    fill_xgms(folder, 6)
    make.make_remi_run(made(root, "SQS", 210, "proc"))


def set_times(root: Path) -> None:
    """Give each train the time that it has in all files of the run."""
    for path in root.rglob("*.h5"):
        start = 1_700_000_000 + 60 * int(path.parent.name[1:])
        with h5py.File(path, "r+") as file:
            if "INDEX/timestamp" in file:  # older files know no times
                nanoseconds = start * 10**9 + (file["INDEX/trainId"][:] - 10000) * 10**8
                file["INDEX/timestamp"][:] = np.where(file["INDEX/trainId"][:] > 0, nanoseconds, 0)


def make_runs(root: Path) -> None:
    for maker in (spb, fxe, scs, sa3, jungfrau, sqs):
        maker(root)
    set_times(root)


if __name__ == "__main__":
    make_runs(Path(sys.argv[1]))

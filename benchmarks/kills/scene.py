"""The place of the action: a simulated beamtime, and its folder on a small disk of its own where that can be had."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.control.make import init_folder
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_database

SETTINGS = "settle_seconds = 0.2\nscan_seconds = 0.1\nworkers = 2\n"
DISK_MEGABYTES = 96

CONTEXT = """
import time
import numpy as np
from damnit_ctx import Skip, Variable

@Variable()
def number(run, n: "meta#run_number"):
    return 1000 * n

@Variable()
def trains(run):
    return len(run.train_ids)

@Variable()
def curve(run, number: "var#number"):
    time.sleep(0.02)
    return np.arange(5000.0) + number

@Variable()
def image(run, number: "var#number"):
    time.sleep(0.02)
    return np.random.default_rng(number).random((120, 160))

@Variable()
def failing(run, number: "var#number"):
    raise ValueError(f"as it should, in run {number}")

@Variable()
def skipping(run):
    raise Skip("nothing to see")

@Variable()
def last(run, image: "var#image", curve: "var#curve"):
    time.sleep(0.05)
    return float(image.sum())
"""
"""Deterministic: what each run must show in the end is known beforehand."""


@dataclass(frozen=True)
class Scene:
    """``disk``: where the folder's own small disk is mounted, None if it is on a usual one."""

    directory: Path
    folder: Folder
    beamtime: Beamtime
    disk: Path | None
    journal: str

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "DAMNIT_CONFIG": str(self.directory / "damnit.toml"),
            "XDG_CONFIG_HOME": str(self.directory / "config"),
            "XDG_STATE_HOME": str(self.directory / "state"),
            "XFEL_DATA_ROOT": str(self.directory / "data"),
            "EXTRA_DATA_DATA_ROOT": str(self.directory / "data"),
        }

    def start(self, log: str, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """A Python process in the scene; what it says goes to the end of a log."""
        with (self.directory / log).open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip


@contextlib.contextmanager
def make_scene(directory: Path, *, journal: str) -> Iterator[Scene]:
    """A folder that is ready, and gone afterwards with its disk."""
    (directory / "damnit.toml").write_text(SETTINGS, encoding="utf-8")
    beamtime = Beamtime(
        directory / "data",
        BeamtimeOptions(trains=10, pulses=4, trace_samples=100, camera_shape=(16, 24), detector_shape=(16, 16)),
    )
    beamtime.prepare()
    place = directory / "disk"
    place.mkdir()
    mounted = _mount(place)
    try:
        folder = init_folder(place / "amore", beamtime.options.proposal, CONTEXT)
        with open_database(folder) as database:
            database.set_journal_mode(journal)
        yield Scene(directory, folder, beamtime, place if mounted else None, journal)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False)


def _mount(place: Path) -> bool:
    """Whether a small disk could be mounted there; only root may, and not everywhere."""
    if os.getuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "damnit-kills", str(place)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0

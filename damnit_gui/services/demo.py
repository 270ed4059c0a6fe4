"""A simulated beamtime to try everything with, as a process of its own."""

import subprocess
import time
from pathlib import Path

from damnit_backend.control.command_line import damnit_command
from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import USUAL_PLACE

RUNS = 60
"""It ends by itself after so many runs, so that it never fills a disk."""
START_SECONDS = 30.0


def start_demo(directory: Path) -> Path:
    """Start the demonstration in a directory; its DAMNIT folder, as soon as there is one. Blocking."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "demo.log").open("ab") as log:
            process = subprocess.Popen(
                damnit_command("demo", "--no-window", "--runs", RUNS, "--dir", directory),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
    except OSError as error:
        raise UserError(
            f"The demonstration cannot be put into {directory}: {error.strerror}.", "Choose another place."
        ) from error
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        folder = find_demo(directory)
        if folder is not None:
            return folder
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise UserError(f"The demonstration did not start: {_last_line(directory / 'demo.log')}")


def find_demo(directory: Path) -> Path | None:
    """The DAMNIT folder of a demonstration, once its database is there."""
    databases = sorted(directory.glob(f"*/*/p*/{USUAL_PLACE}/runs.sqlite"))
    return databases[0].parent if databases else None


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it left no word in {log}."

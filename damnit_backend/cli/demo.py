"""`damnit demo`: the whole product on a simulated beamtime."""

import os
import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from damnit_backend.control.listener import stop_listener
from damnit_backend.control.make import init_folder
from damnit_backend.core.errors import UserError
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.folder import USUAL_PLACE, Folder
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.table import read_table

from .helpers import Helpers
from .settled import all_processed
from .table import print_table

SETTINGS = """\
# For the demonstration: runs are small and written at once, so they settle quickly.
settle_seconds = 0.4
scan_seconds = 0.2
"""
HEADLESS_RUNS = 5
SECONDS_A_RUN = 10.0
LISTENER_START_SECONDS = 3.0
INTERRUPTED = 130
"""The exit code that shells give to what Ctrl+C has ended."""


def command(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where everything goes. Default: a new temporary directory.")
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a screen: the same window, drawn to a file.")
    ] = False,
    window: Annotated[
        bool, typer.Option("--window/--no-window", help="Whether to open a window; without, only take runs.")
    ] = True,
    runs: Annotated[
        int | None, typer.Option(min=1, help="How many runs. Default: endless, or 5 without a screen.")
    ] = None,
    interval: Annotated[float, typer.Option(min=0, help="Seconds from one run to the next.")] = 3.0,
    seed: Annotated[int, typer.Option(help="Another seed is another beamtime.")] = 1,
) -> None:
    """Simulate a beamtime and open the window on it: runs appear every few seconds, and their rows fill in.

    A simulator writes runs in the European XFEL's file format, a listener notices and processes them, and the window
    shows them. Without a screen the same happens invisibly; the table is printed at the end.
    """
    headless = headless or (window and not _has_screen())
    root = Path(tempfile.mkdtemp(prefix="damnit-demo-")) if directory is None else directory.expanduser().absolute()
    folder = prepare(root, seed)
    count = runs if runs is not None else (HEADLESS_RUNS if headless else 0)
    typer.echo(f"The demonstration's folder: {folder.path}")
    with Helpers(os.environ | {"DAMNIT_CONFIG": str(root / "damnit.toml")}) as helpers:
        simulator = helpers.start(
            ["simulate", str(root), "--runs", str(count), "--interval", str(interval), "--seed", str(seed)],
            root / "simulator.log",
        )
        if headless:
            _headless(folder, root, helpers, simulator, count, interval)
        elif not window:
            simulator.wait()  # A window that is open already shows them, and has the listener.
        else:
            typer.echo("Close the window to end it.")
            helpers.start(["gui", str(folder.path)]).wait()
    if window or headless:
        # The window is gone and starts no other. The listener that it started last may not have got far yet.
        deadline = time.monotonic() + (LISTENER_START_SECONDS if helpers.interrupted else 0)
        while not stop_listener(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
    if headless and helpers.interrupted:
        raise typer.Exit(INTERRUPTED)


def prepare(root: Path, seed: int) -> Folder:
    """The demonstration's proposal and DAMNIT folder; those of an earlier one at the same place go on."""
    beamtime = Beamtime(root, BeamtimeOptions(seed=seed))
    beamtime.prepare()
    folder = Folder(beamtime.proposal_path / USUAL_PLACE)
    context = resources.files("damnit_backend.simulator").joinpath("example_context.py").read_text(encoding="utf-8")
    if not folder.database.exists():
        init_folder(folder.path, BeamtimeOptions.proposal, context)
    (root / "damnit.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def _headless(
    folder: Folder, root: Path, helpers: Helpers, simulator: "subprocess.Popen[bytes]", count: int, interval: float
) -> None:
    """Run everything to the end, then print the table and where the picture of the window is."""
    picture = root / "window.png"
    picture.unlink(missing_ok=True)
    limit = 30 + (SECONDS_A_RUN + interval) * count
    window = helpers.start(
        ["gui", str(folder.path), "--screenshot", str(picture), "--size", "1600x1000", "--quit-after", str(limit)],
        root / "window.log", QT_QPA_PLATFORM="offscreen",
    )  # fmt: skip
    before = all_processed(folder)[0]
    deadline = time.monotonic() + limit
    with typer.progressbar(length=count, label="Taking runs") as bar:
        shown = 0
        while time.monotonic() < deadline and window.poll() is None:
            done, finished = all_processed(folder)
            bar.update(min(done - before, count) - shown)
            shown = min(done - before, count)
            if simulator.poll() is not None and finished:
                break
            time.sleep(0.1)
    where = f"See simulator.log and window.log in {root}, and {folder.listener_log}."
    if window.poll() is not None:
        raise UserError("The window ended before all runs were there.", where)
    if simulator.poll() is None or not all_processed(folder)[1]:
        raise UserError(f"The demonstration was not complete after {limit:.0f} s.", where)
    # The window shows what came last within a second, then draws itself and ends.
    time.sleep(1.5)
    window.terminate()
    if window.wait(timeout=20) != 0 or not picture.exists():
        raise UserError("The window did not end as it should.", where)
    with open_for_reading(folder) as database:
        print_table(read_table(database))
    typer.echo(f"A picture of the window: {picture}")


def _has_screen() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform == "darwin"

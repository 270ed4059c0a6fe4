"""`damnit demo`: the whole product on a simulated beamtime."""

import os
import signal
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

from .settled import all_processed
from .table import print_table

SETTINGS = """\
# For the demonstration: runs are small and written at once, so they settle quickly.
settle_seconds = 0.4
scan_seconds = 0.2
"""
HEADLESS_RUNS = 5
SECONDS_A_RUN = 10.0


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
    runs: Annotated[int | None, typer.Option(help="How many runs. Default: endless, or 5 without a screen.")] = None,
    interval: Annotated[float, typer.Option(help="Seconds from one run to the next.")] = 3.0,
    seed: Annotated[int, typer.Option(help="Another seed is another beamtime.")] = 1,
) -> None:
    """Simulate a beamtime and open the window on it: runs appear every few seconds, and their rows fill in.

    A simulator writes runs in the European XFEL's file format, a listener notices and processes them, and the window
    shows them. Without a screen the same happens invisibly; the table is printed at the end.
    """
    # Ended like with Ctrl+C: the simulator must not go on alone.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    headless = headless or (window and not _has_screen())
    root = Path(tempfile.mkdtemp(prefix="damnit-demo-")) if directory is None else directory.expanduser().absolute()
    folder = prepare(root, seed)
    count = runs if runs is not None else (HEADLESS_RUNS if headless else 0)
    environment = os.environ | {"DAMNIT_CONFIG": str(root / "damnit.toml")}
    typer.echo(f"The demonstration's folder: {folder.path}")
    simulator = _start(
        ["simulate", str(root), "--runs", str(count), "--interval", str(interval), "--seed", str(seed)],
        environment, root / "simulator.log",
    )  # fmt: skip
    try:
        if headless:
            _headless(folder, root, environment, simulator, count)
        elif not window:
            simulator.wait()  # A window that is open already shows them, and has the listener.
        else:
            typer.echo("Close the window to end it.")
            _start(["gui", str(folder.path)], environment, None).wait()
    except KeyboardInterrupt:
        typer.echo("Stopped.")
    finally:
        simulator.terminate()
        simulator.wait()
        if window or headless:
            stop_listener(folder)


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
    folder: Folder, root: Path, environment: dict[str, str], simulator: "subprocess.Popen[bytes]", count: int
) -> None:
    """Run everything to the end, then print the table and where the picture of the window is."""
    picture = root / "window.png"
    limit = 30 + SECONDS_A_RUN * count
    window = _start(
        ["gui", str(folder.path), "--screenshot", str(picture), "--size", "1600x1000", "--quit-after", str(limit)],
        environment | {"QT_QPA_PLATFORM": "offscreen"}, root / "window.log",
    )  # fmt: skip
    deadline = time.monotonic() + limit
    with typer.progressbar(length=count, label="Taking runs") as bar:
        shown = 0
        while time.monotonic() < deadline and window.poll() is None:
            done, finished = all_processed(folder)
            bar.update(min(done, count) - shown)
            shown = min(done, count)
            if simulator.poll() is not None and finished:
                break
            time.sleep(0.1)
    where = f"See simulator.log and window.log in {root}, and {folder.listener_log}."
    if window.poll() is not None:
        raise UserError("The window ended before all runs were there.", where)
    if simulator.poll() is None or not all_processed(folder)[1]:
        window.kill()
        raise UserError(f"The demonstration was not complete after {limit:.0f} s.", where)
    # The window shows what came last within a second, then draws itself and ends.
    time.sleep(1.5)
    window.terminate()
    if window.wait(timeout=20) != 0 or not picture.exists():
        raise UserError("The window did not end as it should.", where)
    with open_for_reading(folder) as database:
        print_table(read_table(database))
    typer.echo(f"A picture of the window: {picture}")


def _start(arguments: list[str], environment: dict[str, str], log: Path | None) -> "subprocess.Popen[bytes]":
    command_line = [sys.executable, "-m", "damnit_backend.cli", *arguments]
    if log is None:
        return subprocess.Popen(command_line, env=environment)
    with log.open("ab") as output:
        return subprocess.Popen(
            command_line, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )


def _has_screen() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or sys.platform == "darwin"

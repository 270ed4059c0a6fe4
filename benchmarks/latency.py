"""From a run's files complete on disk to its first value visible in the window: `python -m benchmarks.latency`.

Everything is real: the simulator writes runs, a listener in a process of its own processes them with the example
context file, and the window, drawn offscreen, shows them.
"""

import itertools
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtWidgets import QApplication

from benchmarks.event_loop import run_until
from damnit_backend.control.listener import live_lease, stop_listener
from damnit_backend.control.make import init_folder
from damnit_backend.core.keys import RunKey
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.folder import USUAL_PLACE, Folder
from damnit_backend.store.jobs import read_jobs
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.table import read_runs
from damnit_gui.app import App, AppOptions

SETTLE_SECONDS = 0.5
SCAN_SECONDS = 0.1


@dataclass(frozen=True)
class Latency:
    """One run, in milliseconds: the parts and their sum."""

    settle: float
    """Until the listener takes the files as complete; the settling time is a setting and the larger part."""
    start: float
    """Until a worker takes the job."""
    compute: float
    """Until the first Variable has its value: fork, open the run, compute."""
    merge: float
    """Until the value is in the run's file and in the database."""
    notice: float
    """Until the window has read it."""
    paint: float
    """Until it is drawn."""
    total: float


class PaintWatch(QObject):
    """Notes when a widget was drawn last."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.on_paint: Callable[[], None] | None = None

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint and self.on_paint is not None:
            # The event comes before the drawing; a timer of 0 ms comes after it.
            QTimer.singleShot(0, self.on_paint)
            self.on_paint = None
        return super().eventFilter(watched, event)


def main(
    runs: Annotated[int, typer.Option(help="How many runs to take.")] = 7,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the latency of new runs and print the medians."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="damnit-latency-") as directory:
        measured = measure(Path(directory), runs)
    medians = {name: statistics.median(getattr(item, name) for item in measured) for name in Latency.__annotations__}
    if json:
        each = [asdict(item) for item in measured]
        report = {"settle_seconds": SETTLE_SECONDS, "median_ms": medians, "runs_ms": each}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
        return
    print(f"Files complete to first value visible, median of {len(measured)} runs (settling time {SETTLE_SECONDS} s):")
    for name, value in medians.items():
        print(f"  {name:<8}{value:9.1f} ms")
    print(f"  beyond the settling time {medians['total'] - 1000 * SETTLE_SECONDS:.1f} ms")


def measure(directory: Path, runs: int) -> list[Latency]:
    """Take runs one after the other; the first warms up and does not count."""
    settings = directory / "damnit.toml"
    settings.write_text(f"settle_seconds = {SETTLE_SECONDS}\nscan_seconds = {SCAN_SECONDS}\n")
    os.environ["DAMNIT_CONFIG"] = str(settings)
    beamtime = Beamtime(directory, BeamtimeOptions())
    beamtime.prepare()
    context = resources.files("damnit_backend.simulator").joinpath("example_context.py").read_text(encoding="utf-8")
    folder = init_folder(beamtime.proposal_path / USUAL_PLACE, beamtime.options.proposal, context)
    qt = QApplication.instance() or QApplication(["latency"])
    assert isinstance(qt, QApplication)
    app = App(qt, AppOptions(folder=str(folder.path), size=(1600, 1000), preferences=directory / "preferences.ini"))
    app.window.resize(1600, 1000)
    app.window.show()
    app.open(str(folder.path))
    try:
        run_until(lambda: app.window.panels is not None and _is_served(folder), 60)
        return [_one(app, beamtime, folder, run) for run in range(1, runs + 2)][1:]
    finally:
        app.close()
        stop_listener(folder)


def _one(app: App, beamtime: Beamtime, folder: Folder, run: int) -> Latency:
    session, panels = app.window.session, app.window.panels
    assert session is not None
    assert panels is not None
    key = RunKey(beamtime.options.proposal, run)
    times: dict[str, float] = {}
    viewport = panels.table.view.viewport()
    assert viewport is not None
    watch = PaintWatch(viewport)
    viewport.installEventFilter(watch)

    def updated(_: object) -> None:
        data = session.table.data
        row = data.row_of(key) if data is not None else None
        if data is None or row is None or "model" in times:
            return
        if any((cell := data.cell(row, name)) and cell.value is not None for name in data.variables):
            times["model"] = time.time()
            watch.on_paint = painted

    def painted() -> None:
        times.setdefault("painted", time.time())

    def write() -> None:
        beamtime.write_raw(run, time.time())
        times["complete"] = time.time()

    session.table.updated.connect(updated)
    threading.Thread(target=write).start()
    run_until(lambda: "painted" in times and not _open_jobs(folder), 60)
    session.table.updated.disconnect(updated)
    viewport.removeEventFilter(watch)
    return _parts(folder, key, times)


def _parts(folder: Folder, key: RunKey, times: dict[str, float]) -> Latency:
    with open_for_reading(folder) as database:
        job = next(job for job in read_jobs(database) if job.request.key == key)
        computed = min(cell.timestamp or 0 for cell in read_runs(database, [key]).cells.values())
        with database.reading() as sql:
            stored = _first_value_at(sql, key)
    assert job.started is not None
    moments = (times["complete"], job.asked_at, job.started, computed, stored, times["model"], times["painted"])
    names = ("settle", "start", "compute", "merge", "notice", "paint")
    parts = {
        name: 1000 * (later - earlier)
        for name, (earlier, later) in zip(names, itertools.pairwise(moments), strict=True)
    }
    return Latency(**parts, total=1000 * (moments[-1] - moments[0]))


def _first_value_at(sql: sqlite3.Connection, key: RunKey) -> float:
    """When the first value of a run came into the table, by the change feed."""
    row = sql.execute("SELECT min(at) FROM desk_changes WHERE kind = 'value' AND proposal = ? AND run = ?", key)
    return float(row.fetchone()[0])


def _open_jobs(folder: Folder) -> bool:
    with open_for_reading(folder) as database:
        return any(job.state in ("queued", "running") for job in read_jobs(database))


def _is_served(folder: Folder) -> bool:
    with open_for_reading(folder) as database:
        return live_lease(database) is not None


if __name__ == "__main__":
    typer.run(main)

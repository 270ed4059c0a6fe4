"""Makes resources/screenshots anew: `python -m scripts.screenshots [DIRECTORY]`.

A simulated beamtime is processed for real; then the window, drawn offscreen, is taken in both themes and two sizes:
the table with a plot, a full result, the context editor with an error, jobs and log, and the welcome page.
"""

import os
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

from PyQt6.QtWidgets import QApplication

from damnit_backend.control.make import init_folder
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.simulator import Beamtime, BeamtimeOptions
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import USUAL_PLACE, Folder
from damnit_backend.store.opening import open_database

TARGET = Path(__file__).resolve().parent.parent / "resources" / "screenshots"
RUNS = 16
SIZES = ((1600, 1000), (1280, 800))
THEMES = ("light", "dark")
SETTLED = 1.2
"""Seconds in which a window has drawn everything."""

COMMENTS = {
    1: "Dark, before the beam",
    2: "Looking for the jet",
    3: "Camera was off",
    7: "Where is the jet now?",
    8: "Ferritin, second batch",
    10: "Best so far",
    12: "Jet moved, realigned",
    14: "Ring is dimmer?",
}
HIDDEN = (
    "start_time",
    "run_type",
    "n_trains",
    "label",
    "photon_energy",
    "motor",
    "spot_position",
    "diode_signal",
    "transmission",
    "jet_centre",
    "jet_scan",
    "ring_radius",
)
"""Columns left out, so that comments, an error, curves, images and colours are in one picture."""


def main() -> None:
    target = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="damnit-screenshots-") as directory:
        place = Path(directory)
        os.environ["DAMNIT_CONFIG"] = str(place / "damnit.toml")
        os.environ["XDG_STATE_HOME"] = str(place / "state")
        (place / "damnit.toml").write_text("settle_seconds = 0.2\nscan_seconds = 0.1\n")
        folder, beamtime = fill(place)
        qt = QApplication(["screenshots"])
        for theme in THEMES:
            for size in SIZES:
                take(qt, folder, beamtime, place, theme, size, target)


def fill(place: Path) -> tuple[Folder, Beamtime]:
    """A processed beamtime with some comments."""
    beamtime = Beamtime(place / "data", BeamtimeOptions(first_start=1_763_000_000.0))
    for run in range(1, RUNS + 1):
        beamtime.write_raw(run)
        if beamtime.plan(run).calibrated:
            beamtime.write_proc(run)
    context = resources.files("damnit_backend.simulator").joinpath("example_context.py").read_text(encoding="utf-8")
    folder = init_folder(beamtime.proposal_path / USUAL_PLACE, beamtime.options.proposal, context)
    # Some runs fail on purpose, which the exit code says.
    subprocess.run([sys.executable, "-m", "damnit_backend.cli", "reprocess", str(folder.path), "all"], check=False)
    with open_database(folder) as database:
        for run, comment in COMMENTS.items():
            write_edit(database, CellKey(beamtime.options.proposal, run, "comment"), comment)
    return folder, beamtime


def take(
    qt: QApplication, folder: Folder, beamtime: Beamtime, place: Path, theme: str, size: tuple[int, int], target: Path
) -> None:
    """All pictures of one theme and size."""
    from benchmarks.event_loop import run_for, run_until
    from damnit_backend.control.listener import stop_listener
    from damnit_gui.app import App, AppOptions, take_picture
    from damnit_gui.plots.spec import PlotSpec

    name = f"{theme}-{size[0]}x{size[1]}"
    # Each picture shows the window as it is for the first time.
    preferences = place / f"preferences-{name}.ini"
    app = App(qt, AppOptions(theme=theme, preferences=preferences))
    window = app.window
    window.resize(*size)
    window.show()

    def picture(what: str) -> None:
        run_for(SETTLED)
        take_picture(window, target / f"{what}-{name}.png")
        sys.stdout.write(f"{what}-{name}.png\n")

    picture("welcome")
    app.open(str(folder.path))
    run_until(lambda: window.session is not None and window.session.table.data is not None, 30)
    run_until(lambda: window.session is not None and window.session.backend.view.running, 30)
    panels = window.panels
    assert panels is not None
    key = CellKey(beamtime.options.proposal, 14, "detector_image")
    panels.table.model.set_columns(panels.table.model.column_order(), HIDDEN)
    panels.plots.add_spec(PlotSpec("run", "hit_rate", lines=True))
    panels.table.focus_cell(key)
    scroll_bar = panels.table.view.horizontalScrollBar()
    assert scroll_bar is not None
    scroll_bar.setValue(0)
    picture("window")
    panels.open_result(key)
    picture("result")
    panels.show_run_log(RunKey(*key.row))
    window.docks.reveal("jobs")
    picture("jobs")
    window.reset_layout()
    window.show_page("editor")
    code = folder.context_file.read_text(encoding="utf-8")
    panels.editor.editor.setText(code.replace("return len(run.train_ids)", "return len(run.train_ids"))
    panels.editor.check_now()
    run_until(lambda: not panels.editor.widgets.problems.isHidden(), 30)
    panels.editor.next_problem()
    picture("editor")
    panels.editor.editor.setText(code)
    app.close()
    stop_listener(folder)


if __name__ == "__main__":
    main()

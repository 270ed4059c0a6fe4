"""`damnit gui`: the window."""

import importlib
from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[
        str | None,
        typer.Argument(
            metavar="FOLDER",
            help="The DAMNIT folder, the proposal's directory, or a proposal number. None: choose in the window.",
            show_default=False,
        ),
    ] = None,
    theme: Annotated[
        str | None, typer.Option(help="light or dark. Default: as chosen before, else the system's.")
    ] = None,
    size: Annotated[str | None, typer.Option(help="Size of the window, such as 1600x1000.")] = None,
    screenshot: Annotated[Path | None, typer.Option(help="Save a picture of the window here, at the end.")] = None,
    quit_when_runs: Annotated[
        int | None, typer.Option(help="End when so many runs are complete (for trying things without a screen).")
    ] = None,
    quit_after: Annotated[float | None, typer.Option(help="End after so many seconds at the latest.")] = None,
) -> None:
    """Open the run table in a window.

    The window starts a listener for the folder if none serves it. The listener goes on when the window is closed.
    """
    # The window is another package, which this one does not depend on.
    app = importlib.import_module("damnit_gui.app")
    options = app.AppOptions(
        folder=folder,
        theme=theme,
        size=app.parse_size(size),
        screenshot=screenshot,
        quit_when_runs=quit_when_runs,
        quit_after=quit_after,
    )
    raise typer.Exit(app.run_gui(options))

"""`damnit gui`: the window."""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer

from damnit_backend.core.errors import UserError

WINDOWS = "damnit.window"
"""The group of entry points in which a package says that it has a window: the backend does not depend on one."""
DESKTOP = "desktop"
"""The one that is taken where there are several."""


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
    window = load_window()
    code = window(
        folder=folder,
        theme=theme,
        size=size,
        screenshot=screenshot,
        quit_when_runs=quit_when_runs,
        quit_after=quit_after,
    )
    raise typer.Exit(code)


def load_window() -> Callable[..., int]:
    """The window that is installed: takes the options above, returns the exit code. UserError if there is none."""
    found = entry_points(group=WINDOWS)
    if not found:
        raise UserError("No window is installed.", "Install one with: pip install damnit-desktop")
    entry = found[DESKTOP] if DESKTOP in found.names else next(iter(found))
    try:
        window: Callable[..., int] = entry.load()
    except ImportError as error:
        raise UserError(
            f"The window {entry.name} cannot be started: {error}.", "Is Qt with its libraries installed?"
        ) from error
    return window

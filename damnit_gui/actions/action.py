"""An action as data: menus, tool bar, shortcuts, the palette and the help are all built from a list of these."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PyQt6.QtGui import QUndoStack

from damnit_backend.core.keys import CellKey, RunKey
from damnit_gui.services.folder_session import FolderSession


class WindowContext(Protocol):
    """What actions may ask of the window, and do with it."""

    @property
    def session(self) -> FolderSession | None: ...
    @property
    def page(self) -> str:
        """Which page is in the middle: ``welcome``, ``table`` or ``editor``."""

    @property
    def theme(self) -> str: ...
    @property
    def following(self) -> bool:
        """Whether the table keeps the newest run in sight."""

    @property
    def undo_stack(self) -> QUndoStack | None: ...
    def current_cell(self) -> CellKey | None: ...
    def selected_runs(self) -> list[RunKey]: ...

    def show_page(self, name: str) -> None: ...
    def toggle_panel(self, name: str) -> None:
        """Show a panel and put the focus there; hide it if it has the focus already."""

    def panel_visible(self, name: str) -> bool: ...
    def reset_layout(self) -> None: ...
    def set_theme(self, name: str) -> None: ...
    def set_following(self, on: bool) -> None: ...
    def toggle_full_screen(self) -> None: ...

    def choose_folder(self) -> None: ...
    def show_welcome(self, part: str) -> None:
        """Go to the welcome page, to its part ``open``, ``new`` or ``demo``; a folder that is open stays open."""

    def close_folder(self) -> None: ...
    def check_folder(self) -> None: ...
    def back_up_folder(self) -> None: ...
    def save_context(self) -> None: ...
    def open_cell(self) -> None: ...
    def plot_current_column(self) -> None: ...
    def show_run_log(self) -> None: ...
    def show_listener_log(self) -> None: ...

    def show_palette(self) -> None: ...
    def show_shortcuts(self) -> None: ...
    def show_about(self) -> None: ...
    def close_window(self) -> None: ...


Test = Callable[[WindowContext], bool]


def always(_: WindowContext) -> bool:
    return True


def with_folder(window: WindowContext) -> bool:
    return window.session is not None


@dataclass(frozen=True, slots=True)
class Action:
    """``section`` groups what belongs together in a menu; ``checked`` makes it one that is on or off; ``short`` is the
    title where there is little room."""

    id: str
    title: str
    menu: str
    run: Callable[[WindowContext], None]
    section: int = 0
    short: str = ""
    icon: str = "mdi6.circle-small"
    shortcut: str = ""
    tip: str = ""
    enabled: Test = always
    checked: Test | None = None

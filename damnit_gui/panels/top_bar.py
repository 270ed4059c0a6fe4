"""What the tool bar has besides actions: the folder with its menu."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from damnit_gui.panels.status.elided import ElidedButton
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.theme import icon


class FolderButton(ElidedButton):
    """Shows which folder is open; its menu has the recent ones and what else can be done with folders."""

    open_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Folder", parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._recent = self._menu.addMenu(icon("mdi6.history"), "Recent")
        self._menu.addSeparator()
        self.setMenu(self._menu)
        self.set_session(None)

    @property
    def folder_menu(self) -> QMenu:
        """To be filled with the actions on folders."""
        return self._menu

    def set_session(self, session: FolderSession | None) -> None:
        if session is None:
            self.show_text("No folder  ▾", icon("mdi6.folder-outline"))
            return
        tip = f"{session.folder.path}{' (read-only)' if session.read_only else ''}"
        symbol = icon("mdi6.folder-lock-outline" if session.read_only else "mdi6.folder-table-outline")
        self.show_text(f"{folder_title(session)}  ▾", symbol, tip)

    def set_recent(self, folders: Sequence[Path]) -> None:
        if self._recent is None:
            return
        self._recent.clear()
        for folder in folders:
            self._recent.addAction(str(folder), lambda path=str(folder): self.open_requested.emit(path))
        self._recent.setEnabled(bool(folders))


def folder_title(session: FolderSession) -> str:
    """The open folder in a few words, for titles."""
    path = session.folder.path
    if session.proposal is None:
        return str(path)
    return f"p{session.proposal} – {path.name}" if path.name != "amore" else f"p{session.proposal}"


def spacer() -> QWidget:
    """Pushes what follows in a tool bar to the right."""
    made = QWidget()
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return made

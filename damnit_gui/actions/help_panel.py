"""What the keyboard can do, written from the list of actions, and what this program is."""

from collections.abc import Iterable
from html import escape
from importlib.metadata import version

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from damnit_gui.theme import SPACE_2

from .action import Action
from .bound import shortcut_text
from .catalogue import ACTIONS, MENUS

IN_TABLE = (
    ("Enter, double click", "Open the full result, or edit a cell that may be edited"),
    ("Arrows, Page Up, Page Down", "Go from cell to cell"),
    ("Ctrl+C", "Copy the selected cells"),
)
"""Keys of the table itself, which are no actions."""
KEYS_WIDTH = 150
"""Pixels of the keys' column: the same in all sections, so that the eye goes straight down."""


def shortcuts_html(actions: Iterable[Action] = ACTIONS) -> str:
    """A table of all shortcuts, by menu."""
    listed = list(actions)
    parts = []
    for menu in MENUS:
        rows = [(shortcut_text(action), action.tip or action.title) for action in listed if _is_in(action, menu)]
        parts.append(_section(menu, rows))
    parts.append(_section("In the table", IN_TABLE))
    return "\n".join(part for part in parts if part)


def _is_in(action: Action, menu: str) -> bool:
    return action.menu == menu and bool(action.shortcut)


def _section(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f"<tr><td width='{KEYS_WIDTH}'><b>{escape(keys)}</b></td><td>{escape(what)}</td></tr>" for keys, what in rows
    )
    return f"<h4>{escape(title)}</h4><table cellpadding='2'>{lines}</table>" if lines else ""


def about_html() -> str:
    """Name, version and purpose."""
    return (
        f"<h3>DAMNIT Desktop {escape(version('damnit-desktop'))}</h3>"
        "<p>A run table that fills itself: for every new run the Variables of the context file are computed, "
        "stored and shown.</p>"
        "<p>BSD-3-Clause licence. Built on Qt, PyQt6, pyqtgraph, NumPy, h5py, xarray and EXtra-data.</p>"
    )


class HelpDialog(QDialog):
    """A page of help beside the window; the window can be used while it is open."""

    def __init__(self, title: str, html: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.text = QTextBrowser()
        self.text.setHtml(html)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        self.resize(680, 620)

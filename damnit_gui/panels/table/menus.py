"""The menus of cells, titles and runs, as lists of what can be done: text, what it does, whether it can be done now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QMenu, QWidget

from damnit_gui.theme import icon


@dataclass(frozen=True)
class Entry:
    """A line of a menu; without ``run`` it separates groups."""

    text: str = ""
    run: Callable[[], object] | None = None
    symbol: str = ""
    keys: str = ""
    enabled: bool = True


SEPARATOR = Entry()


def make_menu(entries: Iterable[Entry], parent: QWidget) -> QMenu:
    """A menu that deletes itself when it is closed."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    for entry in entries:
        if entry.run is None:
            menu.addSeparator()
            continue
        action = menu.addAction(entry.text.replace("&", "&&"))
        if action is None:
            continue
        if entry.symbol:
            action.setIcon(icon(entry.symbol))
        if entry.keys:
            # Only shown: the panel's own action has the key.
            action.setShortcut(QKeySequence(entry.keys))
            action.setShortcutVisibleInContextMenu(True)
        action.setEnabled(entry.enabled)
        action.triggered.connect(lambda _=False, run=entry.run: run())
    return menu


def counted(count: int, one: str) -> str:
    """ "one run" or "3 runs"."""
    return f"one {one}" if count == 1 else f"{count} {one}s"

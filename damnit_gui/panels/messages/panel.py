"""The list of notices, the latest below; each with its time, and what to do about it."""

import time
from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QKeySequence
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from damnit_gui.services.notifier import KEPT, Level, Notice, Notifier
from damnit_gui.theme import icon

SYMBOLS = {
    Level.INFO: ("mdi6.information-outline", "accent"),
    Level.WARNING: ("mdi6.alert-outline", "warning"),
    Level.ERROR: ("mdi6.alert-circle-outline", "error"),
    Level.BUG: ("mdi6.bug-outline", "error"),
}


class MessagesPanel(QWidget):
    def __init__(self, notifier: Notifier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName("Messages")
        self.list.setWordWrap(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._add_action("Copy", self.copy_selected, QKeySequence(QKeySequence.StandardKey.Copy))
        self._add_action("Clear", self.list.clear, None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self.setFocusProxy(self.list)
        for notice in notifier.notices:
            self.add(notice)
        notifier.posted.connect(self.add)

    def _add_action(self, title: str, run: Callable[[], object], keys: QKeySequence | None) -> None:
        action = QAction(title, self.list)
        if keys is not None:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _=False: run())
        self.list.addAction(action)

    def add(self, notice: Notice) -> None:
        symbol, colour = SYMBOLS[notice.level]
        item = QListWidgetItem(icon(symbol, colour), notice_line(notice))
        item.setToolTip(notice.details)
        item.setData(Qt.ItemDataRole.UserRole, notice)
        self.list.addItem(item)
        if self.list.count() > KEPT:
            self.list.takeItem(0)
        self.list.scrollToBottom()

    def copy_selected(self) -> None:
        """Put the selected notices, with their details, on the clipboard."""
        notices = [item.data(Qt.ItemDataRole.UserRole) for item in self.list.selectedItems()]
        copy_text("\n".join(notice_report(notice) for notice in notices))


def notice_line(notice: Notice) -> str:
    """A notice in one line: time of day, what, and what to do."""
    at = time.strftime("%H:%M:%S", time.localtime(notice.at))
    return f"{at}  {notice.text} {notice.hint}".rstrip()


def notice_report(notice: Notice) -> str:
    """Everything that a notice holds."""
    return "\n".join(part for part in (notice_line(notice), notice.details) if part)


def copy_text(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)

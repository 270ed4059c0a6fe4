"""The list of folders opened lately."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from damnit_gui.theme import SPACE_2, icon

EMPTY = "Folders that you open are listed here."


class RecentList(QWidget):
    """Enter or a click opens one; Delete takes it off the list."""

    chosen = pyqtSignal(object)
    forget = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel("Recent")
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.list = _KeyList()
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName("Recent folders")
        self.list.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self._empty = QLabel(EMPTY)
        self._empty.setForegroundRole(self._empty.palette().ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(heading)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.list.deleted.connect(lambda item: self.forget.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.set_folders([])

    def set_folders(self, folders: Sequence[Path]) -> None:
        self.list.clear()
        for folder in folders:
            item = QListWidgetItem(icon("mdi6.folder-table-outline"), str(folder))
            item.setData(Qt.ItemDataRole.UserRole, folder)
            item.setToolTip(f"{folder}\nDelete takes it off this list.")
            self.list.addItem(item)
        self._empty.setVisible(not folders)
        self.list.setVisible(bool(folders))

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class _KeyList(QListWidget):
    deleted = pyqtSignal(object)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        item = self.currentItem()
        if event is not None and event.key() == Qt.Key.Key_Delete and item is not None:
            self.deleted.emit(item)
        else:
            super().keyPressEvent(event)

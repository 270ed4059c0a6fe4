"""The command palette: a line to type in and the actions that match, over the window."""

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QFrame, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from damnit_gui.theme import SPACE_2, SPACE_4, icon

from .bound import BoundActions, shortcut_text
from .fuzzy import best

WIDTH = 520
ROWS = 12
ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """Hidden until `open`; goes away when something was chosen, with Escape, or when the focus leaves it."""

    def __init__(self, actions: BoundActions, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._focus_before: QWidget | None = None
        self.setObjectName("palette")
        self.query = QLineEdit()
        self.query.setPlaceholderText("Type what you want to do")
        self.query.setClearButtonEnabled(True)
        self.query.setAccessibleName("Find an action")
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.query)
        layout.addWidget(self.list)
        self.query.textChanged.connect(self._fill)
        self.query.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self._choose(item))
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show all actions that may be done now, ready to type."""
        window = self.window()
        self._focus_before = None if window is None else window.focusWidget()
        self.query.clear()
        self._fill("")
        self._place()
        self.show()
        self.raise_()
        self.query.setFocus()

    def close_palette(self) -> None:
        if self.isVisible():
            self.hide()
            if self._focus_before is not None:
                self._focus_before.setFocus()

    def _fill(self, query: str) -> None:
        self.list.clear()
        possible = [action for action in self._actions.actions if self._actions.is_enabled(action)]
        for action in best(query, possible, lambda action: f"{action.title} {action.menu}"):
            item = QTreeWidgetItem([action.title, shortcut_text(action)])
            item.setIcon(0, icon(action.icon))
            item.setToolTip(0, action.tip)
            item.setData(0, ACTION, action)
            item.setForeground(1, self.palette().placeholderText())
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        self.list.setCurrentItem(self.list.topLevelItem(0))

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            action = item.data(0, ACTION)
            self.close_palette()
            self._actions.trigger(action)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            row = max(self.list.sizeHintForRow(0), 20)
            height = self.query.sizeHint().height() + ROWS * row + 4 * SPACE_2
            width = min(WIDTH, parent.width() - 2 * SPACE_4)
            self.setGeometry((parent.width() - width) // 2, SPACE_4 * 4, width, min(height, parent.height() // 2 + 100))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if watched is self.query and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event.key())
        if watched is self.query and event is not None and event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QResizeEvent) and watched is self.parent() and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _on_key(self, key: int) -> bool:
        """Whether the key was for the list."""
        count = self.list.topLevelItemCount()
        match key:
            case Qt.Key.Key_Down | Qt.Key.Key_Up if count:
                step = 1 if key == Qt.Key.Key_Down else -1
                row = self.list.indexOfTopLevelItem(self.list.currentItem())
                self.list.setCurrentItem(self.list.topLevelItem((row + step) % count))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self.list.currentItem())
            case Qt.Key.Key_Escape:
                self.close_palette()
            case _:
                return False
        return True

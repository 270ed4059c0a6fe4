"""The line above the table: to find a column, to go to a run, to choose what is shown and how."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from damnit_gui.theme import SPACE_1, SPACE_2, icon

FIND_WIDTH, RUN_WIDTH = 200, 90


class JumpLine(QLineEdit):
    """A line that acts while people type: Enter goes on, Shift+Enter goes back, Escape leaves it."""

    stepped = pyqtSignal(int)
    left = pyqtSignal()

    def __init__(self, placeholder: str, symbol: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.setFixedWidth(width)
        self.addAction(icon(symbol, "muted"), QLineEdit.ActionPosition.LeadingPosition)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TableBar(QFrame):
    """Shows and takes; the panel decides."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column_line = JumpLine("Find column", "mdi6.magnify", FIND_WIDTH, self)
        self.column_line.setToolTip("Jump to a column by a few letters of its title (Ctrl+F); Enter: the next one")
        self.found = QLabel(self)
        self.run_line = JumpLine("Run", "mdi6.pound", RUN_WIDTH, self)
        self.run_line.setToolTip("Jump to a run by its number (Ctrl+G)")
        self.count = QLabel(self)
        self.read_only = QLabel("Read-only", self)
        self.read_only.setToolTip("You may not write into this folder: comments cannot be edited.")
        self.follow = _button("mdi6.arrow-collapse-down", "Follow", "Scroll to each new run as it arrives")
        self.follow.setCheckable(True)
        self.follow.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.columns_menu = QMenu(self)
        self.rows_menu = QMenu(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        layout.setSpacing(SPACE_2)
        left: tuple[QWidget, ...] = (self.column_line, self.found, self.run_line)
        right: tuple[QWidget, ...] = (self.read_only, self.count, self.follow)
        for widget in left:
            layout.addWidget(widget)
        layout.addStretch(1)
        for widget in right:
            layout.addWidget(widget)
        layout.addWidget(_menu_button("mdi6.view-column-outline", "Which columns are shown", self.columns_menu))
        layout.addWidget(_menu_button("mdi6.format-line-spacing", "How high the rows are", self.rows_menu))
        for label in (self.found, self.count, self.read_only):
            # The quieter text colour of the palette, so that it follows the theme.
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)


def _button(symbol: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(symbol))
    button.setText(text)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _menu_button(symbol: str, tip: str, menu: QMenu) -> QToolButton:
    button = _button(symbol, tip, tip)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button

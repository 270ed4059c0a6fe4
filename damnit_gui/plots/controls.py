"""The few small controls that plots share: a searchable chooser and a quiet tool button."""

from collections.abc import Callable, Sequence
from typing import Any

from PyQt6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QComboBox, QCompleter, QMenu, QSizePolicy, QToolButton, QWidget

from damnit_gui.theme import icon

from .columns import Column


def tool_button(
    icon_name: str,
    tip: str,
    clicked: Callable[..., object],
    *,
    checkable: bool = False,
    parent: QWidget | None = None,
) -> QToolButton:
    """A flat button with an icon; its tip is also its accessible name."""
    button = QToolButton(parent)
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(18, 18))
    button.setAutoRaise(True)
    button.setCheckable(checkable)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(clicked)
    return button


def log_button(side: str, clicked: Callable[..., object], parent: QWidget | None = None) -> QToolButton:
    """The switch between a linear and a logarithmic axis; in words, since no icon says it."""
    button = QToolButton(parent)
    button.setText(f"log {side}")
    button.setAutoRaise(True)
    button.setCheckable(True)
    button.setToolTip(f"Logarithmic {side} axis")
    button.setAccessibleName(f"Logarithmic {side} axis")
    button.clicked.connect(clicked)
    return button


def popup_actions(widget: QWidget, event: Any) -> bool:
    """On a right click in a pyqtgraph scene, show the widget's actions as a menu; whether it was one.

    Not Qt's own context menu: a press of that button may begin a drag, which scales the view.
    """
    if event.button() != Qt.MouseButton.RightButton or not widget.actions():
        return False
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addActions(widget.actions())
    menu.popup(event.screenPos().toPoint())
    return True


class ColumnChooser(QComboBox):
    """Chooses a column by its title: from the list, or by typing any part of the title. Keeps its name."""

    chosen = pyqtSignal(str)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setToolTip(f"{label}: type a part of a title to find it")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(25)
        self._columns: tuple[Column, ...] = ()
        self._name = ""
        self._select_on_release = False
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.setPlaceholderText(label)
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(f"Choose {label}")
            edit.returnPressed.connect(self._choose_best)
            edit.editingFinished.connect(self._restore)
            edit.installEventFilter(self)
        self.activated.connect(self._on_activated)

    @property
    def name(self) -> str:
        """The name of the chosen column; empty if none is."""
        return self._name

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Offer these columns. The chosen one stays, even while the table has no number for it."""
        if tuple(columns) == self._columns:
            return
        self._columns = tuple(columns)
        self._fill()

    def set_name(self, name: str) -> None:
        """Show this column as chosen, without a signal."""
        self._name = name
        self._fill()

    def _fill(self) -> None:
        shown = self._columns
        if self._name and all(column.name != self._name for column in shown):
            shown = (*shown, Column(self._name, self._name))
        titles = [column.title for column in shown]
        with QSignalBlocker(self):
            self.clear()
            for column in shown:
                same = titles.count(column.title) > 1
                self.addItem(f"{column.title} ({column.name})" if same else column.title, column.name)
            self._restore()

    def _restore(self) -> None:
        """What was typed without choosing anything goes."""
        index = self.findData(self._name) if self._name else -1
        with QSignalBlocker(self):
            self.setCurrentIndex(index)
            self.setEditText(self.itemText(index) if index >= 0 else "")
        edit = self.lineEdit()
        if edit is not None:
            edit.setCursorPosition(0)

    def _choose_best(self) -> None:
        """Enter takes the first title that has what was typed."""
        completer, typed = self.completer(), self.currentText().strip()
        if completer is None or not typed:
            return
        completer.setCompletionPrefix(typed)
        index = self.findText(completer.currentCompletion())
        if completer.completionCount() and index >= 0:
            self._on_activated(index)

    def _on_activated(self, index: int) -> None:
        name = str(self.itemData(index))
        if name != self._name:
            self._name = name
            self.chosen.emit(name)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """A first click selects the title, so that what is typed next takes its place."""
        edit = self.lineEdit()
        if edit is not None and watched is edit and event is not None:
            if isinstance(event, QFocusEvent) and event.gotFocus():
                self._select_on_release = event.reason() == Qt.FocusReason.MouseFocusReason
            elif event.type() == QEvent.Type.MouseButtonRelease and self._select_on_release:
                self._select_on_release = False
                if not edit.hasSelectedText():
                    edit.selectAll()
                    return True
        return super().eventFilter(watched, event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self._restore()

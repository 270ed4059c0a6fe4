"""The small bar that goes to a line."""

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from damnit_gui.theme import SPACE_1, SPACE_2


class LineBar(QWidget):
    """Goes to the line while its number is typed; Enter stays there, Esc goes back."""

    chosen = pyqtSignal(int)
    """A line, from 0."""

    def __init__(self, view: QsciScintilla, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._came_from = 0
        self.field = QSpinBox()
        self.field.setMinimum(1)
        self.field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.field.valueChanged.connect(lambda line: self.chosen.emit(line - 1))
        self._total = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        layout.addWidget(QLabel("Go to line"))
        layout.addWidget(self.field)
        layout.addWidget(self._total, 1)
        self.hide()

    def open(self) -> None:
        line = self._view.getCursorPosition()[0]
        self._came_from = line
        self.field.blockSignals(True)
        self.field.setMaximum(self._view.lines())
        self.field.setValue(line + 1)
        self.field.blockSignals(False)
        self._total.setText(f"of {self._view.lines()}")
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        key = None if event is None else event.key()
        if key == Qt.Key.Key_Escape:
            self.chosen.emit(self._came_from)
        elif key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        self.hide()
        self._view.setFocus()

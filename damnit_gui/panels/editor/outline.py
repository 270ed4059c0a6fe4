"""The Variables of the context file in a list: a click goes to one, and the caret's is highlighted."""

from bisect import bisect_right
from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from damnit_backend.contextproc.protocol import VariableSpec
from damnit_gui.theme import SPACE_1, SPACE_2

_LINE_ROLE = Qt.ItemDataRole.UserRole


def in_order(variables: Sequence[VariableSpec]) -> list[VariableSpec]:
    """Those that have a place in the file, from top to bottom."""
    return sorted((each for each in variables if each.line), key=lambda each: each.line or 0)


def first_line(lines: Sequence[str], line: int) -> int:
    """The line (from 1) of the first decorator of the function that begins at a line."""
    while 2 <= line <= len(lines) and lines[line - 2].lstrip().startswith("@"):
        line -= 1
    return line


def current_entry(lines: Sequence[int], line: int) -> int | None:
    """Which of ascending first lines is the one around a line; None above the first."""
    number = bisect_right(lines, line) - 1
    return number if number >= 0 else None


class Outline(QWidget):
    chosen = pyqtSignal(int)
    """The line of a Variable, from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[int] = []
        self._title = QLabel("Variables")
        self._title.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName("Variables")
        self.list.setStyleSheet(f"QListWidget::item {{ padding: 2px {SPACE_2}px; }}")
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._title)
        layout.addWidget(self.list)

    def show_variables(self, variables: Sequence[VariableSpec], lines: Sequence[str]) -> None:
        """Show the Variables of a text, whose lines are needed to find where each begins."""
        ordered = in_order(variables)
        self._lines = [first_line(lines, each.line or 0) for each in ordered]
        self._title.setText(f"Variables ({len(variables)})" if variables else "Variables")
        self.list.clear()
        for variable, line in zip(ordered, self._lines, strict=True):
            item = QListWidgetItem(variable.title)
            item.setToolTip(_tip(variable))
            item.setData(_LINE_ROLE, line)
            self.list.addItem(item)

    def show_line(self, line: int) -> None:
        """Highlight the Variable around a line (from 1)."""
        number = current_entry(self._lines, line)
        if number is None:
            self.list.clearSelection()
        elif self.list.currentRow() != number or not self.list.selectedItems():
            self.list.setCurrentRow(number)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_LINE_ROLE))


def _tip(variable: VariableSpec) -> str:
    parts = [variable.name, f"line {variable.line}"]
    parts += [f"units: {variable.units}"] if variable.units else []
    parts += ["from calibrated data"] if variable.data == "proc" else []
    parts += [f"uses {', '.join(variable.depends)}"] if variable.depends else []
    parts += [variable.description.strip().partition("\n")[0]] if variable.description else []
    return "\n".join(parts)

"""Jumping to a column while people type letters of its title, and to a run by its number."""

from PyQt6.QtCore import QObject

from damnit_gui.models.run_table import RunTableModel
from damnit_gui.state.finding import find_columns

from .bar import TableBar
from .view import RunTableView


class Finder(QObject):
    """Connects the bar's two lines with the table."""

    def __init__(self, bar: TableBar, view: RunTableView, model: RunTableModel) -> None:
        super().__init__(view)
        self._bar = bar
        self._view = view
        self._table = model
        self._at = 0
        bar.column_line.textChanged.connect(self._column_typed)
        bar.column_line.stepped.connect(self._step)
        bar.run_line.textChanged.connect(self._run_typed)
        bar.run_line.stepped.connect(lambda _: view.setFocus())
        view.typed.connect(self._typed_into_table)
        for line in (bar.column_line, bar.run_line):
            line.left.connect(view.setFocus)

    def begin_column(self) -> None:
        """People want to find a column."""
        self._bar.column_line.setFocus()
        self._bar.column_line.selectAll()

    def begin_run(self) -> None:
        """People want to go to a run."""
        self._bar.run_line.setFocus()
        self._bar.run_line.selectAll()

    def _typed_into_table(self, text: str) -> None:
        line = self._bar.run_line if text[0].isdigit() else self._bar.column_line
        line.setFocus()
        line.setText(text)

    def _column_typed(self, text: str) -> None:
        self._at = 0
        self._show(text)

    def _step(self, by: int) -> None:
        self._at += by
        self._show(self._bar.column_line.text())

    def _show(self, text: str) -> None:
        sections = find_columns(self._table.columns, text)
        if sections:
            self._at %= len(sections)
            row = max(self._view.currentIndex().row(), self._view.rowAt(0), 0)
            self._view.go_to(row, sections[self._at])
            self._say(f"{self._at + 1} of {len(sections)}")
        elif not text.strip():
            self._say("")
        else:
            hidden = find_columns(self._table.all_columns(), text)
            self._say(f"{len(hidden)} among the hidden ones" if hidden else "no such column")

    def _say(self, text: str) -> None:
        self._bar.found.setText(text)

    def _run_typed(self, text: str) -> None:
        number = text.strip().lstrip("rR")
        row = self._table.row_of_number(int(number)) if number.isascii() and number.isdigit() else None
        if row is not None:
            self._view.go_to(row, max(self._view.currentIndex().column(), 0))
        self._say("no such run" if number and row is None else "")

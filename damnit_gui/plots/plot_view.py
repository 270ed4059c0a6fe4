"""One plot of the table: what to plot, and the plot."""

from dataclasses import replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from damnit_gui.services.table import TableService
from damnit_gui.services.tasks import Tasks
from damnit_gui.state.table_data import TableDelta
from damnit_gui.theme import SPACE_1, SPACE_2, icon

from .canvas import Canvas
from .columns import RUN_FACTS, plottable_columns
from .controls import ColumnChooser, log_button, tool_button
from .folding_row import FoldingRow
from .kinds import KINDS, kind_of, resolve
from .picture import picture_actions
from .spec import PlotSpec


class PlotView(QWidget):
    """Shows a `PlotSpec` of the table, and follows both: a person's choices and new runs."""

    spec_changed = pyqtSignal(object)
    run_clicked = pyqtSignal(object)
    """A RunKey."""

    def __init__(self, table: TableService, tasks: Tasks, spec: PlotSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._outdated = True
        self.spec = spec
        self.canvas = Canvas(self)
        self.canvas.point_clicked.connect(lambda runs: self.run_clicked.emit(runs[0]))
        picture_actions(self.canvas, self.title, tasks)
        self._note = QLabel(self)
        self._note.setContentsMargins(SPACE_2, 0, SPACE_2, SPACE_1)
        self._note.setEnabled(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_controls())
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._note)
        table.reset.connect(self._on_reset)
        table.updated.connect(self._on_updated)
        self._show_spec()

    def _make_controls(self) -> FoldingRow:
        self._y = ColumnChooser("Y", self)
        self._y.chosen.connect(lambda name: self.set_spec(replace(self.spec, y=name)))
        self._x = ColumnChooser("X", self)
        self._x.chosen.connect(lambda name: self.set_spec(replace(self.spec, x=name)))
        self._kind = self._make_kind_button()
        self._swap = tool_button("mdi6.swap-horizontal", "Exchange X and Y", lambda _: self.set_spec(self.spec.swapped))
        self._lines = tool_button(
            "mdi6.chart-line",
            "Join the points by lines",
            lambda checked: self.set_spec(replace(self.spec, lines=checked)),
            checkable=True,
        )
        self._x_log = log_button("X", lambda checked: self.set_spec(replace(self.spec, x_log=checked)), self)
        self._y_log = log_button("Y", lambda checked: self.set_spec(replace(self.spec, y_log=checked)), self)
        tools = QWidget(self)
        tools_row = QHBoxLayout(tools)
        tools_row.setContentsMargins(0, 0, 0, 0)
        tools_row.setSpacing(SPACE_1)
        for button in (self._kind, self._lines, self._x_log, self._y_log):
            tools_row.addWidget(button)
        tools_row.addStretch(1)
        row = FoldingRow(self, start_grows=True)
        row.start.addWidget(self._y, 1)
        row.start.addWidget(self._swap)
        row.start.addWidget(self._x, 1)
        row.set_middle(tools)
        return row

    def _make_kind_button(self) -> QToolButton:
        button = tool_button("mdi6.chart-scatter-plot", "Kind of plot", lambda _: None, parent=self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for kind in KINDS:
            action = menu.addAction(icon(kind.icon), kind.title)
            if action is not None:
                action.triggered.connect(lambda _, id_=kind.id: self.set_spec(replace(self.spec, kind=id_)))
        button.setMenu(menu)
        return button

    def title(self) -> str:
        """A short name for a tab."""
        if not self.spec.y:
            return "New plot"
        title = self._title_of(self.spec.y)
        return f"{title} / {self._title_of(self.spec.x)}" if kind_of(self.spec).uses_x else title

    def _title_of(self, name: str) -> str:
        data = self._table.data
        variable = data.variables.get(name) if data is not None else None
        title = variable.title if variable else RUN_FACTS.get(name, name)
        return title.rsplit("/", 1)[-1]

    def set_spec(self, spec: PlotSpec) -> None:
        if spec == self.spec:
            return
        moved = (spec.x, spec.y, spec.kind) != (self.spec.x, self.spec.y, self.spec.kind)
        logs_changed = (spec.x_log, spec.y_log) != (self.spec.x_log, self.spec.y_log)
        self.spec = spec
        self._show_spec()
        self.refresh()
        if moved or logs_changed:
            # Another plot: the part that was looked at means nothing any more.
            self.canvas.follow()
        self.spec_changed.emit(spec)

    def _show_spec(self) -> None:
        kind = kind_of(self.spec)
        self._y.set_name(self.spec.y)
        self._x.set_name(self.spec.x)
        self._kind.setIcon(icon(kind.icon))
        for widget in (self._x, self._swap, self._x_log):
            widget.setVisible(kind.uses_x)
        self._lines.setVisible(kind.lines)
        self._lines.setChecked(self.spec.lines)
        self._x_log.setChecked(self.spec.x_log)
        self._y_log.setChecked(self.spec.y_log)

    def refresh(self) -> None:
        """Draw the table as it is now."""
        self._outdated = False
        table = self._table.data
        if table is not None:
            columns = plottable_columns(table)
            self._x.set_columns(columns)
            self._y.set_columns(columns)
        data = resolve(self.spec, table)
        self.canvas.show_data(data)
        self._note.setText(data.note)
        self._note.setVisible(bool(data.note))

    def _on_reset(self) -> None:
        self._refresh_if_seen()

    def _on_updated(self, delta: TableDelta) -> None:
        names = {self.spec.x, self.spec.y}
        moved = delta.inserted or delta.removed or delta.columns_changed
        if moved or any(names & changed for changed in delta.changed.values()):
            self._refresh_if_seen()

    def _refresh_if_seen(self) -> None:
        """A plot in a hidden tab costs nothing; it is drawn when it is shown."""
        self._outdated = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self._outdated:
            self.refresh()

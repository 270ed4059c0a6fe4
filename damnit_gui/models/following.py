"""What of the loaded table is shown where, kept true while the table changes."""

from collections.abc import Collection, Iterable

import numpy as np
from PyQt6.QtCore import QObject, Qt, pyqtSignal

from damnit_backend.core.keys import CellKey, RunKey
from damnit_gui.services.table import TableService
from damnit_gui.state.columns import Column, ColumnFacts, all_columns, arrange, column_facts
from damnit_gui.state.order import Sort, row_order
from damnit_gui.state.table_data import TableData, TableDelta, stretches
from damnit_gui.state.transition import renumber, structural_delta

from .grid import GridModel

_SEPARATELY = 100
"""So many changed rows are announced one by one; more of them as one block."""


class FollowingModel(GridModel):
    """Follows a `TableService`; knows the sort and which columns people chose."""

    runs_arrived = pyqtSignal(object)
    """A list of the `RunKey`s that came in, when they are in the model already; not at the first loading."""
    sort_changed = pyqtSignal()
    arrangement_changed = pyqtSignal()
    """Columns were moved, hidden or shown by people."""

    def __init__(self, table: TableService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._data: TableData | None = None
        self._facts: dict[str, ColumnFacts] = {}
        self._sort: Sort | None = None
        self._preferred: tuple[str, ...] = ()
        self._hidden: frozenset[str] = frozenset()
        table.reset.connect(self._on_reset)
        table.updated.connect(self._on_updated)
        self._on_reset()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The shown columns."""
        return self._columns

    @property
    def hidden(self) -> frozenset[str]:
        """Names of columns that people hid, whether the table has them now or not."""
        return self._hidden

    @property
    def current_sort(self) -> Sort | None:
        return self._sort

    def facts(self, section: int) -> ColumnFacts:
        """The units and the kind of a shown column."""
        return self._facts_of(self._columns[section])

    def _facts_of(self, column: Column) -> ColumnFacts:
        facts = self._facts.get(column.name)
        if facts is None:
            facts = self._facts[column.name] = column_facts(self._loaded, column.info)
        return facts

    def key_at(self, row: int) -> RunKey:
        """The run of a shown row."""
        return self._loaded.run(int(self._rows[row])).key

    def row_of(self, key: RunKey) -> int | None:
        """Where a run is shown."""
        row = None if self._data is None else self._data.row_of(key)
        return None if row is None else self._place_of(row)

    def row_of_number(self, run: int) -> int | None:
        """Where the run of that number is shown; of several proposals the latest counts."""
        if self._data is None:
            return None
        rows = np.flatnonzero(self._data.numbers("run") == run)
        return self._place_of(int(rows[-1])) if len(rows) else None

    def newest_run(self) -> RunKey | None:
        """The last run of the table, wherever it is shown."""
        return None if not self._data else self._data.run(len(self._data) - 1).key

    def _place_of(self, row: int) -> int | None:
        places = np.flatnonzero(self._rows == row)
        return int(places[0]) if len(places) else None

    def section_of(self, name: str) -> int | None:
        """Where a column is shown."""
        return next((section for section, column in enumerate(self._columns) if column.name == name), None)

    @property
    def has_several_proposals(self) -> bool:
        data = self._data
        return data is not None and len(data) > 0 and data.run(0).key.proposal != data.run(len(data) - 1).key.proposal

    @property
    def _loaded(self) -> TableData:
        if self._data is None:
            raise RuntimeError("no table is loaded")
        return self._data

    def sort_by(self, sort: Sort | None) -> None:
        """Show the rows in another order; None is that of the runs."""
        if sort != self._sort:
            self._sort = sort
            if self._data is not None:
                self._show_rows(row_order(self._data, sort))
            self.sort_changed.emit()

    def set_columns(self, preferred: Iterable[str], hidden: Collection[str]) -> None:
        """Show the columns in the preferred order, without the hidden ones; unknown names are for later."""
        self._preferred = tuple(preferred)
        self._hidden = frozenset(hidden)
        if self._data is not None:
            self._show_columns(arrange(all_columns(self._data), self._preferred, self._hidden))
        self.arrangement_changed.emit()

    def move_column(self, section: int, to: int) -> None:
        """Bring a shown column to where another one is now; those between make room."""
        name, target = self._columns[section].name, self._columns[to].name
        names = self.column_order()
        names.remove(name)
        names.insert(names.index(target) + (1 if to > section else 0), name)
        self.set_columns(names, self._hidden)

    def column_order(self) -> list[str]:
        """The names of all columns, hidden ones too, in the order of preference."""
        return [column.name for column in self.all_columns()]

    def all_columns(self) -> tuple[Column, ...]:
        """All columns, hidden ones too, in the order of preference."""
        return () if self._data is None else arrange(all_columns(self._data), self._preferred, ())

    def _on_reset(self) -> None:
        new, old = self._table.data, self._data
        if new is None:
            return
        self._data = new
        if old is None:
            self.beginResetModel()
            self._rows = row_order(new, self._sort)
            self._columns = arrange(all_columns(new), self._preferred, self._hidden)
            self.endResetModel()
            return
        # Loaded anew: the rows and columns that stay keep their selection; their values may all be others.
        self._follow(structural_delta(old, new), sort_again=True)
        if len(self._rows) and self._columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))

    def _on_updated(self, delta: TableDelta) -> None:
        touched = set().union(*delta.changed.values()) if delta.changed else set()
        self._follow(delta, sort_again=self._sort is not None and self._sort.name in touched)
        self._announce_cells(delta)

    def _follow(self, delta: TableDelta, *, sort_again: bool) -> None:
        """The data have changed already: first of all the rows are numbered as they are numbered there now."""
        data = self._loaded
        old_facts, self._facts = self._facts, {}
        self._rows = renumber(self._rows, delta, len(data))
        if delta.inserted or delta.removed or sort_again:
            self._show_rows(row_order(data, self._sort))
        if delta.columns_changed:
            self._show_columns(arrange(all_columns(data), self._preferred, self._hidden))
        for section, column in enumerate(self._columns):
            if column.name in old_facts and self._facts_of(column) != old_facts[column.name]:
                self._announce_column(section)
        if delta.inserted:
            self.runs_arrived.emit([data.run(row).key for row in delta.inserted])

    def _announce_column(self, section: int) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, section, section)
        if len(self._rows):
            self.dataChanged.emit(self.index(0, section), self.index(len(self._rows) - 1, section))

    def _announce_cells(self, delta: TableDelta) -> None:
        sections = {column.name: section for section, column in enumerate(self._columns)}
        changed = {
            place: sorted(sections[name] for name in names if name in sections)
            for row, names in delta.changed.items()
            if (place := self._place_of(row)) is not None
        }
        changed = {place: touched for place, touched in changed.items() if touched}
        if len(changed) > _SEPARATELY:
            left, right = min(touched[0] for touched in changed.values()), max(t[-1] for t in changed.values())
            self.dataChanged.emit(self.index(min(changed), left), self.index(max(changed), right))
            return
        for place, touched in changed.items():
            for first, end in stretches(touched):
                self.dataChanged.emit(self.index(place, first), self.index(place, end - 1))

    def _announce_cell(self, key: CellKey) -> None:
        row, section = self.row_of(key.row), self.section_of(key.name)
        if row is not None and section is not None:
            self.dataChanged.emit(self.index(row, section), self.index(row, section))

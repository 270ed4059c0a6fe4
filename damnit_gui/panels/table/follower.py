"""Keeping the newest run in view, as long as people have not scrolled away from it."""

from PyQt6.QtCore import QModelIndex, QObject

from damnit_gui.models.run_table import RunTableModel

from .view import RunTableView


class Follower(QObject):
    """Scrolls to runs that arrive if the newest one before them was in view. Never while a cell is being edited."""

    def __init__(self, view: RunTableView, model: RunTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._table = model
        self._enabled = True
        self._was_in_view = True
        self._newest = model.newest_run()
        model.rowsAboutToBeInserted.connect(self._before_insertion)
        model.runs_arrived.connect(self._arrived)
        model.modelReset.connect(self._arrived)
        bar = view.verticalScrollBar()
        if bar is not None:
            bar.valueChanged.connect(self._look)
        view.resized.connect(self._follow)

    @property
    def enabled(self) -> bool:
        return self._enabled

    def set_enabled(self, enabled: bool) -> None:
        """Follow or stay; to begin to follow is to go to the newest run."""
        self._enabled = enabled
        if enabled:
            self.show_newest()

    def show_newest(self) -> None:
        row = self._newest_row()
        if row is not None:
            self._view.show_row(row)

    def _newest_row(self) -> int | None:
        newest = self._table.newest_run()
        return None if newest is None else self._table.row_of(newest)

    def _before_insertion(self, parent: QModelIndex, first: int, last: int) -> None:  # noqa: ARG002
        self._look()

    def _look(self) -> None:
        """Is the newest run in view, of those that are shown? The table's data may have newer ones already."""
        row = None if self._newest is None else self._table.row_of(self._newest)
        self._was_in_view = row is None or self._view.is_row_in_view(row)

    def _arrived(self, runs: object = None) -> None:  # noqa: ARG002
        self._newest = self._table.newest_run()
        self._follow()

    def _follow(self) -> None:
        if self._enabled and self._was_in_view and not self._view.is_editing:
            self.show_newest()

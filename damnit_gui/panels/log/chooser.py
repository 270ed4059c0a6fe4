"""Chooses whose log is shown."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_gui.services.folder_session import FolderSession

from .log_names import LogKey, log_title, runs_with_log


class LogChooser(QComboBox):
    """The listener, then the runs that have a log, newest first. The list is read anew when it opens."""

    chosen = pyqtSignal(object)
    """A `LogKey`, by a person."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._keys: list[LogKey] = [None]
        self.addItem(log_title(None, session.proposal))
        self.setAccessibleName("Log of")
        self.setMaxVisibleItems(25)
        self.setMinimumContentsLength(10)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda index: self.chosen.emit(self._keys[index]))

    def choose(self, key: LogKey) -> None:
        """Show this one as chosen, also if it has no log yet."""
        if key not in self._keys:
            self._fill([each for each in (*self._keys, key) if each is not None])
        self.setCurrentIndex(self._keys.index(key))

    def refresh(self) -> None:
        """Read which runs have a log, in the background."""
        self._session.tasks.run(
            lambda: runs_with_log(self._session.folder), self._fill, self._failed, group=f"logs-{id(self)}"
        )

    def _fill(self, runs: Sequence[RunKey]) -> None:
        current = self._keys[self.currentIndex()]
        wanted = set(runs) if current is None else {*runs, current}
        keys: list[LogKey] = [None, *sorted(wanted, reverse=True)]
        if keys == self._keys:
            return
        self._keys = keys
        self.blockSignals(True)
        self.clear()
        self.addItems([log_title(key, self._session.proposal) for key in keys])
        self.setCurrentIndex(keys.index(current))
        self.blockSignals(False)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._session.notifier.report(error)
        # Else what is shown tells it: the log itself cannot be read either.

    def showPopup(self) -> None:
        self.refresh()
        super().showPopup()

"""The panels of an open folder, connected to each other."""

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from damnit_backend.contextproc.checker import CheckResult, check_code
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.settings import get_setting
from damnit_gui.plots.pane import PlotPane
from damnit_gui.services.folder_session import FolderSession

from .editor import EditorPanel
from .inspector import InspectorPanel
from .jobs import JobsPanel
from .log import LogPanel
from .table import RunTablePanel


class SessionPanels(QObject):
    """Makes them all and says what concerns the window."""

    panel_wanted = pyqtSignal(str)
    """The name of a panel that has something to show."""
    changed = pyqtSignal()
    """What may be done, such as on the current cell, is another."""

    def __init__(self, session: FolderSession, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.table = RunTablePanel(session)
        self.inspector = InspectorPanel(session)
        self.plots = PlotPane(session.table, session.tasks, session.notifier, session.folder)
        self.editor = EditorPanel(session.folder, session.tasks, session.notifier, self._check, session.read_only)
        self.jobs = JobsPanel(session)
        self.log = LogPanel(session)
        self._connect()

    def _connect(self) -> None:
        self.table.current_cell_changed.connect(self.inspector.show_cell)
        self.table.current_cell_changed.connect(lambda _: self.changed.emit())
        self.table.open_cell.connect(self.open_result)
        self.table.plot_requested.connect(self.plot)
        self.table.show_log.connect(self.show_run_log)
        self.inspector.open_requested.connect(self.open_result)
        self.plots.run_clicked.connect(self.focus_run)
        self.jobs.show_log.connect(self.show_run_log)
        self.jobs.run_activated.connect(self.focus_run)
        self.editor.reprocess_requested.connect(self._reprocess_all)
        self._session.editing.undo_stack.indexChanged.connect(lambda _: self.changed.emit())

    def _check(self, code: str) -> CheckResult:
        """Blocking; called by the editor in a worker."""
        with self._session.access.database() as database:
            python = get_setting(database, "context_python")
        return check_code(self._session.folder, str(python) if python else None, code)

    def open_result(self, key: CellKey) -> None:
        self.plots.open_result(key)
        self.panel_wanted.emit("plots")

    def plot(self, name: str) -> None:
        self.plots.add_plot("run", name)
        self.panel_wanted.emit("plots")

    def show_run_log(self, key: RunKey) -> None:
        self.log.show_run(key)
        self.panel_wanted.emit("log")

    def show_listener_log(self) -> None:
        self.log.show_listener()
        self.panel_wanted.emit("log")

    def focus_run(self, key: RunKey) -> None:
        self.panel_wanted.emit("table")
        self.table.focus_run(key)

    def _reprocess_all(self) -> None:
        data = self._session.table.data
        if data is not None:
            self._session.backend.reprocess([data.run(row).key for row in range(len(data))])

    def selected_runs(self) -> list[RunKey]:
        """The runs whose rows are selected, else that of the current cell."""
        data = self._session.table.data
        if data is None:
            return []
        return [data.run(row).key for row in self.table.selected_rows()]

    def close(self) -> None:
        """Keep what is unsaved, and remove the panels."""
        self.editor.save_draft()
        for panel in (self.table, self.inspector, self.plots, self.editor, self.jobs, self.log):
            panel.close()
            panel.deleteLater()
        self.deleteLater()

"""The panels of an open folder, connected to each other."""

from contextlib import suppress

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from damnit_backend.contextproc.checker import CheckResult, check_code
from damnit_backend.contextproc.conditions import conditions_of
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.settings import load_settings
from damnit_backend.core.values import Failure
from damnit_backend.store.jobs import Request
from damnit_gui.plots.pane import PlotPane
from damnit_gui.plots.spec import PlotSpec
from damnit_gui.services.folder_session import FolderSession

from .editor import EditorPanel
from .first_plot import first_plot
from .inspector import InspectorPanel
from .jobs import JobsPanel
from .log import LogPanel
from .table.panel import RunTablePanel


class SessionPanels(QObject):
    """Makes them all and says what concerns the window."""

    panel_wanted = pyqtSignal(str)
    """The name of a panel that has something to show."""
    changed = pyqtSignal()
    """What may be done, such as on the current cell, is another."""
    asked = pyqtSignal(str, object)
    """A question for people, and the answers: pairs of a text and a function."""

    def __init__(self, session: FolderSession, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.table = RunTablePanel(session)
        self.inspector = InspectorPanel(session)
        self.plots = PlotPane(session)
        self.editor = EditorPanel(session.folder, session.tasks, session.notifier, self._check, session.read_only)
        self.jobs = JobsPanel(session)
        self.log = LogPanel(session)
        self._connect()

    def _connect(self) -> None:
        self.table.current_cell_changed.connect(self.inspector.show_cell)
        self.table.current_cell_changed.connect(self._note_change)
        self.table.layout_changed.connect(self.changed)
        self.table.open_cell.connect(self.open_result)
        self.table.plot_requested.connect(self.plot)
        self.table.show_log.connect(self.show_run_log)
        self.table.trouble.line_wanted.connect(self.show_code)
        self.table.trouble.log_wanted.connect(self.show_listener_log)
        self.inspector.open_cell.connect(self.open_result)
        self.inspector.show_log.connect(self._show_cell_log)
        self.plots.run_clicked.connect(self.focus_run)
        self.jobs.show_log.connect(self.show_run_log)
        self.jobs.reprocess_requested.connect(self._repeat)
        self.log.open_line.connect(self.show_code)
        self.editor.document.saved.connect(self._session.contexts.keep)
        self.editor.reprocess_requested.connect(self._ask_reprocess)
        self._session.editing.undo_stack.indexChanged.connect(self._note_change)

    def _note_change(self, _: object) -> None:
        # A method and no lambda: Qt forgets the connection when this object goes, and the session outlives it.
        self.changed.emit()

    def _check(self, code: str) -> CheckResult:
        """Blocking; called by the editor in a worker."""
        with self._session.access.database() as database:
            conditions = conditions_of(database, load_settings())
        return check_code(self._session.folder, conditions, code)

    def _repeat(self, request: Request) -> None:
        self._session.backend.reprocess([request.key], request.variables, request.stage)

    def open_result(self, key: CellKey) -> None:
        """Show all that there is: the full result in a tab; why there is none, and where, in the inspector."""
        data = self._session.table.data
        row = None if data is None else data.row_of(key.row)
        cell = None if data is None or row is None else data.cell(row, key.name)
        if row is not None and (cell is None or isinstance(cell.value, Failure)):
            self.inspector.show_cell(key)
            self.panel_wanted.emit("inspector")
            return
        self.plots.open_result(key)
        self.panel_wanted.emit("plots")

    def plot(self, name: str) -> None:
        self.plots.add_plot("run", name)
        self.panel_wanted.emit("plots")

    def show_run_log(self, key: RunKey) -> None:
        self.log.show_run(key)
        self.panel_wanted.emit("log")

    def _show_cell_log(self, key: RunKey) -> None:
        """What a run's processing wrote about the cell in the inspector."""
        cell = self.inspector.key
        self.log.show_run(key, cell.name if cell is not None else "")
        self.panel_wanted.emit("log")

    def show_listener_log(self) -> None:
        self.log.show_listener()
        self.panel_wanted.emit("log")

    def show_code(self, line: int) -> None:
        """Go to a line (from 1) of the context file."""
        self.panel_wanted.emit("editor")
        self.editor.go_to_line(line)

    def focus_run(self, key: RunKey) -> None:
        self.panel_wanted.emit("table")
        self.table.focus_run(key)

    def arrangement(self) -> dict[str, object]:
        """How people arranged the table and which plots are open, as plain JSON."""
        return {"table": self.table.layout_state(), "plots": msgspec.to_builtins(self.plots.specs())}

    def restore(self, stored: object) -> None:
        """Arrange everything as `arrangement` told once; what makes no sense in it is left out."""
        if not isinstance(stored, dict):
            self._session.table.updated.connect(self._plot_something)
            self._session.table.reset.connect(self._plot_something)
            self._plot_something()
            return
        if "table" in stored:
            self.table.restore_layout(stored["table"])
        for spec in stored.get("plots") or ():
            with suppress(msgspec.ValidationError):
                self.plots.add_spec(msgspec.convert(spec, PlotSpec))

    def _plot_something(self) -> None:
        """In a new folder: begin with one plot, as soon as there is something worth it. Later it is people's choice."""
        data = self._session.table.data
        name = None if data is None else first_plot(data)
        if name is None and not self.plots.specs():
            return
        self._session.table.updated.disconnect(self._plot_something)
        self._session.table.reset.disconnect(self._plot_something)
        if name is not None and not self.plots.specs():
            self.plots.add_plot("run", name)

    def _ask_reprocess(self) -> None:
        """With a new context file: all runs, or only those that are selected in the table."""
        data = self._session.table.data
        if data is None or not len(data):
            return
        runs = [data.run(row).key for row in range(len(data))]
        answers = [(f"All {len(runs)} runs", lambda: self._session.backend.reprocess(runs))]
        selected = self.table.selected_rows()
        if selected:
            text = f"Only r{selected[0].run:04d}" if len(selected) == 1 else f"The {len(selected)} selected runs"
            answers.append((text, lambda: self._session.backend.reprocess(selected)))
        self.asked.emit("Which runs are to be processed again with the context file that is saved?", answers)

    def close(self) -> None:
        """Keep what is unsaved, and remove the panels."""
        self.editor.save_draft()
        for panel in (self.table, self.inspector, self.plots, self.editor, self.jobs, self.log):
            panel.close()
            panel.deleteLater()
        self.deleteLater()

"""The queue: what is processed, what waits, and what became of the rest."""

from collections.abc import Callable

from PyQt6.QtCore import QPoint, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from damnit_backend.core.errors import UserError
from damnit_backend.store.jobs import Job, cancel_jobs, read_jobs
from damnit_gui.panels.text.parts import ElidedLabel, QuietLabel, delay
from damnit_gui.panels.text.strip import Strip
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.theme import SPACE_1, SPACE_2, icon, tabular

from .job_row import ACTIVE, arrange
from .jobs_model import MESSAGE, RUN, STATE, TOOK, WHAT, WHEN, WHO, JobsModel

_GATHER_MS = 100
_TICK_MS = 1000
_NARROW = 640
_WIDTHS = {STATE: 96, RUN: 56, WHAT: 152, WHO: 96, WHEN: 96, TOOK: 64}
NO_JOBS = "No jobs yet. New runs are processed by themselves; choose rows of the table to reprocess them."
NO_ACTIVE = "Nothing is waiting or running."


class JobsPanel(QWidget):
    """Reads the queue anew when the listener or anybody else changes it, while it can be seen."""

    show_log = pyqtSignal(object)
    """A `RunKey`."""
    reprocess_requested = pyqtSignal(object)
    """A `Request`, that of a job that is to be done again."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs: list[Job] = []
        self.model = JobsModel(session.proposal, self)
        self.view = QTableView()
        self.filter = QComboBox()
        self.summary = ElidedLabel()
        self.strip = Strip()
        self.empty = QuietLabel()
        self._body = QStackedWidget()
        self._log = self._action("mdi6.text-box-outline", "Show log", "", self._show_log)
        self._again = self._action("mdi6.refresh", "Reprocess", "", self._reprocess)
        self._cancel = self._action("mdi6.cancel", "Cancel", "Del", self.cancel_selected)
        self._set_up_view()
        self._lay_out()
        self._soon = delay(self, _GATHER_MS, self.refresh)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.model.tick)
        session.live.jobs_changed.connect(self._changed)
        self._selection_changed()
        self.refresh()

    def _action(self, name: str, title: str, key: str, run: Callable[[], None]) -> QAction:
        action = QAction(icon(name), title, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: run())
        self.addAction(action)
        return action

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setAccessibleName("Jobs")
        view.setFont(tabular(view.font()))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setStyleSheet(f"QTableView::item {{ padding: 0 {SPACE_1}px; }}")  # in line with the headers
        view.setAlternatingRowColors(True)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        view.activated.connect(lambda index: self.show_log.emit(self.model.job(index.row()).request.key))
        rows, columns = view.verticalHeader(), view.horizontalHeader()
        if rows is not None and columns is not None:
            rows.hide()
            rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            rows.setDefaultSectionSize(self.fontMetrics().height() + SPACE_2)
            columns.setHighlightSections(False)
            columns.setSectionResizeMode(MESSAGE, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            view.setColumnWidth(column, width)
        chosen = view.selectionModel()
        if chosen is not None:
            chosen.selectionChanged.connect(self._selection_changed)

    def _lay_out(self) -> None:
        self.filter.addItems(["All", "Active"])
        self.filter.setAccessibleName("Which jobs")
        self.filter.currentIndexChanged.connect(self._show_jobs)
        top = QHBoxLayout()
        top.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        top.setSpacing(SPACE_1)
        top.addWidget(self.filter)
        top.addWidget(self.summary, 1)
        self.summary.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        for action in (self._log, self._again, self._cancel):
            button = QToolButton()
            button.setAutoRaise(True)
            button.setDefaultAction(action)
            top.addWidget(button)
        self._body.addWidget(self.view)
        self._body.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.strip)
        layout.addWidget(self._body, 1)

    def refresh(self) -> None:
        """Read the queue, in the background."""
        access = self._session.access

        def work() -> list[Job]:
            with access.database() as database:
                return read_jobs(database)

        self._session.tasks.run(work, self._read, self._failed, group=f"jobs-{id(self)}")

    def selected_jobs(self) -> list[Job]:
        """The chosen ones, from top to bottom."""
        chosen = self.view.selectionModel()
        rows = sorted(index.row() for index in chosen.selectedRows()) if chosen is not None else []
        return [self.model.job(row) for row in rows]

    def cancel_selected(self) -> None:
        """Take the chosen jobs out of the queue; those that run already go on."""
        ids = [job.id for job in self.selected_jobs() if job.state == "queued"]
        access = self._session.access
        if not ids or access.read_only:
            return

        def work() -> int:
            with access.database() as database:
                return cancel_jobs(database, ids, "Cancelled in the window.")

        def done(count: int) -> None:
            if count < len(ids):
                self._session.notifier.info(f"{len(ids) - count} of {len(ids)} jobs had begun already and go on.")
            self.refresh()

        self._session.tasks.run(work, done)

    def _show_log(self) -> None:
        jobs = self.selected_jobs()
        if jobs:
            self.show_log.emit(jobs[0].request.key)

    def _reprocess(self) -> None:
        for request in dict.fromkeys(job.request for job in self.selected_jobs()):
            self.reprocess_requested.emit(request)

    def _changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _read(self, jobs: list[Job]) -> None:
        self.strip.hide()
        self._jobs = jobs
        self._show_jobs()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.strip.tell(str(error), [("Try again", self.refresh)], level="error")
        else:
            self._session.notifier.report(error)

    def _show_jobs(self) -> None:
        active_only = self.filter.currentIndex() == 1
        self.model.set_jobs(arrange(self._jobs, active_only=active_only))
        self.empty.setText(NO_ACTIVE if active_only and self._jobs else NO_JOBS)
        self._body.setCurrentWidget(self.view if self.model.rowCount() else self.empty)
        states = [job.state for job in self._jobs]
        running, waiting, failed = (states.count(state) for state in ("running", "queued", "failed"))
        parts = [f"{running} running", f"{waiting} waiting"] + ([f"{failed} failed"] if failed else [])
        self.summary.setText("  ·  ".join(parts) if states else "")
        self._selection_changed()

    def _selection_changed(self) -> None:
        jobs = self.selected_jobs()
        writable = not self._session.read_only
        self._log.setEnabled(len(jobs) == 1)
        self._again.setEnabled(writable and any(job.state not in ACTIVE for job in jobs))
        self._cancel.setEnabled(writable and any(job.state == "queued" for job in jobs))

    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions([self._log, self._again, self._cancel])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        viewport = self.view.viewport()
        if viewport is not None:
            menu.popup(viewport.mapToGlobal(position))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        for column in (WHO, TOOK):
            self.view.setColumnHidden(column, narrow)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._tick.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._tick.stop()

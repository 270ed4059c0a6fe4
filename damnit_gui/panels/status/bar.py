"""The status bar: the listener, how its news arrive, edits that wait, and the last message."""

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt, QTimer, pyqtBoundSignal, pyqtSignal
from PyQt6.QtWidgets import QLabel, QMenu, QSizePolicy, QStatusBar, QToolButton, QWidget

from damnit_gui.panels.messages.panel import SYMBOLS, notice_line
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.listener_view import ListenerView
from damnit_gui.services.notifier import Level, Notice, Notifier
from damnit_gui.theme import icon

from .elided import ElidedButton

INFO_MS = 15_000
"""Notices that need no answer leave the bar after this time; the list of messages keeps them."""

LIVE_TIP = "The listener tells this window of each change at once."
PENDING_TIP = "These values are not in the folder yet. They are kept on this computer until they are."
POLLING_TIP = "No connection to the listener: the database is looked into once a second."


class StatusBar(QStatusBar):
    listener_log_requested = pyqtSignal()
    restart_requested = pyqtSignal()
    messages_requested = pyqtSignal()

    def __init__(self, notifier: Notifier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.listener = ElidedButton("Listener")
        self.listener.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.listener.setIconSize(QSize(9, 9))
        self.transport = ElidedButton("Connection")
        self.transport.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._connected, self._problem = False, ""
        self._session: FolderSession | None = None
        self.pending = QLabel()
        self.message = ElidedButton("Last message")
        self.message.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(INFO_MS)
        self._fade.timeout.connect(self.message.hide)
        menu = QMenu(self.listener)
        menu.addAction(icon("mdi6.text-box-outline"), "Show its log", self.listener_log_requested)
        self._restart = menu.addAction(icon("mdi6.restart"), "Restart it", self.restart_requested)
        self.listener.setMenu(menu)
        self.message.clicked.connect(self.messages_requested)
        self.addWidget(self.listener)
        self.addWidget(self.transport)
        self.addWidget(self.pending)
        self.addPermanentWidget(self.message)
        self.message.hide()
        notifier.posted.connect(self.show_notice)
        self.clear_session()

    def set_session(self, session: FolderSession) -> None:
        """Show the state of a folder until `clear_session`."""
        self.clear_session()
        self._session = session
        for signal, show in self._signals(session):
            signal.connect(show)
        if self._restart is not None:
            self._restart.setEnabled(not session.read_only)
        self.show_listener(session.backend.view)
        self._problem = session.live.problem
        self.show_connected(session.live.connected)
        self.show_delay(session.editing.delay)
        self.show_pending(session.editing.waiting)

    def _signals(self, session: FolderSession) -> tuple[tuple[pyqtBoundSignal, Callable[..., None]], ...]:
        return (
            (session.backend.status_changed, self.show_listener),
            (session.live.connected_changed, self.show_connected),
            (session.live.problem_changed, self.show_problem),
            (session.editing.count_changed, self.show_pending),
            (session.editing.delay_changed, self.show_delay),
        )

    def clear_session(self) -> None:
        """Show no folder, and hear no more of the one that was shown: it may take a while to close."""
        if self._session is not None:
            for signal, show in self._signals(self._session):
                signal.disconnect(show)
            self._session = None
        for widget in (self.listener, self.transport, self.pending):
            widget.hide()

    def show_listener(self, view: ListenerView) -> None:
        """A dot in the colour of its state, and what it does."""
        if self._restart is not None:
            self._restart.setText("Restart it" if view.running else "Start it")
        tip = f"Listener: {view.text}\n{view.log}" if view.log else f"Listener: {view.text}"
        self.listener.show_text(f"Listener: {view.text}", icon("mdi6.circle", view.token), tip)
        self.listener.show()

    def show_connected(self, connected: bool) -> None:
        """Whether changes are heard of at once."""
        self._connected = connected
        self._show_transport()

    def show_problem(self, problem: str) -> None:
        """Why the database cannot be looked into just now; empty if it can."""
        self._problem = problem
        self._show_transport()

    def _show_transport(self) -> None:
        if self._problem:
            self.transport.show_text(
                "database not readable", icon("mdi6.database-alert-outline", "error"), self._problem
            )
        elif self._connected:
            self.transport.show_text("live", icon("mdi6.access-point", "muted"), LIVE_TIP)
        else:
            self.transport.show_text("polling", icon("mdi6.access-point-off", "muted"), POLLING_TIP)
        self.transport.show()

    def show_pending(self, count: int) -> None:
        self.pending.setText("1 edit pending" if count == 1 else f"{count} edits pending")
        self.pending.setVisible(count > 0)

    def show_delay(self, reason: str) -> None:
        """Why edits cannot be stored just now; empty if they can."""
        self.pending.setToolTip(f"{PENDING_TIP}\n{reason}" if reason else PENDING_TIP)

    def show_notice(self, notice: Notice) -> None:
        symbol, colour = SYMBOLS[notice.level]
        self.message.show_text(notice.text, icon(symbol, colour), notice_line(notice))
        self.message.show()
        if notice.level is Level.INFO:
            self._fade.start()
        else:
            self._fade.stop()

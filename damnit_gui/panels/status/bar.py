"""The status bar: the listener, how its news arrive, edits that wait, and the last message."""

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QLabel, QMenu, QSizePolicy, QStatusBar, QToolButton, QWidget

from damnit_gui.panels.messages.panel import SYMBOLS, notice_line
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.listener_view import ListenerView
from damnit_gui.services.notifier import Level, Notice, Notifier
from damnit_gui.theme import icon

from .elided import ElidedButton

INFO_MS = 15_000
"""Notices that need no answer leave the bar after this time; the list of messages keeps them."""


class StatusBar(QStatusBar):
    listener_log_requested = pyqtSignal()
    restart_requested = pyqtSignal()
    messages_requested = pyqtSignal()

    def __init__(self, notifier: Notifier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.listener = ElidedButton("Listener")
        self.listener.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.transport = QLabel()
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
        session.backend.status_changed.connect(self.show_listener)
        session.live.connected_changed.connect(self.show_connected)
        session.live.problem_changed.connect(self.show_problem)
        session.editing.count_changed.connect(self.show_pending)
        if self._restart is not None:
            self._restart.setEnabled(not session.read_only)
        self.show_listener(session.backend.view)
        self.show_connected(session.live.connected)
        self.show_pending(session.editing.waiting)

    def clear_session(self) -> None:
        for widget in (self.listener, self.transport, self.pending):
            widget.hide()

    def show_listener(self, view: ListenerView) -> None:
        """A dot in the colour of its state, and what it does."""
        tip = f"Listener: {view.text}\n{view.log}" if view.log else f"Listener: {view.text}"
        self.listener.show_text(f"Listener: {view.text}", icon("mdi6.circle-medium", view.token), tip)
        self.listener.show()

    def show_connected(self, connected: bool) -> None:
        """How changes are heard of."""
        self.transport.setText("live" if connected else "polling")
        self.transport.setToolTip(
            "The listener tells this window of each change at once."
            if connected
            else "No connection to the listener: the database is looked into once a second."
        )
        self.transport.setForegroundRole(self.transport.palette().ColorRole.PlaceholderText)
        self.transport.show()

    def show_problem(self, problem: str) -> None:
        """Why the database cannot be read just now."""
        self.transport.setText("database not readable" if problem else "polling")
        self.transport.setToolTip(problem)

    def show_pending(self, count: int) -> None:
        self.pending.setText("1 edit pending" if count == 1 else f"{count} edits pending")
        self.pending.setToolTip("These values are not stored yet.")
        self.pending.setVisible(count > 0)

    def show_notice(self, notice: Notice) -> None:
        symbol, colour = SYMBOLS[notice.level]
        self.message.show_text(notice.text, icon(symbol, colour), notice_line(notice))
        self.message.show()
        if notice.level is Level.INFO:
            self._fade.start()
        else:
            self._fade.stop()

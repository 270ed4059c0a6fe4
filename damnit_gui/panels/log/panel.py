"""The log of a run or of the listener, as it grows."""

import time
from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_gui.panels.text.find_bar import FindBar
from damnit_gui.panels.text.own_keys import OwnKeys
from damnit_gui.panels.text.parts import ElidedLabel, QuietLabel, flat_button
from damnit_gui.panels.text.strip import Strip
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.theme import SPACE_1, SPACE_2

from .chooser import LogChooser
from .follower import LogFollower, News
from .log_names import LogKey, moment, nothing_yet
from .log_text import LogText
from .log_view import LogView


class LogPanel(QWidget):
    """Begins with the listener's log."""

    open_line = pyqtSignal(int)
    """A line (from 1) of the context file, where a traceback points to."""

    def __init__(self, session: FolderSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._key: LogKey = None
        self._about = ""
        self._changed_at = 0.0
        self.chooser = LogChooser(session)
        self.view = LogView()
        self.view.setAccessibleName("Log")
        self.find_bar = FindBar(self.view, replacing=False)
        self.strip = Strip()
        self.empty = QuietLabel()
        self.status = ElidedLabel()
        self.follower = LogFollower(session.tasks, session.notifier, session.folder.context_file.name, self)
        self._body = QStackedWidget()
        self._end = flat_button("mdi6.arrow-collapse-down", "Go to the end and follow (Ctrl+End)")
        self._wrap = flat_button("mdi6.wrap", "Break long lines")
        self._find = flat_button("mdi6.magnify", "Find (Ctrl+F)")
        self._copy = flat_button("mdi6.content-copy", "Copy the selected text, or everything that is shown")
        self._lay_out()
        self._connect()
        self.show_listener()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        top.setSpacing(SPACE_1)
        top.addWidget(self.chooser)
        top.addWidget(self.status, 1)
        for button in (self._end, self._wrap, self._find, self._copy):
            top.addWidget(button)
        self.status.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        self._body.addWidget(self.view)
        self._body.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.strip)
        layout.addWidget(self._body, 1)
        layout.addWidget(self.find_bar)

    def _connect(self) -> None:
        self._wrap.setCheckable(True)
        self._wrap.toggled.connect(self.view.set_wrapped)
        self._end.clicked.connect(self.view.go_to_end)
        self._find.clicked.connect(lambda: self.find_bar.open())
        self._copy.clicked.connect(self.copy)
        self.chooser.chosen.connect(self._show)
        self.view.link_clicked.connect(self.open_line)
        self.follower.news.connect(self._take)
        self.follower.earlier.connect(self._take_earlier)
        self.follower.failed.connect(self._failed)
        actions = [
            self._action("Ctrl+F", lambda: self.find_bar.open()),
            self._action("F3", lambda: self.find_bar.go(forward=True)),
            self._action("Shift+F3", lambda: self.find_bar.go(forward=False)),
        ]
        OwnKeys(self.view, actions)

    def _action(self, key: str, run: Callable[[], None]) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: run())
        self.addAction(action)
        return action

    def show_run(self, key: RunKey, about: str = "") -> None:
        """Show the processing log of a run, if there is one or not; at what it last says ``about`` a Variable."""
        self._show(key)
        self._about = about

    def show_listener(self) -> None:
        self._show(None)

    @property
    def shown(self) -> LogKey:
        """The run whose log is shown; None for the listener."""
        return self._key

    def copy(self) -> None:
        """Copy the selected text, or all that is shown."""
        if self.view.hasSelectedText():
            self.view.copy()
            return
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.view.text())

    def _show(self, key: LogKey) -> None:
        self._key, self._about = key, ""
        self.chooser.choose(key)
        self.strip.hide()
        folder = self._session.folder
        self.follower.follow(folder.listener_log if key is None else folder.run_log(key))

    def _take(self, news: News) -> None:
        self.view.show_news(news)
        self._body.setCurrentWidget(self.view if news.exists else self.empty)
        if news.fresh and self._about:
            self.view.go_to_last(self._about)
        self.empty.setText(nothing_yet(self._key, self._session.proposal))
        if news.fresh or self.strip.level == "error":
            self.strip.hide()
        if news.fresh and news.more_before:
            self._offer_earlier()
        self._changed_at = news.changed_at
        self._show_status()

    def _take_earlier(self, text: LogText, more: bool) -> None:
        self.view.show_earlier(text)
        if more:
            self._offer_earlier()
        self._show_status()

    def _offer_earlier(self) -> None:
        self.strip.tell("This is the end of a longer log.", [("Load earlier", self.follower.load_earlier)])

    def _failed(self, error: UserError) -> None:
        if self.strip.isHidden() or self.strip.text != str(error):
            self.strip.tell(str(error), level="error")

    def _show_status(self) -> None:
        if self._body.currentWidget() is self.empty:
            self.status.clear()
            return
        lines = self.view.lines() - 1 if self.view.length() else 0
        self.status.setText(f"{lines:,} lines  ·  last change {moment(self._changed_at, time.time())}")

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.follower.set_awake(True)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self.follower.set_awake(False)

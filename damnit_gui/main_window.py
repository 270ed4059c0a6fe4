"""The main window: pages, docks, menus and bars. What happens in them belongs to the panels and the services."""

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QUndoStack
from PyQt6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_gui.actions.bound import BoundActions
from damnit_gui.actions.help_panel import HelpDialog, about_html, shortcuts_html
from damnit_gui.actions.palette import CommandPalette
from damnit_gui.panels.care import BackupDialog, CheckDialog, show_once
from damnit_gui.panels.docks import Docks
from damnit_gui.panels.messages import MessagesPanel
from damnit_gui.panels.messages.panel import copy_text, notice_report
from damnit_gui.panels.session_panels import SessionPanels
from damnit_gui.panels.status import StatusBar
from damnit_gui.panels.text.strip import Strip
from damnit_gui.panels.top_bar import FolderButton, folder_title, spacer
from damnit_gui.panels.welcome import WelcomePanel
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.notifier import Level, Notice, Notifier
from damnit_gui.services.preferences import Preferences
from damnit_gui.theme import SYSTEM, apply_theme

PROGRAM = "DAMNIT Desktop"
FRAME = 48
"""Pixels that a window manager may put around a window; Qt learns them only when it is shown."""
TOOLBAR_LEFT = ("view.table", "view.editor", "run.reprocess", "run.plot")
TOOLBAR_RIGHT = ("view.inspector", "view.plots", "view.jobs", "view.log", "help.palette")


class MainWindow(QMainWindow):
    """Also the `WindowContext` of the actions."""

    folder_requested = pyqtSignal(str)

    def __init__(self, preferences: Preferences, notifier: Notifier, theme: str = SYSTEM) -> None:
        super().__init__()
        self.theme = theme
        self._preferences = preferences
        self.session: FolderSession | None = None
        self.panels: SessionPanels | None = None
        self.welcome = WelcomePanel()
        self.strip = Strip()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self._pages, 1)
        self.setCentralWidget(middle)
        self.docks = Docks(self, preferences)
        self.docks.put("messages", MessagesPanel(notifier))
        self.status = StatusBar(notifier)
        self.setStatusBar(self.status)
        self.actions_ = BoundActions(self, self)
        self.palette_ = CommandPalette(self.actions_, self)
        self._make_bars()
        self._connect(notifier)
        self._show_title()

    def _make_bars(self) -> None:
        menus = self.menuBar()
        if menus is not None:
            self.actions_.fill_menu_bar(menus)
        self.folder_button = FolderButton()
        self.actions_.fill_menu(self.folder_button.folder_menu, "Folder")
        bar = QToolBar("Tool bar")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.addWidget(self.folder_button)
        bar.addSeparator()
        self.actions_.fill_tool_bar(bar, TOOLBAR_LEFT, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.addWidget(spacer())
        self.actions_.fill_tool_bar(bar, TOOLBAR_RIGHT, Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.addToolBar(bar)

    def _connect(self, notifier: Notifier) -> None:
        notifier.posted.connect(self._show_notice)
        self.folder_button.open_requested.connect(self.folder_requested)
        self.welcome.open_requested.connect(self.folder_requested)
        self.welcome.forget_requested.connect(self._preferences.remove_recent)
        self._preferences.recent_changed.connect(self._show_recent)
        self.status.listener_log_requested.connect(self.show_listener_log)
        self.status.restart_requested.connect(self._restart_listener)
        self.status.messages_requested.connect(lambda: self.docks.reveal("messages"))
        self.docks.changed.connect(self.actions_.refresh)
        self._show_recent()

    # The open folder

    def set_session(self, session: FolderSession) -> None:
        """Show a folder in place of the one that was open."""
        self.clear_session()
        self.session = session
        panels = self.panels = SessionPanels(session, self)
        self._pages.addWidget(panels.table)
        self._pages.addWidget(panels.editor)
        for name in ("inspector", "plots", "jobs", "log"):
            self.docks.put(name, getattr(panels, name))
        panels.panel_wanted.connect(self._reveal)
        panels.changed.connect(self.actions_.refresh)
        panels.asked.connect(self.strip.tell)
        self.status.set_session(session)
        self.folder_button.set_session(session)
        panels.restore(self._preferences.arrangement(session.folder.path))
        panels.table.layout_changed.connect(self._save_arrangement)
        self.docks.set_available(True)
        self.welcome.clear_errors()
        self._show_title()
        self.show_page("table")

    def clear_session(self) -> None:
        """Close the folder that is open, if one is."""
        session, panels = self.session, self.panels
        if session is None or panels is None:
            return
        self._save_arrangement()
        self.session = self.panels = None
        self.docks.empty()
        panels.close()
        session.closed.connect(session.deleteLater)
        session.close()
        self.status.clear_session()
        self.folder_button.set_session(None)
        self.docks.set_available(False)
        self._show_title()
        self.show_page("welcome")

    def _save_arrangement(self) -> None:
        if self.session is not None and self.panels is not None:
            self._preferences.set_arrangement(self.session.folder.path, self.panels.arrangement())

    def show_opening_failed(self, error: UserError) -> None:
        self.show_page("welcome")
        self.welcome.show_error(error)

    def _show_title(self) -> None:
        self.setWindowTitle(PROGRAM if self.session is None else f"{folder_title(self.session)} – {PROGRAM}")

    def _show_recent(self) -> None:
        self.welcome.set_recent(self._preferences.recent)
        self.folder_button.set_recent(self._preferences.recent)

    def _show_notice(self, notice: Notice) -> None:
        if notice.level is Level.BUG:
            choices = [("Copy the report", lambda: copy_text(notice_report(notice)))]
            self.strip.tell(f"{notice.text} The program goes on.", choices, level="error")

    def _restart_listener(self) -> None:
        if self.session is not None:
            self.session.backend.restart()

    def _reveal(self, name: str) -> None:
        if name in ("table", "editor"):
            self.show_page(name)
        else:
            self.docks.reveal(name)

    # What actions may ask and do, see `WindowContext`

    @property
    def page(self) -> str:
        shown = self._pages.currentWidget()
        if self.panels is not None and shown is self.panels.table:
            return "table"
        return "editor" if self.panels is not None and shown is self.panels.editor else "welcome"

    @property
    def following(self) -> bool:
        return self.panels is not None and self.panels.table.bar.follow.isChecked()

    @property
    def undo_stack(self) -> QUndoStack | None:
        return None if self.session is None else self.session.editing.undo_stack

    def current_cell(self) -> CellKey | None:
        return None if self.panels is None else self.panels.table.current_cell()

    def selected_runs(self) -> list[RunKey]:
        return [] if self.panels is None else self.panels.table.selected_rows()

    def show_page(self, name: str) -> None:
        page: QWidget = self.welcome
        if self.panels is not None and name in ("table", "editor"):
            page = self.panels.table if name == "table" else self.panels.editor
        self._pages.setCurrentWidget(page)
        page.setFocus()
        self.actions_.refresh()

    def toggle_panel(self, name: str) -> None:
        self.docks.toggle(name)

    def panel_visible(self, name: str) -> bool:
        return self.docks.is_visible(name)

    def reset_layout(self) -> None:
        self.docks.arrange()

    def set_theme(self, name: str) -> None:
        self.theme = self._preferences.theme = name
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, name)

    def set_following(self, on: bool) -> None:
        if self.panels is not None:
            self.panels.table.set_follow(on)

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def choose_folder(self) -> None:
        self.show_welcome("open")
        self.welcome.open_form.place.choose()

    def show_welcome(self, part: str) -> None:
        self.show_page("welcome")
        self.welcome.focus_part(part)

    def close_folder(self) -> None:
        self.clear_session()

    def check_folder(self) -> None:
        if self.session is not None:
            show_once(CheckDialog, self.session, self)

    def back_up_folder(self) -> None:
        if self.session is not None:
            show_once(BackupDialog, self.session, self)

    def save_context(self) -> None:
        if self.panels is not None:
            self.panels.editor.save()

    def open_cell(self) -> None:
        cell = self.current_cell()
        if self.panels is not None and cell is not None:
            self.panels.open_result(cell)

    def plot_current_column(self) -> None:
        cell = self.current_cell()
        if self.panels is not None and cell is not None:
            self.panels.plot(cell.name)

    def show_run_log(self) -> None:
        cell = self.current_cell()
        if self.panels is not None and cell is not None:
            self.panels.show_run_log(cell.row)

    def show_listener_log(self) -> None:
        if self.panels is not None:
            self.panels.show_listener_log()

    def show_palette(self) -> None:
        self.palette_.open()

    def show_shortcuts(self) -> None:
        HelpDialog("Keyboard shortcuts", shortcuts_html(self.actions_.actions), self).show()

    def show_about(self) -> None:
        HelpDialog(f"About {PROGRAM}", about_html(), self).show()

    def close_window(self) -> None:
        self.close()

    def restore_place(self, size: tuple[int, int]) -> None:
        """Be where the window was last time; at first, of this size, or over a screen that has no room for it."""
        geometry = self._preferences.bytes("geometry")
        if geometry is not None and self.restoreGeometry(geometry):
            return
        screen = self.screen()
        room = QSize(*size) if screen is None else screen.availableSize()
        self.resize(min(size[0], room.width()), min(size[1], room.height()))
        if size[0] > room.width() - FRAME or size[1] > room.height() - FRAME:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._preferences.set_bytes("geometry", self.saveGeometry())
        self.docks.save()
        super().closeEvent(event)

"""The docks around the table: what each holds, where it is at first, and where people put it."""

from PyQt6.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QDockWidget, QMainWindow, QWidget

from damnit_gui.services.preferences import Preferences

from .dock_title import DockTitle

TITLES = {"inspector": "Inspector", "plots": "Plots", "jobs": "Jobs", "log": "Log", "messages": "Messages"}
RIGHT = ("inspector", "plots")
BELOW = ("jobs", "log", "messages")

LAYOUT = "docks"
LAYOUT_VERSION = 1

RIGHT_SHARE = 0.32
"""The part of the window's width that the docks at the right have at first."""
BELOW_SHARE = 0.28


class Docks(QObject):
    """Docks exist all the time; their contents come and go with the open folder."""

    changed = pyqtSignal()
    """A dock was shown or hidden."""

    def __init__(self, window: QMainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._available = False
        self._docks = {name: self._make(name, title) for name, title in TITLES.items()}
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._place()
        self._show(())

    def _make(self, name: str, title: str) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock.{name}")
        dock.setTitleBarWidget(DockTitle(dock))
        dock.visibilityChanged.connect(self._note_change)
        return dock

    def _note_change(self, _visible: bool) -> None:
        self.changed.emit()

    def _place(self) -> None:
        """Put all docks where they are at first."""
        right, below = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        for name, dock in self._docks.items():
            dock.setFloating(False)
            self._window.addDockWidget(right if name in RIGHT else below, dock)
        self._window.splitDockWidget(self._docks["inspector"], self._docks["plots"], Qt.Orientation.Vertical)
        for name in BELOW[1:]:
            self._window.tabifyDockWidget(self._docks[BELOW[0]], self._docks[name])

    def _show(self, names: tuple[str, ...]) -> None:
        for name, dock in self._docks.items():
            dock.setVisible(name in names)

    def arrange(self) -> None:
        """The layout of the first start: inspector and plots at the right, the rest folded away."""
        self._place()
        self._show(RIGHT)
        size: QSize = self._window.size()
        right = [self._docks[name] for name in RIGHT]
        width, height = round(size.width() * RIGHT_SHARE), size.height()
        self._window.resizeDocks(right, [width, width], Qt.Orientation.Horizontal)
        self._window.resizeDocks(right, [round(height * 0.42), round(height * 0.58)], Qt.Orientation.Vertical)
        self._window.resizeDocks([self._docks["jobs"]], [round(height * BELOW_SHARE)], Qt.Orientation.Vertical)

    def put(self, name: str, widget: QWidget) -> None:
        """Show a panel in its dock."""
        self._docks[name].setWidget(widget)

    def set_available(self, available: bool) -> None:
        """Show the docks of an open folder where they were last time, or hide them as there is none."""
        if available == self._available:
            return
        if not available:
            self.save()
        self._available = available
        if not available:
            self._show(())
            return
        state = self._preferences.bytes(LAYOUT)
        if state is None or not self._window.restoreState(state, LAYOUT_VERSION):
            self.arrange()

    def save(self) -> None:
        """Remember where everything is."""
        if self._available:
            self._preferences.set_bytes(LAYOUT, self._window.saveState(LAYOUT_VERSION))

    def empty(self) -> None:
        """Take the panels of the folder out, before they are removed."""
        self.save()
        for name, dock in self._docks.items():
            panel = dock.widget()
            if name != "messages" and panel is not None:
                panel.hide()
                panel.setParent(None)  # Its dock lets go of it.

    def is_visible(self, name: str) -> bool:
        """Whether people see it: a dock behind another one's tab is not visible."""
        dock = self._docks[name]
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def reveal(self, name: str) -> None:
        """Bring a dock to the front."""
        self._docks[name].show()
        self._docks[name].raise_()
        self.changed.emit()

    def toggle(self, name: str) -> None:
        """Show it and go there; hide it if it was in front."""
        dock = self._docks[name]
        if self.is_visible(name):
            dock.hide()
        else:
            self.reveal(name)
            panel = dock.widget()
            if panel is not None:
                panel.setFocus()

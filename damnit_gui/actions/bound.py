"""The list of actions bound to one window: as QActions, menus and a tool bar."""

from collections.abc import Iterable

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from damnit_gui.theme import icon

from .action import Action, WindowContext
from .catalogue import ACTIONS, MENUS


class BoundActions(QObject):
    """One QAction an action. `refresh` brings what may be done now, and what is on, up to date."""

    def __init__(self, window: WindowContext, widget: QWidget, actions: Iterable[Action] = ACTIONS) -> None:
        super().__init__(widget)
        self.actions = tuple(actions)
        self._window = window
        self._bound: dict[str, QAction] = {}
        for action in self.actions:
            bound = self._bind(action)
            self._bound[action.id] = bound
            # So that the shortcut works although the action may be in no menu.
            widget.addAction(bound)
        self.refresh()

    def _bind(self, action: Action) -> QAction:
        bound = QAction(icon(action.icon), action.title, self)
        bound.setObjectName(action.id)
        if action.shortcut:
            bound.setShortcut(QKeySequence(action.shortcut))
            bound.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        keys = f" ({shortcut_text(action)})" if action.shortcut else ""
        bound.setToolTip(f"{action.tip or action.title}{keys}")
        bound.setIconText(action.short or action.title)
        bound.setCheckable(action.checked is not None)
        bound.triggered.connect(lambda _=False: self.trigger(action))
        return bound

    def trigger(self, action: Action) -> None:
        """Do it, if it may be done now."""
        if action.enabled(self._window):
            action.run(self._window)
        self.refresh()

    def is_enabled(self, action: Action) -> bool:
        return action.enabled(self._window)

    def refresh(self) -> None:
        for action in self.actions:
            bound = self._bound[action.id]
            bound.setEnabled(action.enabled(self._window))
            if action.checked is not None:
                bound.setChecked(action.checked(self._window))

    def fill_menu_bar(self, bar: QMenuBar) -> None:
        for name in MENUS:
            menu = bar.addMenu(name)
            if menu is not None:
                self.fill_menu(menu, name)

    def fill_menu(self, menu: QMenu, name: str) -> None:
        """Put the actions of one menu into a Qt menu, with lines between their sections."""
        menu.aboutToShow.connect(self.refresh)
        section = None
        for action in self.actions:
            if action.menu != name:
                continue
            if section is not None and action.section != section:
                menu.addSeparator()
            section = action.section
            menu.addAction(self._bound[action.id])

    def fill_tool_bar(self, bar: QToolBar, ids: Iterable[str], style: Qt.ToolButtonStyle) -> None:
        """Put some actions into a tool bar."""
        for action_id in ids:
            bar.addAction(self._bound[action_id])
            button = bar.widgetForAction(self._bound[action_id])
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(style)


def shortcut_text(action: Action) -> str:
    """The shortcut as people read it."""
    return QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)

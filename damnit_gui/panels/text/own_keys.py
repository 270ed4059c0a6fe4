"""Keys that belong to a text while it has the focus, whatever the window uses them for elsewhere."""

from PyQt6.QtCore import QEvent, QKeyCombination, QObject
from PyQt6.QtGui import QAction, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QWidget


class OwnKeys(QObject):
    """Qt finds a key ambiguous that two actions in reach want, and runs neither. So the focused widget claims the keys
    of its own actions before shortcuts are looked up, and triggers them itself."""

    def __init__(self, widget: QWidget, actions: list[QAction]) -> None:
        super().__init__(widget)
        self._actions = actions
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            action = self._wanted(event.keyCombination())
            if action is not None:
                if event.type() == QEvent.Type.KeyPress:
                    action.trigger()
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _wanted(self, key: QKeyCombination) -> QAction | None:
        sequence = QKeySequence(key)
        return next((each for each in self._actions if each.isEnabled() and sequence in each.shortcuts()), None)

"""The title of a dock: its name, and buttons to let it float and to fold it away."""

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from damnit_gui.theme import SPACE_1, SPACE_2, icon


class DockTitle(QFrame):
    """Qt moves the dock when it is dragged here, and lets it float on a double click."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.label = QLabel(dock.windowTitle())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1 // 2, SPACE_1, SPACE_1 // 2)
        layout.setSpacing(SPACE_1)
        layout.addWidget(self.label)
        layout.addStretch(1)
        float_button = self._button("mdi6.dock-window", "Make it a window of its own, or bring it back")
        float_button.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        close_button = self._button("mdi6.close", "Hide")
        close_button.clicked.connect(dock.close)
        layout.addWidget(float_button)
        layout.addWidget(close_button)

    def _button(self, symbol: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIcon(icon(symbol, "muted"))
        button.setIconSize(QSize(13, 13))
        button.setToolTip(tip)
        button.setAccessibleName(f"{tip}: {self.label.text()}")
        return button

"""A flat button whose text gives way when there is no room, so that a long text never widens the window."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QIcon, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from damnit_gui.theme import SPACE_2

MIN_WIDTH = 60


class ElidedButton(QToolButton):
    def __init__(self, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(accessible_name)

    def show_text(self, text: str, symbol: QIcon, tip: str = "") -> None:
        self.setIcon(symbol)
        self.setText(text)
        self.setToolTip(tip or text)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + SPACE_2, hint.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(MIN_WIDTH, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, a0: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        # The style's arrow would stand apart; that there is a menu is seen when the button is pressed.
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
        room = self.width() - self.iconSize().width() - 2 * SPACE_2
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

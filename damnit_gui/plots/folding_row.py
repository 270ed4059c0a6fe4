"""A line of controls that becomes two lines where there is little room."""

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from damnit_gui.theme import SPACE_1, SPACE_2


class FoldingRow(QWidget):
    """Three parts side by side; in a narrow panel the middle one goes below the others.

    ``start`` and ``end`` take widgets as any layout does; the middle is one widget and may be exchanged. The room
    that is left goes to the middle, or to the start if ``start_grows``.
    """

    def __init__(self, parent: QWidget | None = None, *, start_grows: bool = False) -> None:
        super().__init__(parent)
        self._start_grows = start_grows
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        self._grid.setHorizontalSpacing(SPACE_1)
        self._grid.setVerticalSpacing(SPACE_1)
        self.start, self.end = QHBoxLayout(), QHBoxLayout()
        for part, column in ((self.start, 0), (self.end, 2)):
            part.setSpacing(SPACE_1)
            self._grid.addLayout(part, 0, column)
        self._middle: QWidget | None = None
        self._folded = False

    def set_middle(self, widget: QWidget | None) -> None:
        """Put this widget into the middle; the former one is deleted."""
        if self._middle is not None:
            self._grid.removeWidget(self._middle)
            self._middle.hide()
            self._middle.deleteLater()
        self._middle = widget
        self._place()

    def _wanted_width(self) -> int:
        """What one line takes."""
        margins = self._grid.contentsMargins()
        widths = [self.start.minimumSize().width(), self.end.minimumSize().width()]
        if self._middle is not None:
            widths.append(self._middle.minimumSizeHint().width())
        return sum(widths) + 2 * SPACE_1 + margins.left() + margins.right()

    def _place(self) -> None:
        self._folded = self._middle is not None and self.width() < self._wanted_width()
        self._grid.setColumnStretch(0, 1 if self._start_grows else 0)
        self._grid.setColumnStretch(1, 0 if self._start_grows else 1)
        if self._middle is None:
            return
        self._grid.removeWidget(self._middle)
        if self._folded:
            self._grid.addWidget(self._middle, 1, 0, 1, 3)
        else:
            self._grid.addWidget(self._middle, 0, 1)
        self._middle.show()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fold_if_needed()

    def event(self, event: QEvent | None) -> bool:
        handled = super().event(event)
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fold_if_needed()
        return handled

    def _fold_if_needed(self) -> None:
        if self._middle is not None and (self.width() < self._wanted_width()) != self._folded:
            self._place()

    def minimumSizeHint(self) -> QSize:
        """That of two lines, whatever is shown: the row must not keep its panel from getting narrow."""
        hint = super().minimumSizeHint()
        margins = self._grid.contentsMargins()
        outer = self.start.minimumSize().width() + self.end.minimumSize().width() + SPACE_1
        middle = self._middle.minimumSizeHint().width() if self._middle is not None else 0
        return QSize(max(outer, middle) + margins.left() + margins.right(), hint.height())

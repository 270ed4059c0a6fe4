"""The widgets in which people type: a line that says at once when it cannot be right, a choice for yes and no."""

from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QComboBox, QLineEdit, QToolTip, QWidget

from damnit_backend.core.errors import UserError
from damnit_gui.state.parsing import parse_typed
from damnit_gui.theme import SPACE_1, current

TYPE_ROLE = Qt.ItemDataRole.UserRole + 2
"""The role under which the model gives the type of an editable column: boolean, integer, number or string."""

CHOICES = ("", "yes", "no")


def make_editor(parent: QWidget | None, index: QModelIndex) -> QWidget | None:
    """An editor for a cell; None if it cannot be edited."""
    type_ = index.data(TYPE_ROLE)
    if not isinstance(type_, str):
        return None
    if type_ == "boolean":
        return ChoiceEditor(parent)
    return LineEditor(type_, parent)


class ChoiceEditor(QComboBox):
    """Empty, yes or no. The value travels as text, like that of every other editor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItems(CHOICES)


class LineEditor(QLineEdit):
    """One line of text; Shift+Enter puts a line break into it, shown as a mark. Enter stays in a wrong value."""

    def __init__(self, type_: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._type = type_
        # The text stays where the cell showed it: the frame and Qt's own margin take four pixels.
        self.setTextMargins(SPACE_1, 0, SPACE_1, 0)
        if type_ in ("integer", "number"):
            self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textChanged.connect(self._check)
        self._error: UserError | None = None
        self._dress()

    def _check(self, text: str) -> None:
        try:
            parse_typed(text, self._type)
        except UserError as error:
            self._error = error
        else:
            self._error = None
        self._dress()

    def _dress(self) -> None:
        """A frame that says where one types, in the colour that says whether it can be right."""
        tokens = current()
        ground, edge = (tokens.error_fill, tokens.error) if self._error else (tokens.base, tokens.accent)
        self.setStyleSheet(f"QLineEdit {{ background: {ground}; color: {tokens.text}; border: 2px solid {edge}; }}")

    def take_enter(self, event: QKeyEvent) -> bool:
        """Whether Enter must not end the editing: it makes a line break, or the text cannot be right."""
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._type == "string":
            self.insert("\n")
            return True
        if self._error is not None:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), str(self._error), self)
        return self._error is not None

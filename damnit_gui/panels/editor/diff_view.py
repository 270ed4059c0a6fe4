"""Two versions of the context file, compared, in place of the editor until it is closed."""

from collections.abc import Sequence

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from damnit_gui.panels.text.view import TextView
from damnit_gui.theme import SPACE_1, SPACE_2, Tokens

from .differences import DiffKind, DiffLine, count_changes
from .wording import count

_MARKERS = {DiffKind.ADDED: 3, DiffKind.REMOVED: 4, DiffKind.PLACE: 5, DiffKind.HEADER: 5}


class _DiffText(TextView):
    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        for number in _MARKERS.values():
            self.markerDefine(QsciScintilla.MarkerSymbol.Background, number)
        self.setCaretWidth(0)
        self.refresh_tokens()

    def apply_tokens(self, tokens: Tokens) -> None:
        super().apply_tokens(tokens)
        self.setMarkerBackgroundColor(_tint(tokens.ok, tokens.base), _MARKERS[DiffKind.ADDED])
        self.setMarkerBackgroundColor(_tint(tokens.error, tokens.base), _MARKERS[DiffKind.REMOVED])
        self.setMarkerBackgroundColor(QColor(tokens.raised), _MARKERS[DiffKind.PLACE])

    def show_lines(self, lines: Sequence[DiffLine]) -> None:
        self.setReadOnly(False)
        self.setText("\n".join(line.text for line in lines))
        self.setReadOnly(True)
        self.markerDeleteAll()
        for number, line in enumerate(lines):
            if line.kind in _MARKERS:
                self.markerAdd(number, _MARKERS[line.kind])


def _tint(colour: str, ground: str, share: float = 0.18) -> QColor:
    """A colour thinned out, so that text on it stays readable."""
    over, under = QColor(colour), QColor(ground)
    pairs = zip((over.red(), over.green(), over.blue()), (under.red(), under.green(), under.blue()), strict=True)
    return QColor(*(round(share * high + (1 - share) * low) for high, low in pairs))


class DiffView(QWidget):
    """What `-` was and `+` is; Esc goes back."""

    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel()
        back = QPushButton("Back to the editor")
        back.clicked.connect(self.closed)
        self.view = _DiffText()
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        head.addWidget(self._title, 1)
        head.addWidget(back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.view)

    def show_difference(self, lines: list[DiffLine], before: str, after: str) -> None:
        """Show what leads from one version to the other."""
        added, removed = count_changes(lines)
        what = f"{count(added, 'line')} added, {removed or 'none'} removed" if lines else "no line differs"
        self._title.setText(f"From {before} to {after}: {what}")
        self.view.show_lines(lines)
        self.view.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

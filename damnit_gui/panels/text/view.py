"""The base of the editor and the log: monospaced text in the theme's colours, fast with megabytes."""

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QFrame, QWidget

from damnit_gui.theme import Tokens, current, monospace, theme_changed

NUMBERS_MARGIN, MARKS_MARGIN, FOLD_MARGIN = 0, 1, 2


def scintilla_colour(colour: str) -> int:
    """A token's colour as Scintilla's own messages want it."""
    shown = QColor(colour)
    return shown.red() | shown.green() << 8 | shown.blue() << 16


class TextView(QsciScintilla):
    """UTF-8 text without any file. Subclasses that keep more colours extend `apply_tokens`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbered = False
        self.setMarginWidth(NUMBERS_MARGIN, 0)
        self.setUtf8(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(monospace())
        self.setMarginsFont(monospace())
        self.setMarginWidth(MARKS_MARGIN, 0)
        self.setScrollWidth(1)
        self.setScrollWidthTracking(True)
        self.SendScintilla(QsciScintilla.SCI_SETMARGINLEFT, 0, 6)
        self.SendScintilla(QsciScintilla.SCI_SETEXTRAASCENT, 1)
        self.SendScintilla(QsciScintilla.SCI_SETEXTRADESCENT, 2)
        self.linesChanged.connect(self._fit_numbers)
        self.SCN_ZOOM.connect(self._fit_numbers)
        theme_changed.connect(self.apply_tokens)

    def apply_tokens(self, tokens: Tokens) -> None:
        """Take the colours of a theme. To be called once at the end of a subclass's constructor."""
        text, ground = QColor(tokens.text), QColor(tokens.base)
        self.setColor(text)
        self.setPaper(ground)
        self.setCaretForegroundColor(text)
        self.setSelectionBackgroundColor(QColor(tokens.selection))
        self.setSelectionForegroundColor(QColor(tokens.selection_text))
        self.setMarginsBackgroundColor(QColor(tokens.alternate))
        self.setMarginsForegroundColor(QColor(tokens.muted))

    def show_numbers(self) -> None:
        """Number the lines in the margin."""
        self._numbered = True
        self.setMarginLineNumbers(NUMBERS_MARGIN, True)
        self._fit_numbers()

    def _fit_numbers(self) -> None:
        if self._numbered:
            self.setMarginWidth(NUMBERS_MARGIN, "0" * (max(len(str(self.lines())), 3) + 1))

    def refresh_tokens(self) -> None:
        self.apply_tokens(current())

    def go_to(self, line: int, column: int = 0) -> None:
        """Put the caret at a place (from 0), with some lines around it in sight, unfolded."""
        line = min(max(line, 0), self.lines() - 1)
        self.ensureLineVisible(line)
        self.setCursorPosition(line, column)
        on_screen = self.SendScintilla(QsciScintilla.SCI_LINESONSCREEN)
        first = self.firstVisibleLine()
        shown = self.SendScintilla(QsciScintilla.SCI_VISIBLEFROMDOCLINE, line)
        if not first + 2 <= shown <= first + on_screen - 3:
            self.setFirstVisibleLine(max(shown - on_screen // 3, 0))

"""The text field for Python: what an editor does by itself, without knowing of files or checks."""

from ctypes import addressof, create_string_buffer

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtCore import QKeyCombination, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget
from PyQt6.sip import voidptr

from damnit_gui.panels.text.view import FOLD_MARGIN, TextView, scintilla_colour
from damnit_gui.theme import Tokens

from .commenting import toggle_comments
from .highlighting import ContextLexer
from .positions import split_lines
from .templates import with_gaps

_EOL_MODES = {
    "\n": QsciScintilla.EolMode.EolUnix,
    "\r\n": QsciScintilla.EolMode.EolWindows,
    "\r": QsciScintilla.EolMode.EolMac,
}
_TAKEN_KEYS = (
    QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L),
    QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Slash),
)
"""Scintilla's own meanings of keys that the panel uses otherwise."""

_LARGE = 500_000
"""Bytes from which on completion no longer looks through the text at each key."""


class CodeEditor(TextView):
    """Python with highlighting, folding, completion and automatic indentation of 4 spaces."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lexer = ContextLexer(self)
        self.setLexer(self._lexer)
        self._set_up_layout()
        self._set_up_typing()
        self.show_numbers()
        self.refresh_tokens()

    def _set_up_layout(self) -> None:
        self.setIndentationsUseTabs(False)
        self.setTabWidth(4)
        self.setIndentationWidth(4)
        self.setTabIndents(True)
        self.setBackspaceUnindents(True)
        self.setAutoIndent(True)
        self.setIndentationGuides(True)
        self.setCaretLineVisible(True)
        self.setCaretLineFrameWidth(1)  # a frame, not a ground, that would hide the one of a problem
        self.setCaretWidth(2)
        self.setBraceMatching(QsciScintilla.BraceMatch.SloppyBraceMatch)
        self.setFolding(QsciScintilla.FoldStyle.PlainFoldStyle, FOLD_MARGIN)
        for number, symbol in (
            (QsciScintilla.SC_MARKNUM_FOLDER, QsciScintilla.SC_MARK_ARROW),
            (QsciScintilla.SC_MARKNUM_FOLDEROPEN, QsciScintilla.SC_MARK_ARROWDOWN),
        ):
            self.SendScintilla(QsciScintilla.SCI_MARKERDEFINE, number, symbol)

    def _set_up_typing(self) -> None:
        self.setAutoCompletionSource(QsciScintilla.AutoCompletionSource.AcsAll)
        self.setAutoCompletionThreshold(3)
        self.setAutoCompletionReplaceWord(False)
        self.setAutoCompletionUseSingle(QsciScintilla.AutoCompletionUseSingle.AcusNever)
        commands = self.standardCommands()
        for key in _TAKEN_KEYS:
            command = commands.boundTo(key.toCombined())
            if command is not None:
                command.setKey(0)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._is_completed():
            self.cancelList()  # there is nothing to complete: Enter means a new line
        super().keyPressEvent(event)

    def _is_completed(self) -> bool:
        """Whether the list of completions is open at a word that stands there whole already."""
        if not self.isListActive():
            return False
        chosen = create_string_buffer(self.SendScintilla(QsciScintilla.SCI_AUTOCGETCURRENTTEXT) + 1)
        self.SendScintilla(QsciScintilla.SCI_AUTOCGETCURRENTTEXT, 0, voidptr(addressof(chosen)))
        line, column = self.getCursorPosition()
        return self.text(line)[:column].endswith(chosen.value.decode())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Where people type stays in sight when something appears above or below."""
        if event is None:
            return
        super().resizeEvent(event)
        line = self.SendScintilla(QsciScintilla.SCI_VISIBLEFROMDOCLINE, self.getCursorPosition()[0])
        if 0 <= line - self.firstVisibleLine() < event.oldSize().height() // self.textHeight(0):
            self.ensureCursorVisible()

    def apply_tokens(self, tokens: Tokens) -> None:
        super().apply_tokens(tokens)
        self._lexer.apply_tokens(tokens)
        self.setCaretLineBackgroundColor(QColor(tokens.border))
        self.resetSelectionForegroundColor()  # the syntax stays visible in selected text
        self.setFoldMarginColors(QColor(tokens.alternate), QColor(tokens.alternate))
        self.setIndentationGuidesBackgroundColor(QColor(tokens.border))
        self.setIndentationGuidesForegroundColor(QColor(tokens.border))
        self.setMatchedBraceBackgroundColor(QColor(tokens.selection))
        self.setMatchedBraceForegroundColor(QColor(tokens.selection_text))
        self.setUnmatchedBraceBackgroundColor(QColor(tokens.error_fill))
        self.setUnmatchedBraceForegroundColor(QColor(tokens.error))
        for number in (QsciScintilla.SC_MARKNUM_FOLDER, QsciScintilla.SC_MARKNUM_FOLDEROPEN):
            # QScintilla's own setters leave out the markers for folding.
            self.SendScintilla(QsciScintilla.SCI_MARKERSETBACK, number, scintilla_colour(tokens.muted))
            self.SendScintilla(QsciScintilla.SCI_MARKERSETFORE, number, scintilla_colour(tokens.muted))

    def load_text(self, text: str, newline: str) -> None:
        """Show another text, as the beginning of its history."""
        self.setText(text)  # it also forgets what could be undone
        self.setCursorPosition(0, 0)
        self.set_newline(newline)

    @property
    def newline(self) -> str:
        """What ends new lines."""
        return next(text for text, mode in _EOL_MODES.items() if mode == self.eolMode())

    def set_newline(self, newline: str) -> None:
        self.setEolMode(_EOL_MODES[newline])
        source = QsciScintilla.AutoCompletionSource
        self.setAutoCompletionSource(source.AcsAPIs if self.length() > _LARGE else source.AcsAll)

    def exchange_text(self, text: str, newline: str) -> None:
        """Show another text as a step that can be undone, at the same place as far as it goes."""
        line, column = self.getCursorPosition()
        first = self.firstVisibleLine()
        locked = self.isReadOnly()
        self.setReadOnly(False)
        self.beginUndoAction()
        self.selectAll()
        self.replaceSelectedText(text)
        self.endUndoAction()
        self.setReadOnly(locked)
        self.set_newline(newline)
        self.setCursorPosition(min(line, self.lines() - 1), column)
        self.setFirstVisibleLine(first)

    def toggle_comment(self) -> None:
        """Comment the selected lines (or the caret's) out, or in again if all of them are comments."""
        if self.isReadOnly():
            return
        first, start, last, end = self.getSelection()
        if first < 0:
            first, start = self.getCursorPosition()
            last, end = first, start
        elif end == 0 and last > first:
            last -= 1  # the selection ends before that line
        before = [self.text(line) for line in range(first, last + 1)]
        after = "".join(toggle_comments(before))
        if after == "".join(before):
            return
        self.beginUndoAction()
        self.setSelection(first, 0, last, len(before[-1]))
        self.replaceSelectedText(after)
        self.endUndoAction()
        if last > first:
            self.setSelection(first, 0, last, max(self.lineLength(last) - 1, 0))
        else:
            moved = len(after) - len("".join(before))
            self.setCursorPosition(first, max(start + moved, 0))

    def insert_code(self, line: int, code: str) -> None:
        """Put a function at a line (from 0; the number of lines: at the end), with room around it, and go there."""
        lines = split_lines(self.text())
        text, above = with_gaps(code, lines, line)
        text = text.replace("\n", self.newline)
        self.beginUndoAction()
        if line >= len(lines):
            self.insertAt(text, len(lines) - 1, len(lines[-1]))  # `append` would forget all undo steps
        else:
            self.insertAt(text, line, 0)
        self.endUndoAction()
        self.go_to(min(line, len(lines) - 1) + above)

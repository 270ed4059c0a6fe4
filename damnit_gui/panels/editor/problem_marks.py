"""Problems in the text: a sign in the margin, the line tinted, the place underlined; of warnings the sign only."""

from collections.abc import Sequence

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QColor

from damnit_backend.contextproc.protocol import Problem
from damnit_gui.panels.text.view import MARKS_MARGIN
from damnit_gui.theme import Tokens, current, icon, theme_changed

from .code_editor import CodeEditor
from .positions import next_line, span_of, split_lines

_SIGN, _LINE, _ODD, _SQUIGGLE = 1, 2, 3, 8
_SIGN_SIZE = 14


class ProblemMarks(QObject):
    """Keeps the marks of one editor. Lines move with the text until the next check."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        editor.setMarginType(MARKS_MARGIN, QsciScintilla.MarginType.SymbolMargin)
        editor.setMarginMarkerMask(MARKS_MARGIN, 1 << _SIGN | 1 << _ODD)
        editor.setMarginWidth(MARKS_MARGIN, _SIGN_SIZE + 4)
        editor.markerDefine(QsciScintilla.MarkerSymbol.Background, _LINE)
        editor.indicatorDefine(QsciScintilla.IndicatorStyle.SquiggleIndicator, _SQUIGGLE)
        self._handles: list[int] = []
        theme_changed.connect(self._apply_tokens)
        self._apply_tokens(current())

    def _apply_tokens(self, tokens: Tokens) -> None:
        self._editor.markerDefine(icon("mdi6.alert-circle", "error").pixmap(_SIGN_SIZE, _SIGN_SIZE), _SIGN)
        self._editor.markerDefine(icon("mdi6.alert", "warning").pixmap(_SIGN_SIZE, _SIGN_SIZE), _ODD)
        self._editor.setMarkerBackgroundColor(QColor(tokens.error_fill), _LINE)
        self._editor.setIndicatorForegroundColor(QColor(tokens.error), _SQUIGGLE)

    def show(self, problems: Sequence[Problem]) -> None:
        """Mark these problems and no others."""
        for marker in (_SIGN, _LINE, _ODD):
            self._editor.markerDeleteAll(marker)
        self._editor.clearIndicatorRange(0, 0, self._editor.lines(), 0, _SQUIGGLE)
        lines = split_lines(self._editor.text()) if problems else []
        self._handles = []
        for problem in problems:
            span = span_of(problem, lines)
            if span is None:
                continue
            if problem.severity == "warning":
                self._handles.append(self._editor.markerAdd(span.line, _ODD))
                continue
            self._handles.append(self._editor.markerAdd(span.line, _SIGN))
            self._editor.markerAdd(span.line, _LINE)
            self._editor.fillIndicatorRange(span.line, span.column, span.end_line, span.end_column, _SQUIGGLE)

    def marked_lines(self) -> list[int]:
        """Where the signs are now, from 0."""
        lines = (self._editor.markerLine(handle) for handle in self._handles)
        return sorted({line for line in lines if line >= 0})

    def go_to_next(self) -> None:
        """Move the caret to the next marked line; from the last one to the first."""
        line = next_line(self.marked_lines(), self._editor.getCursorPosition()[0])
        if line is not None:
            text = self._editor.text(line)
            self._editor.go_to(line, len(text) - len(text.lstrip()))
            self._editor.setFocus()

"""The text of a log: errors coloured, places in the context file to click on, always at its end unless scrolled up."""

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QWidget

from damnit_gui.panels.text.view import TextView
from damnit_gui.theme import Tokens

from .follower import News
from .log_text import LogText, Mark, Notice

_FIRST_INDICATOR = 8
_STYLES = {
    Notice.ERROR: QsciScintilla.IndicatorStyle.TextColorIndicator,
    Notice.WARNING: QsciScintilla.IndicatorStyle.TextColorIndicator,
    Notice.FRAME: QsciScintilla.IndicatorStyle.TextColorIndicator,
    Notice.LINK: QsciScintilla.IndicatorStyle.PlainIndicator,
}


class LogView(TextView):
    link_clicked = pyqtSignal(int)
    """A line (from 1) of the context file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rest_length = 0
        self.setReadOnly(True)
        self.setCaretWidth(0)
        self.SendScintilla(QsciScintilla.SCI_SETUNDOCOLLECTION, 0)
        self.SendScintilla(QsciScintilla.SCI_SETWRAPSTARTINDENT, 4)
        for kind, style in _STYLES.items():
            self.indicatorDefine(style, _FIRST_INDICATOR + kind)
        self.SCN_INDICATORRELEASE.connect(self._clicked)
        self.refresh_tokens()

    def apply_tokens(self, tokens: Tokens) -> None:
        super().apply_tokens(tokens)
        for kind, colour in (
            (Notice.ERROR, tokens.error),
            (Notice.WARNING, tokens.warning),
            (Notice.FRAME, tokens.muted),
            (Notice.LINK, tokens.accent),
        ):
            self.setIndicatorForegroundColor(QColor(colour), _FIRST_INDICATOR + kind)

    @property
    def at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar is None or bar.value() >= bar.maximum()

    def go_to_end(self) -> None:
        self.SendScintilla(QsciScintilla.SCI_SCROLLTOEND)

    def go_to_last(self, name: str) -> None:
        """Bring the last line that tells of a Variable to the top; stay if there is none."""
        text = self.text()
        at = max(text.rfind(f"damnit_ctx: {name}{end}") for end in (" ", ":"))
        if at >= 0:
            self.setFirstVisibleLine(self.SendScintilla(QsciScintilla.SCI_VISIBLEFROMDOCLINE, text.count("\n", 0, at)))

    def set_wrapped(self, wrapped: bool) -> None:
        stays = self.at_end
        self.setWrapMode(QsciScintilla.WrapMode.WrapWord if wrapped else QsciScintilla.WrapMode.WrapNone)
        if stays:
            self.go_to_end()

    def show_news(self, news: News) -> None:
        """Add what is new; whoever looks at the end keeps looking at the end."""
        stays = news.fresh or self.at_end
        self.setReadOnly(False)
        if news.fresh:
            self.SendScintilla(QsciScintilla.SCI_CLEARALL)
            self._rest_length = 0
        elif self._rest_length:
            self.SendScintilla(QsciScintilla.SCI_DELETERANGE, self.length() - self._rest_length, self._rest_length)
        self._insert(self.length(), news.text)
        self._insert(self.length(), LogText(news.rest))
        self._rest_length = len(news.rest)
        self.setReadOnly(True)
        if stays:
            self.go_to_end()

    def show_earlier(self, text: LogText) -> None:
        """Add what stands before, and keep the same lines in sight."""
        first, lines = self.firstVisibleLine(), self.lines()
        self.setReadOnly(False)
        self._insert(0, text)
        self.setReadOnly(True)
        self.setFirstVisibleLine(first + self.lines() - lines)

    def _insert(self, position: int, text: LogText) -> None:
        if not text.data:
            return
        self.SendScintilla(QsciScintilla.SCI_SETTARGETRANGE, position, position)
        self.SendScintilla(QsciScintilla.SCI_REPLACETARGET, len(text.data), text.data)
        for mark in text.marks:
            self._fill(mark, position)

    def _fill(self, mark: Mark, position: int) -> None:
        self.SendScintilla(QsciScintilla.SCI_SETINDICATORCURRENT, _FIRST_INDICATOR + mark.kind)
        # The line that a link leads to is the indicator's value, so that it moves with the text.
        self.SendScintilla(QsciScintilla.SCI_SETINDICATORVALUE, max(mark.line, 1))
        self.SendScintilla(QsciScintilla.SCI_INDICATORFILLRANGE, position + mark.start, mark.length)

    def link_at(self, position: int) -> int | None:
        """The line of the context file to which the text at a byte leads."""
        indicator = _FIRST_INDICATOR + Notice.LINK
        return int(self.SendScintilla(QsciScintilla.SCI_INDICATORVALUEAT, indicator, position)) or None

    def _clicked(self, position: int, _modifiers: int) -> None:
        target = self.link_at(position)
        if target is not None and not self.hasSelectedText():  # who selects text does not want to leave it
            self.link_clicked.emit(target)

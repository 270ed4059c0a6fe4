"""The bar below a text to find, and where it may be edited, to replace. It never covers the text."""

from PyQt6.Qsci import QsciScintilla
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from damnit_gui.theme import SPACE_1, SPACE_2, Tokens, current, theme_changed

from .parts import delay, flat_button
from .searching import MAX_MATCHES, Match, Query, find_all, next_match, replace_all, replace_match, select, selection

_INDICATOR, _CURRENT = 12, 13
_SEARCH_DELAY_MS = 120


class FindBar(QWidget):
    """Searches the text while it is typed; Enter and Shift+Enter go to the next and the former match, Esc closes."""

    def __init__(self, view: QsciScintilla, *, replacing: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._matches: list[Match] = []
        self._delay = delay(self, _SEARCH_DELAY_MS, self._search)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._search_near_caret)
        self._case = self._toggle("mdi6.format-letter-case", "Upper and lower case differ")
        self._word = self._toggle("mdi6.format-letter-matches", "Whole words only")
        self._regex = self._toggle("mdi6.regex", "Regular expression")
        self._count = QLabel()
        self._count.setMinimumWidth(self.fontMetrics().horizontalAdvance("9999 of 9999"))
        self.replacement = QLineEdit()
        self.replacement.setPlaceholderText("Replace with")
        self._replace_row = QWidget()
        self._lay_out()
        self._replacing = replacing
        view.textChanged.connect(self._search_later)
        for number in (_INDICATOR, _CURRENT):
            view.indicatorDefine(QsciScintilla.IndicatorStyle.StraightBoxIndicator, number)
            view.setIndicatorDrawUnder(True, number)
        theme_changed.connect(self._apply_tokens)
        self._apply_tokens(current())
        self.hide()

    def _apply_tokens(self, tokens: Tokens) -> None:
        self._view.setIndicatorForegroundColor(QColor(tokens.warning), _INDICATOR)
        self._view.setIndicatorForegroundColor(QColor(tokens.accent), _CURRENT)
        for number, alpha, outline in ((_INDICATOR, 60, 90), (_CURRENT, 90, 255)):
            self._view.SendScintilla(QsciScintilla.SCI_INDICSETALPHA, number, alpha)
            self._view.SendScintilla(QsciScintilla.SCI_INDICSETOUTLINEALPHA, number, outline)

    def _toggle(self, name: str, tip: str) -> QToolButton:
        button = flat_button(name, tip)
        button.setCheckable(True)
        button.toggled.connect(self._search)
        return button

    def _lay_out(self) -> None:
        previous = flat_button("mdi6.arrow-up", "Former match (Shift+Enter)")
        following = flat_button("mdi6.arrow-down", "Next match (Enter)")
        close = flat_button("mdi6.close", "Close (Esc)")
        previous.clicked.connect(lambda: self.go(forward=False))
        following.clicked.connect(lambda: self.go(forward=True))
        close.clicked.connect(self.close_bar)
        top = QHBoxLayout()
        for widget in (self.field, self._case, self._word, self._regex, previous, following, self._count, close):
            top.addWidget(widget)
        one, every = QPushButton("Replace"), QPushButton("Replace all")
        one.clicked.connect(self.replace_one)
        every.clicked.connect(self.replace_every)
        bottom = QHBoxLayout(self._replace_row)
        bottom.setContentsMargins(0, 0, 0, 0)
        bottom.addWidget(self.replacement)
        bottom.addWidget(one)
        bottom.addWidget(every)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        layout.setSpacing(SPACE_1)
        layout.addLayout(top)
        layout.addWidget(self._replace_row)

    @property
    def query(self) -> Query:
        return Query(self.field.text(), self._case.isChecked(), self._word.isChecked(), self._regex.isChecked())

    def open(self, *, replace: bool = False) -> None:
        """Show the bar; one selected line becomes what is looked for."""
        chosen = self._view.selectedText()
        self._replace_row.setVisible(replace and self._replacing and not self._view.isReadOnly())
        self.show()
        if chosen and "\n" not in chosen and "\r" not in chosen:
            self.field.setText(chosen)
        self.field.setFocus()
        self.field.selectAll()
        self._search()

    def close_bar(self) -> None:
        self.hide()
        self._clear_marks()
        self._view.setFocus()

    def go(self, *, forward: bool) -> None:
        """Select the next or the former match."""
        self._search()
        number = next_match(self._matches, selection(self._view), forward=forward)
        if number is not None:
            select(self._view, self._matches[number])
        self._tell(number)

    def replace_one(self) -> None:
        """Replace the selected match, and go to the next one."""
        match = selection(self._view)
        if match in find_all(self._view, self.query):
            end = replace_match(self._view, self.query, match, self.replacement.text())
            if end is not None:
                self._view.SendScintilla(QsciScintilla.SCI_SETSEL, end, end)
        self.go(forward=True)

    def replace_every(self) -> None:
        count = replace_all(self._view, self.query, self.replacement.text())
        self._search()
        self._count.setText(f"{count} replaced")

    def _search_near_caret(self) -> None:
        """While the expression is typed, select the match at or after the place where the search began."""
        here = selection(self._view)
        self._search()
        number = next_match(self._matches, Match(here.start - 1, here.start), forward=True)
        if number is not None:
            select(self._view, self._matches[number])
        self._tell(number)

    def _search_later(self) -> None:
        if self.isVisible():
            self._delay.start()

    def _search(self) -> None:
        self._clear_marks()
        self._matches = find_all(self._view, self.query)
        self._view.SendScintilla(QsciScintilla.SCI_SETINDICATORCURRENT, _INDICATOR)
        for start, end in self._matches:
            self._view.SendScintilla(QsciScintilla.SCI_INDICATORFILLRANGE, start, end - start)
        here = selection(self._view)
        self._tell(self._matches.index(here) if here in self._matches else None)

    def _clear_marks(self) -> None:
        for number in (_INDICATOR, _CURRENT):
            self._view.SendScintilla(QsciScintilla.SCI_SETINDICATORCURRENT, number)
            self._view.SendScintilla(QsciScintilla.SCI_INDICATORCLEARRANGE, 0, self._view.length())

    def _tell(self, number: int | None) -> None:
        total = len(self._matches)
        if number is not None:  # the selection alone is faint while the focus is in this bar
            start, end = self._matches[number]
            self._view.SendScintilla(QsciScintilla.SCI_SETINDICATORCURRENT, _CURRENT)
            self._view.SendScintilla(QsciScintilla.SCI_INDICATORCLEARRANGE, 0, self._view.length())
            self._view.SendScintilla(QsciScintilla.SCI_INDICATORFILLRANGE, start, end - start)
        many = "+" if total >= MAX_MATCHES else ""
        if not self.field.text():
            text = ""
        elif number is None:
            text = f"{total}{many} found" if total else "not found"
        else:
            text = f"{number + 1} of {total}{many}"
        self._count.setText(text)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        key = None if event is None else event.key()
        if key == Qt.Key.Key_Escape:
            self.close_bar()
        elif event is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.replacement.hasFocus():
                self.replace_one()
            else:
                self.go(forward=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        else:
            super().keyPressEvent(event)

"""Finding and replacing in a Scintilla text. Positions are in bytes of its UTF-8, as Scintilla counts."""

from dataclasses import dataclass
from typing import NamedTuple

from PyQt6.Qsci import QsciScintilla

MAX_MATCHES = 10_000
"""More are not counted; the search goes on from the caret all the same."""


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    case: bool = False
    word: bool = False
    regex: bool = False

    @property
    def flags(self) -> int:
        flags = QsciScintilla.SCFIND_MATCHCASE if self.case else 0
        flags |= QsciScintilla.SCFIND_WHOLEWORD if self.word else 0
        return flags | (QsciScintilla.SCFIND_REGEXP | QsciScintilla.SCFIND_CXX11REGEX if self.regex else 0)


class Match(NamedTuple):
    start: int
    end: int


def find_all(view: QsciScintilla, query: Query, limit: int = MAX_MATCHES) -> list[Match]:
    """The first matches in the text; none for an empty or a wrong expression. Empty matches are left out."""
    found: list[Match] = []
    length, start = view.length(), 0
    while query.text and start < length and len(found) < limit:
        match = _find(view, query, start, length)
        if match is None:
            break
        if match.end > match.start:
            found.append(match)
        start = max(match.end, start + 1)
    return found


def _find(view: QsciScintilla, query: Query, start: int, end: int) -> Match | None:
    needle = query.text.encode()
    view.SendScintilla(QsciScintilla.SCI_SETSEARCHFLAGS, query.flags)
    view.SendScintilla(QsciScintilla.SCI_SETTARGETRANGE, start, end)
    position = view.SendScintilla(QsciScintilla.SCI_SEARCHINTARGET, len(needle), needle)
    if not 0 <= position <= end:  # -1: none, -2: a wrong expression; unsigned in some builds
        return None
    return Match(position, view.SendScintilla(QsciScintilla.SCI_GETTARGETEND))


def selection(view: QsciScintilla) -> Match:
    """The selected bytes; empty at the caret if nothing is selected."""
    return Match(
        view.SendScintilla(QsciScintilla.SCI_GETSELECTIONSTART), view.SendScintilla(QsciScintilla.SCI_GETSELECTIONEND)
    )


def next_match(matches: list[Match], here: Match, *, forward: bool) -> int | None:
    """Which match to go to from a selection; round the end of the text."""
    if not matches:
        return None
    if forward:
        return next((i for i, match in enumerate(matches) if match.start >= max(here.end, here.start + 1)), 0)
    before = (i for i in range(len(matches) - 1, -1, -1) if matches[i].start < here.start)
    return next(before, len(matches) - 1)


def select(view: QsciScintilla, match: Match) -> None:
    """Select a match and bring it into sight."""
    view.ensureLineVisible(view.SendScintilla(QsciScintilla.SCI_LINEFROMPOSITION, match.start))
    view.SendScintilla(QsciScintilla.SCI_SETSEL, match.start, match.end)
    view.SendScintilla(QsciScintilla.SCI_SCROLLRANGE, match.end, match.start)


def replace_match(view: QsciScintilla, query: Query, match: Match, replacement: str) -> int | None:
    """Replace a match; groups of a regular expression are ``\\1`` to ``\\9``. Where the new text ends; None if
    there is no match at that place any more."""
    if _find(view, query, match.start, match.end) != match:
        return None
    message = QsciScintilla.SCI_REPLACETARGETRE if query.regex else QsciScintilla.SCI_REPLACETARGET
    data = replacement.encode()
    view.SendScintilla(message, len(data), data)
    return int(view.SendScintilla(QsciScintilla.SCI_GETTARGETEND))


def replace_all(view: QsciScintilla, query: Query, replacement: str) -> int:
    """Replace every match as one step to undo; how many."""
    matches = find_all(view, query, limit=view.length() + 1)
    view.beginUndoAction()
    try:
        for match in reversed(matches):
            replace_match(view, query, match, replacement)
    finally:
        view.endUndoAction()
    return len(matches)

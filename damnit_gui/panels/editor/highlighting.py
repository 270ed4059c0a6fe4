"""Python's syntax in the theme's colours, and the words that the editor completes."""

import keyword

from PyQt6.Qsci import QsciAPIs, QsciLexerPython
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QColor

from damnit_gui.theme import Tokens, monospace, series_colours

CONTEXT_WORDS = (
    "damnit_ctx",
    "Variable(title, summary, data, tags, units, description, cluster, transient)",
    "Cell(data, summary, summary_value, bold, background, preview, units)",
    "Skip(reason)",
    "Group",
    "Pipeline",
    "var#",
    "self#",
    "meta#run_number",
    "meta#proposal",
    "meta#proposal_path",
    "mymdc#sample_name",
    "mymdc#run_type",
    "mymdc#techniques",
    "param#",
    "get_array",
    "get_dask_array",
    "get_run_value",
    "ndarray",
    "xarray",
    "all_sources",
    "train_ids",
)
"""What context files use besides Python itself."""

_STYLES = QsciLexerPython


class ContextLexer(QsciLexerPython):
    """Python, with the words of context files as a second set of keywords."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setFont(monospace(), -1)
        self.setFoldComments(False)
        self.setFoldQuotes(True)
        self.setIndentationWarning(QsciLexerPython.IndentationWarning.Inconsistent)
        apis = QsciAPIs(self)
        for word in CONTEXT_WORDS:
            apis.add(word)
        apis.prepare()

    def keywords(self, keyword_set: int) -> str:
        if keyword_set == 1:
            return " ".join(keyword.kwlist)
        return "Variable Cell Skip Group Pipeline self run" if keyword_set == 2 else ""

    def apply_tokens(self, tokens: Tokens) -> None:
        blue, orange, green, purple, _, teal = series_colours(tokens)
        self.setPaper(QColor(tokens.base), -1)
        self.setColor(QColor(tokens.text), -1)
        for colour, styles in {
            tokens.muted: (_STYLES.Comment, _STYLES.CommentBlock),
            purple: (_STYLES.Keyword,),
            blue: (_STYLES.FunctionMethodName, _STYLES.ClassName),
            teal: (_STYLES.Decorator, _STYLES.HighlightedIdentifier),
            orange: (_STYLES.Number,),
            tokens.error: (_STYLES.UnclosedString,),
            green: (
                _STYLES.SingleQuotedString,
                _STYLES.DoubleQuotedString,
                _STYLES.TripleSingleQuotedString,
                _STYLES.TripleDoubleQuotedString,
                _STYLES.SingleQuotedFString,
                _STYLES.DoubleQuotedFString,
                _STYLES.TripleSingleQuotedFString,
                _STYLES.TripleDoubleQuotedFString,
            ),
        }.items():
            for style in styles:
                self.setColor(QColor(colour), style)
        self.setPaper(QColor(tokens.error_fill), _STYLES.UnclosedString)

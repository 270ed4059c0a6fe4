"""The widgets of the editor panel and where they lie; what they do is the panel's."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from damnit_gui.panels.text.find_bar import FindBar
from damnit_gui.panels.text.parts import ElidedLabel
from damnit_gui.panels.text.strip import Strip
from damnit_gui.theme import SPACE_1, SPACE_2, current

from .code_editor import CodeEditor
from .diff_view import DiffView
from .line_bar import LineBar
from .outline import Outline
from .problem_list import ProblemList
from .problem_marks import ProblemMarks

OUTLINE_FITS = 560
"""In a narrower panel (in pixels) the code gets all the room."""


class EditorWidgets:
    """From top to bottom: tool bar, strips, code beside the outline (or a comparison), bars, problems, status."""

    def __init__(self, panel: QWidget) -> None:
        self.tool_bar = QToolBar()
        self.tool_bar.setIconSize(QSize(18, 18))
        self.title = QLabel()
        self.title.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        self.draft_strip, self.disk_strip, self.save_strip = Strip(), Strip(), Strip()
        self.editor = CodeEditor()
        self.editor.setAccessibleName("Context file")
        self.marks = ProblemMarks(self.editor)
        self.outline = Outline()
        self.diff = DiffView()
        self.find_bar = FindBar(self.editor, replacing=True)
        self.line_bar = LineBar(self.editor)
        self.problems = ProblemList()
        self.status = ElidedLabel()
        self.place = QLabel()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self.stack = QStackedWidget()
        self._lay_out(panel)

    def _lay_out(self, panel: QWidget) -> None:
        self._splitter.addWidget(self.editor)
        self._splitter.addWidget(self.outline)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([800, 200])
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self.outline.setMinimumWidth(120)
        self.stack.addWidget(self._splitter)
        self.stack.addWidget(self.diff)
        status = QHBoxLayout()
        status.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        status.addWidget(self.status, 1)
        status.addWidget(self.place)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tool_bar)
        for strip in (self.draft_strip, self.disk_strip, self.save_strip):
            layout.addWidget(strip)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.find_bar)
        layout.addWidget(self.line_bar)
        layout.addWidget(self.problems)
        layout.addLayout(status)

    def fit(self, width: int) -> None:
        """Make the best of this width."""
        self.outline.setVisible(width >= OUTLINE_FITS)

    def show_diff(self, shown: bool) -> None:
        was_shown = self.stack.currentWidget() is self.diff
        self.stack.setCurrentWidget(self.diff if shown else self._splitter)
        if shown:
            self.find_bar.hide()
            self.line_bar.hide()
        elif was_shown:
            self.editor.setFocus()

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence in the status line, in the colour of errors if ``bad``."""
        shown = self.status.palette()
        shown.setColor(QPalette.ColorRole.WindowText, QColor(current().error if bad else current().text))
        self.status.setPalette(shown)
        self.status.setText(text)

"""The welcome page: recent folders, opening, making and demonstrating, with errors where they belong."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from damnit_backend.core.errors import UserError
from damnit_gui.theme import SPACE_2, SPACE_4

from .forms import DemoForm, Form, NewForm, OpenForm
from .recent import RecentList

INTRODUCTION = "For every new run, the Variables of a context file are computed and appear here as a row."


class WelcomePanel(QWidget):
    """Says what people want to open; the window does it and answers with `show_error` or `show_busy`."""

    open_requested = pyqtSignal(str)
    """A path or a proposal number."""
    make_requested = pyqtSignal(object, str)
    """Proposal number or None; a path, or '' for the proposal's usual place."""
    demo_requested = pyqtSignal(str)
    """The directory to put the demonstration in."""
    forget_requested = pyqtSignal(object)
    """A path to take off the list of recent folders."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recent = RecentList()
        self.open_form = OpenForm()
        self.new_form = NewForm()
        self.demo_form = DemoForm(Path(tempfile.gettempdir()) / "damnit-demo")
        self._forms: dict[str, Form] = {"open": self.open_form, "new": self.new_form, "demo": self.demo_form}
        self._asking: Form = self.open_form
        self._lay_out()
        self.recent.chosen.connect(lambda path: self._ask_open(str(path)))
        self.recent.forget.connect(self.forget_requested)
        self.open_form.submitted.connect(self._ask_open)
        self.new_form.submitted.connect(self._ask_make)
        self.demo_form.submitted.connect(self._ask_demo)

    def _lay_out(self) -> None:
        title = QLabel("DAMNIT Desktop")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        title.setFont(font)
        introduction = QLabel(INTRODUCTION)
        introduction.setWordWrap(True)
        introduction.setForegroundRole(introduction.palette().ColorRole.PlaceholderText)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.recent, 1)
        for form in self._forms.values():
            right.addWidget(form)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(2 * SPACE_4)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        page = QWidget()
        page.setMaximumWidth(960)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(2 * SPACE_4, 3 * SPACE_4, 2 * SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_2)
        layout.addWidget(title)
        layout.addWidget(introduction)
        layout.addSpacing(SPACE_4)
        layout.addLayout(columns, 1)
        centred = QWidget()
        row = QHBoxLayout(centred)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(page, 20)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(centred)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def set_recent(self, folders: Sequence[Path]) -> None:
        self.recent.set_folders(folders)

    def focus_part(self, name: str) -> None:
        """Put the cursor into the form ``open``, ``new`` or ``demo``."""
        self._forms.get(name, self.open_form).start()

    def show_busy(self, busy: bool) -> None:
        """Whether what was asked for last is under way."""
        self._asking.set_busy(busy)
        self.recent.setEnabled(not busy)
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)

    def show_error(self, error: UserError) -> None:
        """Say, below the form that asked, what went wrong."""
        self.show_busy(False)
        self._asking.show_error(error)

    def clear_errors(self) -> None:
        for form in self._forms.values():
            form.clear_error()

    def _ask(self, form: Form) -> None:
        self.clear_errors()
        self._asking = form

    def _ask_open(self, text: str) -> None:
        self._ask(self.open_form)
        self.open_requested.emit(text)

    def _ask_make(self, proposal: int | None, place: str) -> None:
        self._ask(self.new_form)
        self.make_requested.emit(proposal, place)

    def _ask_demo(self, directory: str) -> None:
        self._ask(self.demo_form)
        self.demo_requested.emit(directory)

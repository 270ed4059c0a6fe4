"""All problems of the text in a list of a few lines, below the editor."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from damnit_backend.contextproc.protocol import Problem
from damnit_gui.theme import SPACE_1, icon

from .wording import one_problem

_MOST_ROWS = 5
_NUMBER_ROLE = Qt.ItemDataRole.UserRole


class ProblemList(QListWidget):
    """Hidden while there are no problems; a click goes to the place."""

    chosen = pyqtSignal(object)
    """A `Problem`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Problems")
        self.setIconSize(QSize(14, 14))
        self.setStyleSheet(f"QListWidget::item {{ padding: 2px {SPACE_1}px; }}")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        self._problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        self.clear()
        for number, problem in enumerate(self._problems):
            sign = icon("mdi6.alert-circle", "error") if problem.severity == "error" else icon("mdi6.alert", "warning")
            item = QListWidgetItem(sign, one_problem(problem))
            item.setToolTip(problem.traceback.rstrip() or problem.message)
            item.setData(_NUMBER_ROLE, number)
            self.addItem(item)
        rows = min(len(problems), _MOST_ROWS)
        if rows:
            self.setFixedHeight(rows * self.sizeHintForRow(0) + 4)
        self.setVisible(rows > 0)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self._problems[item.data(_NUMBER_ROLE)])

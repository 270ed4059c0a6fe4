"""Controls take two lines where one has no room."""

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton, QWidget

from damnit_gui.plots.folding_row import FoldingRow


@pytest.fixture
def panel(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def row(panel: QWidget) -> FoldingRow:
    made = FoldingRow(panel)
    for part in (made.start, made.end):
        button = QPushButton("Button")
        button.setMinimumWidth(100)
        part.addWidget(button)
    middle = QLabel("Middle")
    middle.setMinimumWidth(150)
    made.set_middle(middle)
    made.resize(600, 40)
    panel.show()
    return made


def folded(row: FoldingRow) -> bool:
    """Whether the middle is below the others."""
    return row._middle is not None and row._middle.y() > row.start.geometry().bottom()


def test_it_folds_when_it_gets_narrow_and_unfolds_again(row, qtbot) -> None:
    assert not folded(row)
    row.resize(300, 80)
    qtbot.waitUntil(lambda: folded(row))
    row.resize(600, 80)
    qtbot.waitUntil(lambda: not folded(row))


def test_what_it_needs_at_least_is_the_folded_width(row) -> None:
    assert 200 <= row.minimumSizeHint().width() < 300


def test_a_middle_that_needs_more_folds_it(row, qtbot) -> None:
    wide = QLabel()
    wide.setMinimumWidth(500)
    row.set_middle(wide)
    qtbot.waitUntil(lambda: folded(row))
    row.set_middle(None)
    assert not folded(row)
    assert not row.grab().isNull()

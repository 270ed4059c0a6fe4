"""The panel on the small folder, shown and with a fixed size."""

import pytest
from PyQt6.QtWidgets import QApplication

from damnit_gui.panels.table.panel import RunTablePanel


@pytest.fixture
def panel(session, qtbot) -> RunTablePanel:
    made = RunTablePanel(session)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    with qtbot.waitExposed(made):
        made.show()
    made.view.setFocus()
    QApplication.processEvents()
    return made


@pytest.fixture
def many_runs(session, add_run):
    """Runs 1 to 40 instead of 1 to 5."""
    for run in range(6, 41):
        add_run(run, {"energy": float(run)})
    session.live.look()

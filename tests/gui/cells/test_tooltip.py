"""What a cell says when the pointer rests on it."""

import pytest

from damnit_backend.core.keys import RunKey
from damnit_backend.core.values import CellValue, Failure
from damnit_backend.store.table import RunInfo, VariableInfo
from damnit_gui.cells import EditState
from damnit_gui.cells.tooltip import cell_tooltip, column_tooltip, run_tooltip

KEY = RunKey(1234, 7)
INFO = VariableInfo("energy", "XGM/Energy", None, "Mean pulse energy", "µJ", ("beam",))


def test_it_says_everything_that_is_known() -> None:
    cell = CellValue(
        0.123456789, "mJ", max_diff=2.0, summary_method="nanmean", provenance="context.py", timestamp=1.7e9
    )
    text = cell_tooltip(KEY, INFO, cell)
    for part in ("XGM/Energy", "run 7", "1234", "0.123456789 mJ", "Mean pulse energy", "nanmean", "context.py", "2023"):
        assert part in text


@pytest.mark.parametrize("evil", ["<img src='http://x'>", "</html><b>", "a & b"])
def test_values_and_names_are_never_taken_for_html(evil) -> None:
    info = VariableInfo(evil, evil, None, evil, evil, (evil,))
    cells = [CellValue(evil, evil, provenance=evil, timestamp=1.0, summary_method=evil), CellValue(Failure(evil, evil))]
    for text in [
        *(cell_tooltip(KEY, info, cell, EditState.FAILED, evil) for cell in cells),
        column_tooltip(info),
    ]:
        assert text.startswith("<html>")
        assert evil not in text.removeprefix("<html>").removesuffix("</html>")


def test_errors_keep_their_lines() -> None:
    text = cell_tooltip(KEY, INFO, CellValue(Failure("DependencyError", "a failed\n  because of b")))
    assert "<b>DependencyError</b>: a failed<br>&nbsp;&nbsp;because of b" in text
    assert "Skipped: dark run" in cell_tooltip(KEY, INFO, CellValue(Failure("Skip", "dark run")))
    assert "No value" in cell_tooltip(KEY, INFO, CellValue())


def test_a_huge_text_is_cut() -> None:
    assert len(cell_tooltip(KEY, INFO, CellValue("x" * 100_000))) < 3000


def test_edits_that_are_not_stored_say_why() -> None:
    assert "Not stored yet" in cell_tooltip(KEY, INFO, CellValue(1), EditState.WAITING)
    assert "disk full" in cell_tooltip(KEY, INFO, CellValue(1), EditState.FAILED, "disk full")


def test_columns_and_runs_explain_themselves() -> None:
    for part in ("XGM/Energy", "Mean pulse energy", "µJ", "energy", "beam"):
        assert part in column_tooltip(INFO)
    assert "typed in by people" in column_tooltip(VariableInfo("x", "X", "number"))
    assert "not known" in run_tooltip(RunInfo(KEY, None, None))
    assert "2023" in run_tooltip(RunInfo(KEY, 1.7e9, None))

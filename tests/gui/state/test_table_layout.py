"""What is remembered of the table, and what is copied from it."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_gui.state.copying import as_tsv
from damnit_gui.state.order import Sort
from damnit_gui.state.table_layout import Density, TableLayout


def test_a_layout_survives_being_stored_as_json() -> None:
    layout = TableLayout(("b", "a"), frozenset({"c"}), {"a": 120}, Sort("b", True), Density.DENSE, follow=False)
    assert TableLayout.from_dict(json.loads(json.dumps(layout.to_dict()))) == layout


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "text",
        {"order": 5, "hidden": {}, "widths": [], "sort": "x", "density": "huge", "follow": 1},
        {"order": [1, None], "widths": {"a": -5, "b": "wide", "c": True, "d": 10**9}, "sort": {"name": 3}},
        {"density": []},
    ],
)
def test_what_makes_no_sense_in_a_stored_layout_is_left_out(stored) -> None:
    assert TableLayout.from_dict(stored) == TableLayout()


def test_one_cell_is_copied_as_it_is() -> None:
    assert as_tsv({(3, 4): 'two\n"lines"'}) == 'two\n"lines"'


def test_line_breaks_of_all_kinds_become_one() -> None:
    assert as_tsv({(0, 0): "a\r\nb", (0, 1): "c\rd"}) == '"a\nb"\t"c\nd"\n'


def test_several_cells_are_copied_with_gaps_and_headings() -> None:
    cells = {(1, 0): "a", (1, 2): "b\tc", (3, 2): "d"}
    assert as_tsv(cells) == 'a\t"b\tc"\n\td\n'
    assert as_tsv(cells, {0: "X", 2: "Y"}, {1: "7", 3: "9"}) == 'Run\tX\tY\n7\ta\t"b\tc"\n9\t\td\n'
    assert as_tsv({(1, 1): "a"}, {1: "X"}, {1: "7"}) == "Run\tX\n7\ta\n"


@given(
    texts=st.lists(
        st.lists(st.text().filter(lambda text: "\r" not in text), min_size=2, max_size=2), min_size=1, max_size=4
    )
)
def test_a_spreadsheet_reads_back_what_was_copied(texts) -> None:
    cells = {(row, column): text for row, line in enumerate(texts) for column, text in enumerate(line)}
    assert list(csv.reader(io.StringIO(as_tsv(cells), newline=""), dialect="excel-tab")) == texts

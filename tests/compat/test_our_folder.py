"""What our store wrote, DAMNIT 0.4.0 opens: its API reads the same values, its window shows and edits them.

The results themselves come from a fragment that the reference program computed, so that whatever differs from what it
reads in a folder of its own was caused by our store.
"""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from damnit_backend.core.account import user_name
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.history import read_history
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import create_database, open_database
from damnit_backend.store.reviving import bring_back
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

RUN = RunKey(1234, 1)
EDITED = {
    "comment": "beam looks good – 5 µJ",
    "user_boolean": True,
    "user_integer": -42,
    "user_number": 3.25,
    "user_string": "broken",
    "user_cleared": None,
}


def declarations(folder: Path) -> list[Declaration]:
    """The Variables as the reference program declared them."""
    with open_database(Folder(folder)) as database:
        return [
            Declaration(v.name, v.title, v.description, "mJ" if v.name == "real" else "", v.tags)
            for v in read_table(database).variables
            if v.type is None
        ]


@pytest.fixture
def merged(computed_by_reference: Path, tmp_path: Path) -> Path:
    """A folder that our store made, into which it merged a fragment of the reference program."""
    theirs = Path(shutil.copytree(computed_by_reference, tmp_path / "theirs"))
    path = tmp_path / "amore"
    path.mkdir()
    shutil.copytree(theirs / "extracted_data", path / "extracted_data")
    shutil.copyfile(theirs / "context.py", path / "context.py")
    folder = Folder(path)
    with create_database(folder, proposal=1234) as database:
        declare_computed(database, declarations(theirs))
        for key, fragments in find_fragments(folder).items():
            assert not merge_fragments(database, key, fragments).broken
        for kind in ("boolean", "integer", "number", "string"):
            add_editable(database, f"user_{kind}", kind, f"User/{kind}", f"A {kind}.")
        add_editable(database, "user_cleared", "string", "User/cleared")
        for name, value in EDITED.items():
            write_edit(database, CellKey(*RUN, name), value)
    return path


def test_that_its_api_reads_the_same_values_as_in_a_folder_of_its_own(
    reference, merged: Path, made_by_reference: Path
) -> None:
    ours, theirs = reference.read(merged), reference.read(made_by_reference)
    assert ours["runs"]["1"]["variables"] == theirs["runs"]["1"]["variables"]
    assert ours == theirs


def window_cells(shown: dict[str, Any]) -> dict[str, Any]:
    """The cells of run 1. The hint of a comment is left out: it names a provenance, which we leave empty there."""
    cells = {title: cell for title, cell in shown["rows"]["1"].items() if title != "Status"}
    del cells["Comment"]["hint"]
    return cells


def test_that_its_window_shows_the_same_cells_as_in_a_folder_of_its_own(
    reference, merged: Path, made_by_reference: Path, tmp_path: Path
) -> None:
    theirs = Path(shutil.copytree(made_by_reference, tmp_path / "copy"))
    ours_shown = reference.window(merged, tmp_path / "ours.png")
    theirs_shown = reference.window(theirs, tmp_path / "theirs.png")
    assert window_cells(ours_shown) == window_cells(theirs_shown)
    assert (tmp_path / "ours.png").stat().st_size > 10_000


def test_that_a_double_click_in_its_window_opens_our_results(reference, merged: Path, tmp_path: Path) -> None:
    titles = [
        "Arrays/1-D", "Arrays/2-D", "array_rgb", "Labelled/Plain", "Labelled/With coordinates", "series",
        "Figures/Matplotlib", "cell_preview_1d", "cell_preview_2d", "cell_preview_dataarray", "cell_preview_figure",
    ]  # fmt: skip
    shown = reference.window(merged, tmp_path / "w.png", inspect=[[1, title] for title in titles])
    assert shown["opened"] == [[f"{title} (run 1)"] for title in titles]


def test_that_edits_in_its_window_reach_us_through_the_change_feed(reference, merged: Path, tmp_path: Path) -> None:
    with open_database(Folder(merged)) as database:
        before = read_table(database).seq
    shown = reference.window(
        merged, tmp_path / "w.png", edits=[[1, "Comment", "typed there"], [1, "User/integer", "7"]]
    )
    assert shown["edits"] == [True, True]
    with open_database(Folder(merged)) as database:
        table = read_table(database)
    assert table.seq > before
    assert table.cells[CellKey(*RUN, "comment")].value == "typed there"
    assert table.cells[CellKey(*RUN, "user_integer")].value == 7


def test_that_it_processes_runs_in_our_folder(reference, merged: Path) -> None:
    reference.command("db-config", "context_python", reference.python, cwd=merged)
    reference.command("reprocess", "--direct", "2", "--match", "Numbers", cwd=merged)
    reference.command("combiner", "now", merged)
    with open_database(Folder(merged)) as database:
        cells = read_table(database).cells
    assert cells[CellKey(1234, 2, "integer")].value == 42
    assert cells[CellKey(1234, 1, "string")].value == "Übergröße µJ – 静"


def test_that_its_window_shows_and_opens_what_our_program_computed(
    reference, copy_of_ours: Path, tmp_path: Path
) -> None:
    titles = ["Arrays/1-D", "Arrays/2-D", "Labelled/Plain", "Labelled/With coordinates", "series", "Figures/Axes"]
    shown = reference.window(copy_of_ours, tmp_path / "w.png", inspect=[[1, title] for title in titles])
    row = shown["rows"]["1"]
    assert row["Numbers/Integer"]["text"] == "42"
    assert row["Text/String"]["text"] == "Übergröße µJ – 静"
    assert row["Numbers/Complex"]["text"] == "(1+2j)"
    assert row["Arrays/2-D"]["picture"] == row["Figures/Matplotlib"]["picture"] == "QPixmap"
    assert "ValueError: boo" in row["Bad/Raises"]["hint"]
    assert (row["cell_number"]["bold"], row["cell_number"]["background"]) == (True, "#ff8000")
    assert shown["opened"] == [[f"{title} (run 1)"] for title in titles]


def test_that_it_reprocesses_what_our_program_computed(reference, ours, copy_of_ours: Path) -> None:
    before = reference.read(copy_of_ours)["runs"]["1"]["variables"]
    reference.command("db-config", "context_python", reference.python, cwd=copy_of_ours)
    reference.command("reprocess", "--direct", "1", "--match", "Arrays", cwd=copy_of_ours)
    reference.command("combiner", "now", copy_of_ours)
    after = ours.read(copy_of_ours)["runs"]["1"]["variables"]
    unread = {"start_time", "not_a_number", "true", "cell_none_summary"}
    names = before.keys() - unread
    assert len(names) > 50
    assert {name: after[name]["read"] for name in names} == {name: before[name]["read"] for name in names}


def test_that_the_views_give_plain_sql_readers_one_row_a_run(merged: Path) -> None:
    sql = sqlite3.connect(merged / "runs.sqlite")
    assert sql.execute('SELECT run, "integer", "user_number", "array_3d" FROM runs').fetchall() == [
        (1, 42, 3.25, "uint16: (3, 4, 5)")
    ]
    assert sql.execute('SELECT run, "array_summary" FROM max_diffs').fetchall() == [(1, 4.0)]
    sql.close()


def test_that_what_it_replaces_is_in_our_history_and_can_be_brought_back(
    reference, merged: Path, tmp_path: Path
) -> None:
    context = merged / "context.py"
    context.write_text(context.read_text().replace("return 42", "return 43"))
    reference.command("db-config", "context_python", reference.python, cwd=merged)
    reference.command("reprocess", "--direct", "1", "--match", "Numbers", cwd=merged)
    reference.command("combiner", "now", merged)
    shown = reference.window(merged, tmp_path / "w.png", edits=[[1, "Comment", "typed there"]])
    assert shown["edits"] == [True]
    with open_database(Folder(merged)) as database:
        now, former = read_history(database, CellKey(*RUN, "integer"))
        assert (now.cell.value, now.author, former.cell.value) == (43, None, 42)
        assert now.origin is None
        assert former.replaced_by is None
        typed, ours = read_history(database, CellKey(*RUN, "comment"))
        assert (typed.cell.value, typed.author) == ("typed there", None)
        assert (ours.cell.value, ours.author) == (EDITED["comment"], user_name())
        # What came the same again left nothing.
        assert len(read_history(database, CellKey(*RUN, "string"))) == 1
        bring_back(database, ours.id)
        bring_back(database, former.id)
    row = reference.window(merged, tmp_path / "again.png")["rows"]["1"]
    assert row["Numbers/Integer"]["text"] == "42"
    assert row["Comment"]["text"] == EDITED["comment"]

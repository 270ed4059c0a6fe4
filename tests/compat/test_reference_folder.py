"""What DAMNIT 0.4.0 wrote, our store reads: every kind of value, comments, edits, tags, and older formats."""

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import Failure, Kind
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_database
from damnit_backend.store.results import ResultKind, read_preview, read_result
from damnit_backend.store.table import TableSnapshot, read_table

RUN = RunKey(1234, 1)
SHARED_TABLES = (
    "run_info",
    "run_variables",
    "variables",
    "tags",
    "variable_tags",
    "metameta",
    "time_comments",
)


def contents(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the tables that both programs share."""
    sql = sqlite3.connect(folder / "runs.sqlite")
    rows = {table: sorted(sql.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in SHARED_TABLES}
    sql.close()
    return rows


def table_of(folder: Path) -> TableSnapshot:
    with open_database(Folder(folder)) as database:
        return read_table(database)


@pytest.fixture
def table(copy_of_reference: Path) -> TableSnapshot:
    return table_of(copy_of_reference)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("integer", 42),
        ("real", 1.25),
        ("negative_zero", -0.0),
        ("big_int", 2**40 + 1),
        ("numpy_int", -7),
        ("numpy_uint64", 2**63 - 1),
        ("numpy_float32", float(np.float32(0.1))),
        ("infinite", float("inf")),
        ("not_a_number", None),
        ("true", 1),
        ("numpy_false", 0),
        ("complex_number", 1 + 2j),
        ("numpy_complex64", 3 - 4j),
        ("string", "Übergröße µJ – 静"),
        ("empty_string", ""),
        ("array_0d", 2.5),
        ("array_summary", 2.0),
        ("array_3d", "uint16: (3, 4, 5)"),
        ("dataarray_0d", 5.0),
        ("dataset", "Dataset (0.00MB)"),
        ("dataframe", "DataFrame (0.00MB)"),
        ("cell_number", 3.5),
        ("cell_summary", 9.0),
        ("cell_summary_value", 99),
        ("cell_summary_text", "all well"),
        ("cell_none_summary", 5),
        ("needs_raises_default", 5),
        ("run_number", 1),
        ("proposal_number", 1234),
        ("comment", "beam looks good – 5 µJ"),
        ("user_boolean", True),
        ("user_integer", -42),
        ("user_number", 3.25),
        ("user_string", "broken"),
        ("user_cleared", None),
    ],
)
def test_that_a_plain_value_is_read_as_it_was_meant(table: TableSnapshot, name: str, value: object) -> None:
    cell = table.cells[CellKey(*RUN, name)]
    assert cell.value == value
    assert type(cell.value) is type(value)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("array_1d", Kind.TREND),
        ("array_1d_short", Kind.TREND),
        ("array_1d_nan", Kind.TREND),
        ("array_1d_bool", Kind.TREND),
        ("array_empty", Kind.TREND),
        ("list_of_numbers", Kind.TREND),
        ("series", Kind.TREND),
        ("dataarray_coords", Kind.TREND),
        ("array_2d", Kind.IMAGE),
        ("array_2d_nan", Kind.IMAGE),
        ("dataarray", Kind.IMAGE),
        ("figure", Kind.IMAGE),
        ("axes", Kind.IMAGE),
        ("plotly_figure", Kind.IMAGE),
        ("array_5d", Kind.TEXT),
        ("raises", Kind.FAILURE),
    ],
)
def test_that_each_kind_of_summary_is_recognised(table: TableSnapshot, name: str, kind: Kind) -> None:
    assert table.cells[CellKey(*RUN, name)].kind is kind


@pytest.mark.parametrize(
    ("name", "error_cls", "message", "is_skip"),
    [
        ("raises", "ValueError", "boo", False),
        ("raises_empty", "RuntimeError", "", False),
        ("says_skip", "Skip", "why not", True),
        ("no_source", "SourceNameError", "no source named 'NO/SUCH/SOURCE'", True),
        ("needs_needs_raises", "DependencyError", "└ (raises) failed: ValueError: boo", False),
        ("needs_nothing", "Skip", "Dependencies returned no data:\n- 'nothing'", True),
    ],
)
def test_that_errors_keep_their_class_and_text(
    table: TableSnapshot, name: str, error_cls: str, message: str, is_skip: bool
) -> None:
    failure = table.cells[CellKey(*RUN, name)].value
    assert isinstance(failure, Failure)
    assert failure.error_cls == error_cls
    assert message in failure.message
    assert failure.is_skip is is_skip


def test_that_units_and_looks_are_read(table: TableSnapshot) -> None:
    cell = table.cells[CellKey(*RUN, "cell_number")]
    assert (cell.units, cell.bold, cell.background) == ("mm", True, (255, 128, 0))
    assert table.cells[CellKey(*RUN, "real")].units == "mJ"
    assert table.cells[CellKey(*RUN, "array_summary")].is_bold
    assert table.cells[CellKey(*RUN, "array_summary")].max_diff == 4.0
    assert table.cells[CellKey(*RUN, "array_summary")].summary_method == "mean"
    assert table.cells[CellKey(*RUN, "user_string")].provenance == "manual-input"


def test_that_variables_keep_titles_order_and_tags(table: TableSnapshot) -> None:
    by_name = {variable.name: variable for variable in table.variables}
    plain = [v.name for v in table.variables if "." not in v.name and "group" not in v.name]
    assert plain[:3] == ["integer", "real", "negative_zero"]
    assert by_name["integer"].title == "Numbers/Integer"
    assert by_name["real"].description == "A number with a unit."
    assert by_name["array_1d"].tags == ("arrays", "long")
    assert by_name["user_integer"].type == "integer"
    assert "passing" not in by_name
    assert by_name["nothing"].type is None


def test_that_nothing_is_shown_for_what_returned_nothing(table: TableSnapshot) -> None:
    for name in ("nothing", "passing", "cell_none", "start_time"):
        assert CellKey(*RUN, name) not in table.cells


def test_that_the_run_keeps_its_start_time(table: TableSnapshot, copy_of_reference: Path) -> None:
    (info,) = table.runs
    assert info.key == RUN
    assert info.start_time is not None
    assert read_result(Folder(copy_of_reference).run_file(RUN), "start_time").data == info.start_time


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("integer", ResultKind.ARRAY),
        ("string", ResultKind.TEXT),
        ("array_5d", ResultKind.ARRAY),
        ("array_1d_complex", ResultKind.ARRAY),
        ("dataarray", ResultKind.DATAARRAY),
        ("dataarray_coords", ResultKind.DATAARRAY),
        ("dataset", ResultKind.DATASET),
        ("series", ResultKind.SERIES),
        ("dataframe", ResultKind.DATAFRAME),
        ("figure", ResultKind.IMAGE),
        ("plotly_figure", ResultKind.PLOTLY),
    ],
)
def test_that_each_kind_of_full_result_is_read(copy_of_reference: Path, name: str, kind: ResultKind) -> None:
    assert read_result(Folder(copy_of_reference).run_file(RUN), name).kind is kind


@pytest.mark.parametrize(
    ("name", "kind", "shape"),
    [
        ("cell_preview_1d", ResultKind.ARRAY, (5,)),
        ("cell_preview_2d", ResultKind.ARRAY, (4, 5)),
        ("cell_preview_dataarray", ResultKind.DATAARRAY, (4,)),
        ("cell_preview_figure", ResultKind.IMAGE, (480, 640, 4)),
        ("array_2d", ResultKind.ARRAY, (600, 400)),
    ],
)
def test_that_each_kind_of_preview_is_read(
    copy_of_reference: Path, name: str, kind: ResultKind, shape: tuple[int, ...]
) -> None:
    preview = read_preview(Folder(copy_of_reference).run_file(RUN), name)
    assert (preview.kind, preview.data.shape) == (kind, shape)


def test_that_a_plotly_preview_is_read(copy_of_reference: Path) -> None:
    preview = read_preview(Folder(copy_of_reference).run_file(RUN), "cell_preview_plotly")
    assert preview.kind is ResultKind.PLOTLY
    assert '"scatter"' in preview.data


def test_that_opening_changes_none_of_its_rows(copy_of_reference: Path) -> None:
    before = contents(copy_of_reference)
    table_of(copy_of_reference)
    assert contents(copy_of_reference) == before


def test_that_it_reads_the_same_after_we_opened_the_folder(reference, copy_of_reference: Path) -> None:
    before = reference.read(copy_of_reference)
    table_of(copy_of_reference)
    assert reference.read(copy_of_reference) == before


@pytest.mark.parametrize("version", [1, 2, 3])
def test_that_older_formats_open_and_are_brought_up_to_date(older, version: int) -> None:
    folder = older(version)
    table = table_of(folder)
    assert table.cells[CellKey(*RUN, "integer")].value == 42
    assert table.cells[CellKey(*RUN, "comment")].value == "beam looks good – 5 µJ"
    assert table.cells[CellKey(*RUN, "real")].units == ("" if version == 1 else "mJ")
    assert dict(contents(folder)["metameta"])["data_format_version"] == 4


@pytest.mark.parametrize("version", [1, 2, 3])
def test_that_it_opens_older_formats_that_we_brought_up_to_date(reference, older, version: int) -> None:
    folder = older(version)
    table_of(folder)
    assert reference.read(folder)["runs"]["1"]["variables"]["integer"]["read"] == {"int": 42}


def test_that_a_run_made_in_advance_is_a_row(reference, copy_of_reference: Path) -> None:
    reference.script("precreate_run.py", copy_of_reference, "1234", "99", "to do tomorrow")
    table = table_of(copy_of_reference)
    assert [(info.key, info.start_time is None) for info in table.runs] == [(RUN, False), (RunKey(1234, 99), True)]
    assert table.cells[CellKey(1234, 99, "comment")].value == "to do tomorrow"


def test_that_variables_of_groups_are_read(reference, copy_of_reference: Path) -> None:
    shutil.copyfile(Path(__file__).parent / "contexts" / "groups.py", copy_of_reference / "context.py")
    reference.command("reprocess", "--direct", "1", cwd=copy_of_reference)
    reference.command("combiner", "now", copy_of_reference)
    table = table_of(copy_of_reference)
    cell = table.cells[CellKey(*RUN, "left.mean")]
    assert (cell.value, cell.units) == (5.0, "counts")
    by_name = {variable.name: variable for variable in table.variables}
    assert (by_name["left.image"].title, by_name["left.mean"].tags) == ("Left/Image", ("camera",))
    assert read_result(Folder(copy_of_reference).run_file(RUN), "left.image").data.mean() == 5.0
    assert table.cells[CellKey(*RUN, "integer")].value == 42

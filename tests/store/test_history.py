"""What was can be read, and is brought back as a new change."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from damnit_ctx.cell import Cell
from damnit_ctx.variable import Skip

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend
from damnit_backend.store.database import Database
from damnit_backend.store.deleting import delete_run, delete_variable
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.history import Version, read_change, read_changes_of, read_history
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.parameters import read_parameter_defaults, set_parameter_default
from damnit_backend.store.provenance import read_provenance
from damnit_backend.store.results import NoResultError, read_preview, read_result
from damnit_backend.store.retention import prune_history
from damnit_backend.store.reviving import bring_back
from damnit_backend.store.settings import get_setting, set_setting
from damnit_backend.store.table import VariableInfo, read_table, read_variables
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

KEY = RunKey(1234, 5)
X = CellKey(1234, 5, "x")
COMMENT = CellKey(1234, 5, "comment")


@pytest.fixture
def merge(database: Database, folder: Folder, hand_over: Callable[..., object]) -> Callable[..., None]:
    """``merge(name=value, ...)``: these results come in and are merged."""

    def do(key: RunKey = KEY, /, **values: Any) -> None:
        hand_over(key, **values)
        for owner, paths in find_fragments(folder).items():
            merge_fragments(database, owner, paths)

    return do


def values(versions: list[Version]) -> list[object]:
    return [version.cell.value for version in versions]


def present(database: Database, key: CellKey = X) -> CellValue:
    return read_table(database).cells[key]


def test_that_a_comments_history_says_who_wrote_what_and_why_it_went(database):
    write_edit(database, COMMENT, "first", author="ann")
    write_edit(database, COMMENT, "second", author="bob")
    write_edit(database, COMMENT, None, author="cyd")
    now, second, first = read_history(database, COMMENT)
    assert values([now, second, first]) == [None, "second", "first"]
    assert [version.author for version in (now, second, first)] == ["cyd", "bob", "ann"]
    assert now.is_present
    assert now.replaced_at is None
    assert (first.replaced_by, second.replaced_by) == ("bob", "cyd")
    assert first.replaced_at <= second.replaced_at
    assert not second.deleted
    assert first.program.startswith("DAMNIT Desktop")
    assert second.origin is None


def test_that_a_cell_of_which_nobody_knows_has_no_history(database):
    assert read_history(database, X) == []
    assert read_changes_of(database) == []


def test_that_values_have_their_types(database, merge):
    add_editable(database, "flag", "boolean")
    flag = CellKey(1234, 5, "flag")
    for value in (True, False, None):
        write_edit(database, flag, value)
    assert values(read_history(database, flag)) == [None, False, True]
    merge(x=np.arange(10.0))
    merge(x=np.random.default_rng(1).normal(size=(30, 40)))
    merge(x=ValueError("no"))
    merge(x=Skip("not today"))
    merge(x=Cell(1.5, units="mJ", bold=True))
    kinds = [type(value) for value in values(read_history(database, X))]
    assert kinds == [float, Failure, Failure, Picture, Trend]
    assert read_history(database, X)[0].cell.units == "mJ"


def test_how_each_value_was_computed(database, merge):
    merge(x=1.0)
    merge(x=2.0)
    now, former = read_history(database, X)
    assert (now.origin.seconds, former.origin.seconds) == (2.0, 2.0)
    assert former.cell.provenance == "context.py"
    assert former.cell.timestamp == pytest.approx(1.7e9 + 2)


def test_that_a_folder_that_may_only_be_read_shows_its_history(merge, folder):
    merge(x=1.0)
    merge(x=2.0)
    with open_for_reading(folder) as reader:
        assert values(read_history(reader, X)) == [2.0, 1.0]


@pytest.mark.parametrize("version", [1, 4])
def test_that_a_folder_of_another_program_that_may_only_be_read_has_its_present_values(old_folder, version):
    with open_for_reading(old_folder(version)) as reader:
        (only,) = read_history(reader, CellKey(1234, 5, "energy"))
        assert only.cell.value == 3.5
        assert only.author is None
        assert read_changes_of(reader) == []
        with pytest.raises(UserError, match="no entry"):
            read_change(reader, 1)


def test_that_odd_entries_can_be_read(database, plain_sql):
    sql = plain_sql()
    for statement in (
        "INSERT INTO run_variables VALUES (1234, 5, 'x', 1, x'00', 'soon', 'big', x'ff', 7, 8, 'no JSON')",
        "UPDATE run_variables SET value = 3",
        "INSERT INTO metameta VALUES ('inf', 9e999)",
        "UPDATE metameta SET value = x'ff' WHERE key = 'inf'",
        "UPDATE metameta SET value = 1 WHERE key = 'inf'",
        "UPDATE desk_history SET origin = 'no JSON' WHERE kind = 'value'",
        "INSERT INTO desk_history (kind, replaced_at, operation) VALUES ('value', 1, 'update')",
    ):
        sql.execute(statement)
    assert len(read_history(database, X)) == 2
    changes = read_changes_of(database)
    assert len(changes) == 4
    with pytest.raises(UserError, match="no run"):
        bring_back(database, changes[0].id)
    for change in changes[1:]:
        if change.kind == "setting" and "value" not in change.row:
            with pytest.raises(UserError, match="cannot be read"):
                bring_back(database, change.id)


def test_that_a_comment_is_brought_back_as_a_new_change(database):
    write_edit(database, COMMENT, "first", author="ann")
    write_edit(database, COMMENT, "second", author="bob")
    (_, first) = read_history(database, COMMENT)
    bring_back(database, first.id, author="cyd", reason="it was right")
    history = read_history(database, COMMENT)
    assert values(history) == ["first", "second", "first"]
    assert history[0].author == "cyd"
    assert history[0].was_brought_back
    assert "it was right" in history[0].reason
    assert not history[1].was_brought_back
    write_edit(database, COMMENT, "third")
    assert [version.was_brought_back for version in read_history(database, COMMENT)] == [False, True, False, False]


RESULTS: dict[str, Callable[[], Any]] = {
    "trend": lambda: np.arange(10.0),
    "picture": lambda: np.random.default_rng(1).normal(size=(30, 40)),
    "many dimensions": lambda: np.ones((3, 4, 5)),
    "number": lambda: 1.5,
    "truth": lambda: True,
    "text": lambda: "words",
    "complex": lambda: 1 + 2j,
    "dataarray": lambda: xr.DataArray(np.arange(4.0), dims="t", coords={"t": [1, 2, 3, 4]}),
    "cell": lambda: Cell(np.arange(9.0), summary="mean", units="mJ", bold=True, background="#ff0000",
                         preview=np.ones((5, 6))),
    "error": lambda: ValueError("went wrong"),
    "skip": lambda: Skip("not today"),
}  # fmt: skip


def everything(database: Database, folder: Folder) -> object:
    """All that is said of the cell, and its full result."""
    shown = facts(present(database))
    try:
        result, preview = (read(folder.run_file(KEY), "x").data for read in (read_result, read_preview))
    except NoResultError:
        return shown, None, None
    return shown, plain(result), plain(preview)


def facts(cell: CellValue) -> dict[str, object]:
    return {name: plain(getattr(cell, name)) for name in cell.__struct_fields__}


def plain(value: Any) -> object:
    match value:
        case Trend(x, y):
            return x.tolist(), y.tolist()
        case SmallArray(data):
            return data.tolist()
        case np.ndarray():
            return value.tolist()
        case xr.DataArray():
            return value.to_dict()
        case _:
            return value


@pytest.mark.parametrize("follower", [np.full((2, 2), 3.0), 7, None, ValueError("later")], ids=str)
@pytest.mark.parametrize("kind", RESULTS)
def test_that_a_computed_value_is_brought_back_as_it_was_with_its_full_result(database, folder, merge, kind, follower):
    merge(x=RESULTS[kind](), other=np.arange(3.0))
    before = everything(database, folder)
    provenance = read_provenance(database, KEY)["x"]
    merge(x=follower)
    after = everything(database, folder) if follower is not None else None
    former = next(version for version in read_history(database, X) if not version.is_present)
    bring_back(database, former.id, author="ann")
    assert everything(database, folder) == before
    assert read_provenance(database, KEY)["x"] == provenance
    assert read_result(folder.run_file(KEY), "other").data.size == 3
    assert read_history(database, X)[0].author == "ann"
    if after is not None:  # and the other way
        bring_back(database, read_history(database, X)[1].id)
        assert everything(database, folder) == after
    assert not [path for path in folder.results.rglob("*") if path.name.endswith((".aside", ".merging.h5"))]


def test_that_a_value_whose_full_result_is_not_kept_comes_without_one(database, folder, merge):
    set_setting(database, "history_results", 0)
    merge(x=np.arange(10.0))
    merge(x=np.arange(20.0))
    bring_back(database, read_history(database, X)[1].id)
    assert isinstance(present(database).value, Trend)
    with pytest.raises(NoResultError):
        read_result(folder.run_file(KEY), "x")


def test_that_of_a_picture_that_is_not_kept_the_full_result_brings_it_back(database, merge):
    set_setting(database, "history_images", 0)
    picture = np.random.default_rng(1).normal(size=(30, 40))
    merge(x=picture)
    before = present(database).value
    merge(x=1)
    prune_history(database)
    version = read_history(database, X)[1]
    assert version.pruned
    assert version.cell.value is None
    bring_back(database, version.id)
    assert present(database).value == before
    merge(x=2)
    set_setting(database, "history_results", 0)
    prune_history(database)
    with pytest.raises(UserError, match="not kept"):
        bring_back(database, read_history(database, X)[1].id)
    assert present(database).value == 2


def test_that_a_full_result_whose_file_is_gone_is_named_and_nothing_changes(database, folder, merge):
    merge(x=np.arange(10.0))
    merge(x=1)
    for path in folder.former.iterdir():
        path.unlink()
    with pytest.raises(UserError, match="missing"):
        bring_back(database, read_history(database, X)[1].id)
    assert present(database).value == 1
    assert list(folder.former.iterdir()) == []


def test_that_what_is_so_already_is_not_brought_back(database, merge):
    merge(x=1)
    merge(x=2)
    merge(x=1)
    with pytest.raises(UserError, match="already"):
        bring_back(database, read_history(database, X)[2].id)
    with pytest.raises(UserError, match="no entry 99"):
        bring_back(database, 99)


def test_that_a_brought_back_value_lasts_until_it_is_computed_again(database, merge):
    merge(x=1)
    merge(x=2)
    bring_back(database, read_history(database, X)[1].id)
    merge(x=3)
    assert values(read_history(database, X)) == [3, 1, 2, 1]


def test_that_a_value_which_only_the_table_lost_comes_back_beside_its_untouched_file(
    database, folder, merge, plain_sql
):
    merge(x=np.arange(10.0))
    before = everything(database, folder)
    inode = folder.run_file(KEY).stat().st_ino
    plain_sql().execute("DELETE FROM run_variables")
    bring_back(database, read_history(database, X)[0].id)
    assert everything(database, folder) == before
    assert folder.run_file(KEY).stat().st_ino == inode


def test_that_a_deleted_variable_comes_back_with_values_tags_and_how_they_were_made(database, folder, merge):
    declare_computed(database, [Declaration("x", "Group/X", "what", "mJ", ("a", "b")), Declaration("y", "Y")])
    for run in range(3):
        merge(RunKey(1234, run), x=np.arange(5.0) + run, y=run)
    before, provenance = read_table(database), read_provenance(database, RunKey(1234, 2))
    deleted = delete_variable(database, "x", author="ann", reason="useless")
    assert (deleted.values, deleted.declared) == (3, False)
    assert [variable.name for variable in read_variables(database)] == ["y"]
    assert {key.name for key in read_table(database).cells} == {"y"}
    bring_back(database, deleted.history_id)
    after = read_table(database)
    assert {v.name: v for v in after.variables} == {v.name: v for v in before.variables}
    assert after.cells.keys() == before.cells.keys()
    assert plain(after.cells[CellKey(1234, 2, "x")].value) == plain(before.cells[CellKey(1234, 2, "x")].value)
    assert read_provenance(database, RunKey(1234, 2)) == provenance
    assert read_result(folder.run_file(RunKey(1234, 1)), "x").data.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("whole_run", [False, True])
def test_that_a_deleted_value_has_its_full_result_also_when_it_was_computed_again(database, folder, merge, whole_run):
    merge(x=np.arange(5.0), y=7, z=np.eye(3))
    write_edit(database, COMMENT, "typed")
    if whole_run:
        delete_run(database, KEY)
    else:
        for name in "xy":
            delete_variable(database, name)
    merge(x=np.arange(6.0), y=np.arange(4.0))
    for name, full in (("x", [0, 1, 2, 3, 4]), ("y", 7)):
        key = CellKey(*KEY, name)
        latest, deleted = read_history(database, key)
        assert (latest.is_present, deleted.deleted) == (True, True)
        bring_back(database, deleted.id)
        assert read_result(folder.run_file(KEY), name).data.tolist() == full
        # What took its place comes back as well.
        replaced = read_history(database, key)[1]
        bring_back(database, replaced.id)
        assert read_result(folder.run_file(KEY), name).data.size == {"x": 6, "y": 4}[name]


def test_that_an_editable_variable_comes_back(database, plain_sql):
    add_editable(database, "flag", "boolean", "Flag", "what")
    write_edit(database, CellKey(1234, 5, "flag"), True)
    deleted = delete_variable(database, "flag")
    assert values(read_history(database, CellKey(1234, 5, "flag"))) == [True]
    bring_back(database, deleted.history_id)
    assert present(database, CellKey(1234, 5, "flag")).value is True
    assert read_variables(database) == (VariableInfo("flag", "Flag", "boolean", "what"),)
    assert plain_sql().execute("SELECT flag FROM runs").fetchall() == [(1,)]


def test_that_values_and_declarations_made_since_the_deletion_stay(database, merge):
    declare_computed(database, [Declaration("x", "Old")])
    merge(RunKey(1234, 1), x=1)
    merge(RunKey(1234, 2), x=2)
    deleted = delete_variable(database, "x")
    declare_computed(database, [Declaration("x", "New")])
    merge(RunKey(1234, 2), x=20)
    bring_back(database, deleted.history_id)
    assert {key.run: cell.value for key, cell in read_table(database).cells.items()} == {1: 1, 2: 20}
    assert read_variables(database)[0].title == "New"


def test_that_what_was_deleted_before_the_variable_is_not_brought_back_with_it(database, plain_sql):
    add_editable(database, "n", "integer")
    for run in (1, 2):
        write_edit(database, CellKey(1234, run, "n"), run)
    plain_sql().execute("DELETE FROM run_variables WHERE run = 1")
    write_edit(database, COMMENT, "between")
    write_edit(database, COMMENT, "and changed")
    bring_back(database, delete_variable(database, "n").history_id)
    assert [key.run for key in read_table(database).cells if key.name == "n"] == [2]


def test_that_a_column_which_was_never_declared_is_deleted_and_brought_back(database, merge):
    merge(x=1)
    deleted = delete_variable(database, "x")
    assert read_table(database).cells == {}
    bring_back(database, deleted.history_id)
    assert present(database).value == 1


@pytest.mark.parametrize("name", ["comment", "run", "nothing", "", "x'; DROP TABLE run_info"])
def test_that_what_is_no_variable_is_not_deleted(database, name):
    write_edit(database, COMMENT, "kept")
    with pytest.raises(UserError):
        delete_variable(database, name)
    assert present(database, COMMENT).value == "kept"
    assert read_changes_of(database) == []


def test_that_a_variable_of_the_context_file_is_named_as_one_that_comes_again(database, plain_sql):
    declare_computed(database, [Declaration("x", "X")])
    plain_sql().execute("INSERT INTO desk_variables (name) VALUES ('x')")
    assert delete_variable(database, "x").declared


def test_that_a_deleted_run_comes_back(database, merge):
    merge(x=1, y="a")
    merge(RunKey(1234, 6), x=2)
    before = read_table(database)
    deleted = delete_run(database, KEY)
    assert deleted.values == 2
    assert [run.key.run for run in read_table(database).runs] == [6]
    bring_back(database, deleted.history_id)
    after = read_table(database)
    assert after.runs == before.runs
    assert {key: facts(cell) for key, cell in after.cells.items()} == {
        key: facts(cell) for key, cell in before.cells.items()
    }
    with pytest.raises(UserError, match="no run 9"):
        delete_run(database, RunKey(1234, 9))


def test_that_titles_tags_settings_parameters_and_comments_on_times_come_back(database, plain_sql):
    sql = plain_sql()
    declare_computed(database, [Declaration("x", "Old", tags=("a", "b"))])
    declare_computed(database, [Declaration("x", "New", tags=("b",))])
    set_parameter_default(database, "gain", 1.5)
    set_parameter_default(database, "gain", None)
    set_setting(database, "history_images", 3)
    set_setting(database, "history_images", 4)
    sql.execute("INSERT INTO time_comments VALUES (1.5, 'hm')")
    sql.execute("UPDATE time_comments SET comment = 'ah'")
    for kind in ("variable", "tag", "parameter", "setting", "time_comment"):
        (change,) = read_changes_of(database, kind=kind)
        bring_back(database, change.id)
    (x,) = read_variables(database)
    assert (x.title, x.tags) == ("Old", ("a", "b"))
    assert read_parameter_defaults(database) == {"gain": 1.5}
    assert get_setting(database, "history_images") == 3
    assert sql.execute("SELECT * FROM time_comments").fetchall() == [(1.5, "hm")]
    sql.execute("DELETE FROM time_comments")
    for _ in range(2):  # the second time it is there already
        bring_back(database, read_changes_of(database, kind="time_comment")[0].id)
    assert sql.execute("SELECT * FROM time_comments").fetchall() == [(1.5, "hm")]


@pytest.mark.parametrize("key", ["data_format_version", "db_id"])
def test_that_what_the_database_is_cannot_be_brought_back(database, plain_sql, key):
    plain_sql().execute("UPDATE metameta SET value = 4 WHERE key = ?", (key,))
    plain_sql().execute("UPDATE metameta SET value = '4' WHERE key = ?", (key,))
    with pytest.raises(UserError, match=key):
        bring_back(database, read_changes_of(database, kind="setting")[0].id)


def test_which_changes_are_listed(database, merge):
    for run in (5, 6):
        for value in (1, 2, 3):
            merge(RunKey(1234, run), x=value, y=value)
    assert len(read_changes_of(database)) == 8
    assert [change.id for change in read_changes_of(database, limit=2)] == [8, 7]
    assert {change.run for change in read_changes_of(database, run=6)} == {RunKey(1234, 6)}
    assert {change.name for change in read_changes_of(database, name="y", kind="value")} == {"y"}
    assert {change.former.value for change in read_changes_of(database)} == {1, 2}


def test_that_results_are_brought_back_while_a_listener_merges_others(database, folder, hand_over, merge):
    """A worker merges results of the run all the time; each change is there in the end."""
    merge(x=np.arange(5.0))
    merge(x=1)
    target = read_history(database, X)[1].id
    database.close()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with Database(folder) as own:
                for number in range(15):
                    hand_over(**{f"other{number}": np.arange(float(number + 1))})
                    merge_fragments(own, KEY, find_fragments(folder)[KEY])
            code = 0
        finally:
            os._exit(code)
    with Database(folder) as own:
        for _ in range(5):
            bring_back(own, target)
            bring_back(own, read_history(own, X)[1].id)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert present(own).value == 1
        assert len([key for key in read_table(own).cells if key.name.startswith("other")]) == 15
    for number in range(15):
        assert read_result(folder.run_file(KEY), f"other{number}").data.size == number + 1
    assert read_result(folder.run_file(KEY), "x").data == 1

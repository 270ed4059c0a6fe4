import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from damnit_backend.api import Damnit, VariableError
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import Failure
from damnit_backend.store.edits import write_edit
from damnit_backend.store.variables import Declaration, declare_computed


def test_that_a_folder_is_found_by_path_or_proposal(db, folder, tmp_path, monkeypatch):
    assert db.path == folder.path
    assert db.proposal == 1234
    place = tmp_path / "SIM" / "202501" / "p001234" / "usr" / "Shared"
    place.mkdir(parents=True)
    (place / "amore").symlink_to(folder.path)
    monkeypatch.setenv("XFEL_DATA_ROOT", str(tmp_path))
    assert [Damnit(name).runs() == db.runs() for name in (1234, "p1234", str(folder.path), folder.path)] == [True] * 4


def test_that_what_is_no_folder_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("XFEL_DATA_ROOT", str(tmp_path))
    (tmp_path / "runs.sqlite").mkdir()
    for name in (tmp_path, tmp_path / "none", 4321, "~nobody-of-this-name/x", "a\0b", "²", "p" * 5000):
        with pytest.raises(UserError):
            Damnit(name)


def test_that_its_runs_are_all_rows_in_order(db):
    assert db.runs() == [RunKey(1234, 3), RunKey(1234, 7), RunKey(1234, 9)]


@pytest.mark.parametrize("index", [8, (1234, 8), (4321, 7), (8, "energy")])
def test_that_a_missing_run_is_a_key_error_that_names_it(db, index):
    with pytest.raises(KeyError, match="run"):
        db[index]


@pytest.mark.parametrize("name", ["nothing", "", "it's", 'x"; --'])
def test_that_a_missing_variable_is_a_key_error_that_names_it(db, name):
    with pytest.raises(KeyError) as caught:
        db[7, name]
    assert repr(name) in caught.value.args[0]


def test_that_a_declared_variable_without_a_value_in_this_run_is_a_key_error(db):
    with pytest.raises(KeyError, match="quality"):
        db[7, "quality"]


def test_that_a_run_lists_what_it_has(db):
    run = db[3]
    assert (run.proposal, run.run) == (1234, 3)
    assert run.keys() == sorted(
        ["energy", "text", "trace", "image", "group.figure", "plotly", "labelled", "broken", "comment", "quality"]
    )
    assert list(run) == run.keys()
    assert dict(zip(run.keys(), run.titles(), strict=True))["energy"] == "XGM/Energy"
    assert "energy" in run
    assert "nothing" not in run
    assert db[9].keys() == ["comment"]


def test_that_a_title_is_as_good_as_a_name(db):
    assert db[7, "XGM/Energy"].name == "energy"
    assert db[1234, 7, "energy"].title == "XGM/Energy"


def test_that_full_results_are_read(db, labelled):
    assert db[7, "energy"].read() == 107.5
    assert db[7, "text"].read() == "dark"
    np.testing.assert_array_equal(db[7, "trace"].read(), np.arange(50.0))
    np.testing.assert_array_equal(db[7, "image"].read(), np.eye(20))
    assert db[7, "group.figure"].read().shape == (4, 3, 4)
    xr.testing.assert_identical(db[7, "labelled"].read(), labelled)


def test_that_a_plotly_figure_is_one_again(db):
    for figure in (db[7, "plotly"].read(), db[7, "plotly"].preview_data()):
        assert type(figure).__name__ == "Figure"
        assert figure.data[0].y == (3, 4)


def test_that_xarray_is_made_of_arrays_only(db, labelled):
    xr.testing.assert_identical(db[7, "labelled"].xarray(), labelled)
    assert db[7, "trace"].xarray().name == "trace"
    assert db[7, "energy"].xarray().item() == 107.5
    with pytest.raises(TypeError, match="text"):
        db[7, "text"].xarray()


def test_that_previews_are_what_was_stored_for_showing(db):
    np.testing.assert_array_equal(db[7, "image"].preview_data(), np.arange(3.0))
    np.testing.assert_array_equal(db[7, "trace"].preview_data(), np.arange(50.0))


def test_that_summaries_are_plain_values(db):
    assert db[7, "energy"].summary() == 107.5
    np.testing.assert_array_equal(db[7, "trace"].summary(), np.arange(50.0))
    assert db[7, "image"].summary().startswith(b"\x89PNG")
    assert db[7, "broken"].summary() is None


def test_that_units_are_the_values_own_else_the_variables(db):
    assert [db[7, name].units for name in ("energy", "trace", "text")] == ["µJ", "V", ""]


def test_that_a_failed_variable_says_why_when_it_is_read(db):
    variable = db[7, "broken"]
    assert variable.error == Failure("ValueError", "no peak")
    with pytest.raises(VariableError, match="no peak") as caught:
        variable.read()
    assert caught.value.error_cls == "ValueError"
    assert db[7, "energy"].error is None


def test_that_typed_values_are_read_from_the_table(db):
    assert db[3, "quality"].read() == db[3, "quality"].summary() == 0.75
    assert db[3, "comment"].read() == "beam was unstable"


def test_that_a_typed_value_has_a_preview_too(db):
    assert db[3, "quality"].preview_data() == 0.75
    assert db[3, "comment"].preview_data() == "beam was unstable"


def test_that_a_later_edit_is_seen(db, database):
    write_edit(database, CellKey(1234, 3, "comment"), "it's fine")
    assert db[3, "comment"].read() == "it's fine"


def test_that_a_missing_results_file_is_said(db, folder):
    folder.run_file(RunKey(1234, 7)).unlink()
    assert db[7, "energy"].summary() == 107.5
    with pytest.raises(UserError, match="p1234_r7"):
        db[7, "energy"].read()


def test_that_a_damaged_results_file_is_said(db, folder):
    path = folder.run_file(RunKey(1234, 7))
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UserError, match="p1234_r7"):
        db[7, "trace"].read()


def test_that_the_table_has_one_row_a_run(db):
    table = db.table()
    assert list(table.columns[:3]) == ["proposal", "run", "start_time"]
    assert list(table["run"]) == [3, 7, 9]
    assert table["start_time"][1] == pd.Timestamp(1.7e9 + 7, unit="s", tz="UTC")
    assert table["start_time"].isna().tolist() == [False, False, True]
    assert table["energy"].tolist()[:2] == [103.5, 107.5]
    assert math.isnan(table["energy"][2])
    assert table["trace"].tolist()[:2] == ["<trend>"] * 2
    assert table["image"].tolist()[:2] == ["<image>"] * 2
    assert table["broken"].tolist() == [None] * 3
    assert table["comment"].tolist() == ["beam was unstable", None, "planned"]
    assert {"XGM/Energy", "Quality", "Fit"} <= set(db.table(with_titles=True).columns)


def test_that_a_title_which_does_not_tell_columns_apart_gives_way_to_the_name(db, database):
    declare_computed(
        database, [Declaration("energy", "Same"), Declaration("trace", "Same"), Declaration("text", "run")]
    )
    columns = list(db.table(with_titles=True).columns)
    assert len(columns) == len(set(columns)) == len(db.table().columns)
    assert {"energy", "trace", "text", "Quality"} <= set(columns)


def test_that_an_empty_folder_has_an_empty_table(folder, database):
    assert read_empty(Damnit(folder.path)) == ([], 0)
    assert database.read_only is False


def read_empty(db: Damnit) -> tuple[list[RunKey], int]:
    return db.runs(), len(db.table())


def test_that_several_proposals_need_the_proposal(db, database):
    write_edit(database, CellKey(99, 7, "comment"), "other")
    assert db[99, 7, "comment"].read() == "other"
    assert "comment" not in db[7]
    assert db.runs()[0] == RunKey(99, 7)


def test_that_a_folder_without_a_proposal_asks_for_it(db, database):
    with database.writing() as sql:
        sql.execute("DELETE FROM metameta WHERE key = 'proposal'")
    other = Damnit(db.path)
    with pytest.raises(UserError, match="proposal"):
        other[7]
    assert other[1234, 7, "energy"].read() == 107.5


@pytest.mark.parametrize("index", [(), ("energy",), (1, 2, 3), (1, "x", 2), "energy", 1.5, None])
def test_that_an_index_of_another_form_is_refused(db, index):
    with pytest.raises((TypeError, KeyError)):
        db[index]

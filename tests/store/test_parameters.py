"""Values of parameters: the folder's defaults, and what people typed in for a run."""

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.parameters import read_parameter_defaults, read_parameters, set_parameter_default
from damnit_backend.store.variables import Declaration, add_editable, declare_computed

RUN = RunKey(1, 5)


def test_that_what_was_typed_in_for_a_run_goes_before_the_folders_default(database):
    for name, type_ in (("gain", "number"), ("good", "boolean"), ("count", "integer"), ("sample", "string")):
        add_editable(database, name, type_)
    set_parameter_default(database, "gain", 1.5)
    set_parameter_default(database, "limit", 7)
    assert read_parameters(database, RUN) == {"gain": 1.5, "limit": 7}

    for name, value in (("gain", 2.5), ("good", True), ("count", 3), ("sample", "salt")):
        write_edit(database, CellKey(*RUN, name), value)

    found = read_parameters(database, RUN)
    assert found == {"gain": 2.5, "limit": 7, "good": True, "count": 3, "sample": "salt"}
    assert found["good"] is True
    assert read_parameters(database, RunKey(1, 6)) == {"gain": 1.5, "limit": 7}


def test_that_an_emptied_cell_gives_the_default_back(database):
    add_editable(database, "gain", "number")
    set_parameter_default(database, "gain", 1.5)
    write_edit(database, CellKey(*RUN, "gain"), 2.5)
    write_edit(database, CellKey(*RUN, "gain"), None)

    assert read_parameters(database, RUN) == {"gain": 1.5}


def test_that_computed_values_and_comments_are_no_parameters(database, plain_sql):
    declare_computed(database, [Declaration("computed", "C")])
    plain_sql().execute(
        "INSERT INTO run_variables (proposal, run, name, version, value) VALUES (1, 5, 'computed', 1, 3)"
    )
    write_edit(database, CellKey(*RUN, "comment"), "fine")

    assert read_parameters(database, RUN) == {}


def test_that_defaults_can_be_changed_and_removed(database):
    set_parameter_default(database, "a", "text")
    set_parameter_default(database, "a", False)
    assert read_parameter_defaults(database) == {"a": False}
    set_parameter_default(database, "a", None)
    assert read_parameter_defaults(database) == {}


@pytest.mark.parametrize(("name", "value"), [("", 1), ("a b", 1), ("a.b", 1), ("a", float("nan")), ("a", float("inf"))])
def test_that_odd_names_and_values_are_refused(database, name, value):
    with pytest.raises(UserError):
        set_parameter_default(database, name, value)


def test_that_what_cannot_be_read_is_left_out(database, plain_sql):
    sql = plain_sql()
    sql.executemany("INSERT INTO desk_parameters VALUES (?, ?)", [("a", "nonsense"), ("b", "[1]"), ("c", b"\xff")])
    sql.execute("INSERT INTO desk_parameters VALUES ('d', '4')")
    sql.execute("INSERT INTO variables VALUES ('e', 'number', 'E', NULL, NULL)")
    sql.execute("INSERT INTO run_variables (proposal, run, name, version, value) VALUES (1, 5, 'e', 1, x'00')")

    assert read_parameters(database, RUN) == {"d": 4}

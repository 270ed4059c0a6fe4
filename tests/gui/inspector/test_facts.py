"""What the inspector says about a cell, in words."""

import pytest

from damnit_backend.core.keys import CellKey
from damnit_backend.store.edits import write_edit
from damnit_gui.panels.inspector.facts import Facts, facts_of
from damnit_gui.services.editing import PendingEdit
from damnit_gui.services.folder_session import FolderSession


@pytest.fixture
def facts(session: FolderSession):
    def make(name: str, run: int = 2, pending: PendingEdit | None = None) -> Facts:
        made = facts_of(session.table.data, CellKey(1234, run, name), pending)
        assert made is not None
        return made

    return make


def test_a_number_has_its_units_and_is_told_exactly(facts) -> None:
    energy = facts("energy")
    assert (energy.title, energy.where, energy.value) == ("XGM/Pulse energy", "p1234 r2", "100.667 µJ")
    rows = dict(energy.rows)
    assert rows["Exactly"].startswith("100.66666")
    assert rows["Description"] == "Mean pulse energy"
    assert rows["Tags"] == "beam"
    assert rows["From"] == "context.py"
    assert rows["Name"] == "energy"
    assert energy.has_result


def test_what_is_drawn_has_no_words_for_its_value(facts) -> None:
    trace = facts("trace")
    assert trace.value == ""
    assert trace.absent == ""
    assert "µJ from the smallest" in dict(trace.rows)["Spread"]


def test_a_failure_has_its_class_and_message_and_no_full_result(facts) -> None:
    broken = facts("broken")
    assert broken.failure is not None
    assert (broken.failure.error_cls, broken.failure.message) == ("ValueError", "no peak\nfound in the trace")
    assert not broken.has_result


def test_an_empty_cell_says_whether_people_or_the_computer_left_it_so(facts) -> None:
    assert facts("quality").absent == "Nothing entered yet."
    assert facts("energy_of_nobody").absent == "Nothing stored for this run."


def test_what_people_typed_says_so(facts) -> None:
    quality = facts("quality", run=4)
    assert quality.value == "0.75"
    assert dict(quality.rows)["From"] == "typed in by hand"
    assert not quality.has_result
    assert facts("good", run=4).value == "yes"
    assert facts("comment").value == "beam was unstable"


def test_an_edit_that_is_not_stored_is_shown_with_its_state(facts) -> None:
    assert facts("quality", pending=PendingEdit(0.5)).value == "0.5"
    assert facts("quality", pending=PendingEdit(0.5)).pending == "Not stored yet."
    assert facts("quality", pending=PendingEdit(0.5, "locked")).pending == "Not stored: locked"


@pytest.mark.parametrize(("name", "title"), [("run", "Run"), ("start_time", "Start time"), ("proposal", "Proposal")])
def test_the_facts_of_a_run_are_cells_too(facts, name: str, title: str) -> None:
    assert facts(name).title == title
    assert facts(name).value
    assert not facts(name).has_result


def test_a_run_that_is_not_in_the_table_has_no_facts(session: FolderSession) -> None:
    assert facts_of(session.table.data, CellKey(1234, 999, "energy")) is None


def test_a_stored_value_that_cannot_be_read_is_a_failure(session, database, facts) -> None:
    with database.writing() as sql:
        sql.execute("UPDATE run_variables SET value = x'0102' WHERE name = 'energy' AND run = 2")
    write_edit(database, CellKey(1234, 2, "comment"), "now")
    session.table.request_reload()
    assert facts("energy").failure is not None

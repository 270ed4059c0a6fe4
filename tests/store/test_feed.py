import pytest

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store import feed
from damnit_backend.store.database import Database
from damnit_backend.store.edits import write_edit
from damnit_backend.store.feed import Changes, compact, last_seq, read_changes
from damnit_backend.store.jobs import Request, add_jobs
from damnit_backend.store.opening import open_database
from damnit_backend.store.table import read_table
from damnit_backend.store.variables import Declaration, declare_computed

RUN = RunKey(1234, 7)


@pytest.fixture
def since(database) -> int:
    """The number of the latest change before the test."""
    return read_table(database).seq


OTHERS = {
    "INSERT INTO run_info VALUES (1234, 7, 1.0, 2.0)": {"runs": {RUN}},
    "INSERT INTO run_variables (proposal, run, name, version, value) VALUES (1234, 7, 'it''s \"x\"', 1, 3)": {
        "runs": {RUN}
    },
    "INSERT OR REPLACE INTO run_variables (proposal, run, name, version) VALUES (1234, 7, 'x', 1)": {"runs": {RUN}},
    "INSERT INTO variables VALUES ('µ.v', NULL, 'T', NULL, NULL)": {"variables": True},
    "INSERT INTO metameta VALUES ('context_python', '/x')": {"settings": True},
    "UPDATE metameta SET value = 9 WHERE key = 'proposal'": {"settings": True},
    "DELETE FROM metameta WHERE key = 'proposal'": {"settings": True},
    "INSERT INTO time_comments VALUES (1.0, 'x')": {},
    "INSERT INTO run_info VALUES ('text', NULL, 1.0, 2.0)": {},
}


@pytest.mark.parametrize(("statement", "found"), OTHERS.items())
def test_that_a_write_of_any_program_appears(database, plain_sql, since, statement, found):
    plain_sql().execute(statement)
    changes = read_changes(database, since)
    assert changes.seq > since
    assert changes.complete
    assert changes == Changes(changes.seq, True, **{"runs": frozenset(), **found})
    assert read_changes(database, changes.seq) == Changes(changes.seq, complete=True)


def test_that_updates_and_deletions_appear(database, plain_sql, since):
    sql = plain_sql()
    write_edit(database, CellKey(*RUN, "comment"), "x")
    for statement in (
        "UPDATE run_variables SET value = 'y'",
        "UPDATE run_info SET start_time = 5",
        "DELETE FROM run_variables",
        "DELETE FROM run_info",
    ):
        before = read_changes(database, since).seq
        sql.execute(statement)
        assert read_changes(database, before).runs == {RUN}, statement


def test_that_a_run_which_gets_another_number_changes_both(database, plain_sql):
    write_edit(database, CellKey(*RUN, "comment"), "x")
    before = read_table(database).seq
    sql = plain_sql()
    sql.execute("UPDATE run_info SET run = 8")
    assert read_changes(database, before).runs == {RUN, RunKey(1234, 8)}
    before = read_table(database).seq
    sql.execute("UPDATE run_variables SET proposal = 1, run = 8")
    assert read_changes(database, before).runs == {RUN, RunKey(1, 8)}


def test_that_tags_are_changes_of_their_variable(database, plain_sql):
    declare_computed(database, [Declaration("x", "X", tags=("a",))])
    before = read_table(database).seq
    plain_sql().execute("DELETE FROM variable_tags")
    assert read_changes(database, before).variables


def test_that_jobs_appear(database, since):
    add_jobs(database, [Request(RUN)])
    assert read_changes(database, since).jobs


def test_that_what_was_undone_never_appears(database, plain_sql, since):
    sql = plain_sql()
    sql.execute("BEGIN")
    sql.execute("INSERT INTO run_info VALUES (1, 1, NULL, NULL)")
    assert read_changes(database, since).empty
    sql.execute("ROLLBACK")
    assert read_changes(database, since).empty


def test_that_the_snapshot_and_the_feed_fit_together(database):
    for run in range(20):
        write_edit(database, CellKey(1, run, "comment"), "x")
        table = read_table(database)
        assert read_changes(database, table.seq).empty
        assert len(table.runs) == run + 1


def test_that_compaction_keeps_the_latest_and_readers_who_are_near(database, monkeypatch):
    monkeypatch.setattr(feed, "KEPT", 10)
    for run in range(30):
        write_edit(database, CellKey(1, run, "comment"), "x")
    seq = read_table(database).seq
    compact(database)
    compact(database)
    assert read_table(database).seq == seq
    assert read_changes(database, seq).empty
    near = read_changes(database, seq - 10)
    assert near.complete
    assert {key.run for key in near.runs} <= set(range(30))
    far = read_changes(database, seq - 11)
    assert not far.complete
    assert not far.empty
    assert far.seq == seq


def test_that_a_feed_compacted_to_nothing_goes_on_counting(database, monkeypatch):
    monkeypatch.setattr(feed, "KEPT", 0)
    write_edit(database, CellKey(1, 1, "comment"), "x")
    seq = read_table(database).seq
    compact(database)
    assert read_table(database).seq == seq
    assert not read_changes(database, seq - 1).complete
    write_edit(database, CellKey(1, 2, "comment"), "x")
    assert read_changes(database, seq).runs == {RunKey(1, 2)}


def test_that_a_reader_of_another_database_loads_everything(database):
    changes = read_changes(database, 10_000)
    assert not changes.complete
    assert changes.seq < 10_000


def test_that_a_database_without_a_feed_reads_as_unchanged(old_folder):
    with Database(old_folder(4), read_only=True) as database:
        assert read_table(database).seq == 0
        assert read_changes(database, 0).empty
        assert not read_changes(database, 5).complete


def test_that_a_feed_begins_when_the_folder_is_opened_for_writing(old_folder, plain_sql):
    with open_database(old_folder(4)) as database:
        seq = read_table(database).seq
        plain_sql().execute("UPDATE run_variables SET value = 9")
        assert read_changes(database, seq).runs == {RunKey(1234, 5)}
        with database.reading() as sql:
            assert last_seq(sql) > seq

"""Damage to the database: what is said, and what --fix does about it."""

import contextlib
import sqlite3

import pytest

from damnit_backend.care.checks import journal as journal_check
from damnit_backend.core.findings import Level
from damnit_backend.store import database as database_module


def page_of(path, name: str) -> int:
    with contextlib.closing(sqlite3.connect(path)) as sql:
        return sql.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]


def spoil(path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x0d" + b"\xa5" * 4095)


@pytest.mark.parametrize("name", ["run_variables", "run_info", "desk_jobs"])
def test_a_spoilt_page_of_a_table_is_an_error_that_says_what_to_do(damnit_folder, problems, name):
    spoil(damnit_folder.database, page_of(damnit_folder.database, name))
    found = problems("database", "schema", "results")
    assert found[0].level is Level.ERROR
    assert "--rebuild" in found[0].advice


def test_a_spoilt_page_of_an_index_is_an_error(damnit_folder, problems):
    spoil(damnit_folder.database, page_of(damnit_folder.database, "variable_version"))
    assert problems("database")


def test_an_index_that_lacks_rows_is_made_anew(problems, examine, plain_sql):
    sql = plain_sql()
    # The index does not know of a row: what a lost write does.
    text = sql.execute("SELECT sql FROM sqlite_master WHERE name = 'proposal_run'").fetchone()[0]
    sql.execute("DROP INDEX proposal_run")
    sql.execute(f"{text} WHERE run != 2")
    sql.execute("PRAGMA writable_schema = ON")
    sql.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'proposal_run'", (text,))
    sql.close()
    (finding,) = problems("database")
    assert "Indexes" in finding.text
    assert finding.mend
    assert examine("database", fix=True).problems == 0
    assert problems("database", "schema") == []


def test_a_row_that_leads_nowhere_is_a_warning(problems, plain_sql):
    plain_sql().execute("INSERT INTO variable_tags VALUES ('nobody', 77)")
    (finding,) = problems("database")
    assert finding.level is Level.WARNING
    assert "variable_tags" in finding.details[0]


def test_a_cut_off_database_is_an_error(damnit_folder, problems):
    content = damnit_folder.database.read_bytes()
    damnit_folder.database.write_bytes(content[: len(content) // 2])
    found = problems("database", "schema", "results")
    assert any("--rebuild" in finding.advice for finding in found)


def test_names_that_are_no_text_are_damage(damnit_folder, problems):
    content = damnit_folder.database.read_bytes()
    damnit_folder.database.write_bytes(content.replace(b"CREATE TABLE run_info", b"CREATE TABLE \xa0un\xffinfo"))
    (finding,) = problems("database", "schema")
    assert "damaged" in finding.text
    assert "--rebuild" in finding.advice


def test_a_database_that_others_keep_locked_is_not_called_damaged(problems, plain_sql, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    sql = plain_sql()
    sql.execute("PRAGMA journal_mode = DELETE")
    sql.execute("BEGIN EXCLUSIVE")
    (finding,) = problems("database")
    assert "locked" in finding.text
    assert "--rebuild" not in finding.advice


def test_the_other_checks_go_on_without_a_database(damnit_folder, examine):
    damnit_folder.database.write_bytes(b"no database")
    report = examine()
    assert next(f.check for f in report.findings if f.level is Level.ERROR) == "database"
    unchecked = {f.check for f in report.findings if f.text.startswith("Not checked")}
    assert {"schema", "journal", "listener", "jobs", "context"} <= unchecked
    assert "permissions" not in unchecked
    assert any(f.check == "results" and "compared" in f.text for f in report.findings)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DROP TRIGGER desk_feed_run_variables_insert", "trigger desk_feed_run_variables_insert"),
        ("DROP INDEX desk_jobs_state", "index desk_jobs_state"),
        ("DROP TABLE desk_parameters", "table desk_parameters"),
        ("DROP INDEX variable_version", "index variable_version"),
        ("DROP VIEW max_diffs", "view max_diffs"),
        ("DROP VIEW runs; CREATE VIEW runs AS SELECT nosuch FROM run_info", "view runs"),
        (
            "DROP TRIGGER desk_feed_run_info_delete; CREATE TRIGGER desk_feed_run_info_delete AFTER DELETE ON run_info"
            " BEGIN SELECT 1; END",
            "trigger desk_feed_run_info_delete",
        ),
    ],
)
def test_what_is_missing_or_changed_is_named_and_made_anew(problems, examine, plain_sql, damage, named):
    plain_sql().executescript(damage)
    (finding,) = problems("schema")
    assert named in finding.details
    assert examine("schema", fix=True).problems == 0
    assert problems("database", "schema") == []


def test_rows_that_are_there_twice_keep_an_index_from_being_made(problems, examine, plain_sql):
    sql = plain_sql()
    sql.execute("DROP INDEX proposal_run")
    sql.execute("INSERT INTO run_info SELECT * FROM run_info WHERE run = 2")
    assert problems("schema")
    (finding,) = [f for f in examine("schema", fix=True).findings if f.is_problem]
    assert "twice" in finding.advice
    assert "--rebuild" in finding.advice


def test_a_missing_column_is_an_error(problems, plain_sql):
    plain_sql().execute("ALTER TABLE desk_run_data DROP COLUMN seen")
    (finding,) = problems("schema")
    assert finding.details == ("desk_run_data.seen",)


def test_a_trigger_of_somebody_is_worth_a_notice(examine, plain_sql):
    plain_sql().execute("CREATE TRIGGER mine AFTER INSERT ON run_info BEGIN SELECT 1; END")
    (finding,) = [f for f in examine("schema").findings if f.level is Level.NOTICE]
    assert finding.details == ("mine on run_info",)


def test_a_newer_version_is_not_compared(examine, plain_sql):
    plain_sql().execute("UPDATE metameta SET value = 99 WHERE key = 'data_format_version'")
    plain_sql().execute("DROP VIEW runs")
    (finding,) = examine("schema").findings
    assert finding.level is Level.NOTICE
    assert "newer" in finding.text


def test_a_version_that_is_no_number_is_said(examine, plain_sql):
    plain_sql().execute("UPDATE metameta SET value = 'four' WHERE key = 'data_format_version'")
    report = examine("database", "schema")
    assert report.problems
    assert "four" in report.findings[0].text


def test_a_log_on_a_network_file_system_is_an_error_that_is_mended(problems, examine, monkeypatch):
    monkeypatch.setattr(journal_check, "wanted_journal", lambda _: "DELETE")
    monkeypatch.setattr(journal_check, "file_system", lambda _: "nfs4")
    (finding,) = problems("journal")
    assert "nfs4" in finding.text
    assert finding.mend
    report = examine("journal", fix=True)
    assert report.problems == 0
    assert problems("journal") == []


def test_a_journal_that_is_slower_than_need_be_is_only_a_notice(examine, plain_sql):
    plain_sql().execute("PRAGMA journal_mode = DELETE")
    (finding,) = examine("journal").findings
    assert finding.level is Level.NOTICE

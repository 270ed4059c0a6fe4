import sqlite3
from pathlib import Path

import pytest

from damnit_backend.core.settings import Settings
from damnit_gui.services.demo import find_demo
from damnit_gui.services.opener import Opener
from damnit_gui.services.tasks import Tasks


@pytest.fixture
def opener(notifier, tmp_path):
    settings = Settings(data_root=str(tmp_path / "data"))
    return Opener(Tasks(notifier, synchronous=True), notifier, settings, start_listeners=False)


@pytest.fixture
def opened(opener):
    sessions = []
    opener.opened.connect(sessions.append)
    yield sessions
    for session in sessions:
        session.close()


def failure(opener, qtbot, text):
    with qtbot.waitSignal(opener.failed) as got:
        opener.open(text)
    return got.args[0]


def test_a_folder_is_opened_by_its_path(opener, opened, small_folder):
    opener.open(str(small_folder.path))
    session = opened[0]
    assert session.folder == small_folder
    assert session.proposal == 1234
    assert not session.read_only


def test_a_folder_is_made_and_opened_by_its_proposal(opener, opened, tmp_path):
    proposal = tmp_path / "data" / "INST" / "202501" / "p001234"
    proposal.mkdir(parents=True)
    opener.make(1234, "")
    assert opened[0].folder.path == proposal / "usr" / "Shared" / "amore"
    assert opened[0].folder.context_file.exists()
    opener.open("p1234")
    assert opened[1].folder == opened[0].folder


def test_a_folder_is_made_where_people_say(opener, opened, tmp_path):
    opener.make(None, str(tmp_path / "mine"))
    assert opened[0].folder.path == tmp_path / "mine"
    assert opened[0].proposal is None


@pytest.mark.parametrize(("text", "words"), [("/no/such/place", "no folder"), ("4321", "no proposal 4321")])
def test_what_is_not_there_is_said(opener, opened, qtbot, text, words):
    assert words in failure(opener, qtbot, text).message
    assert opened == []


@pytest.mark.parametrize("ask", ["open", "make", "demonstrate"])
def test_the_home_of_somebody_who_does_not_exist(opener, opened, qtbot, notifier, ask):
    requests = {
        "open": lambda place: opener.open(place),
        "make": lambda place: opener.make(1234, place),
        "demonstrate": lambda place: opener.demonstrate(place),
    }
    with qtbot.waitSignal(opener.failed) as got:
        requests[ask]("~nosuchuser/data")
    assert "no folder ~nosuchuser/data" in got.args[0].message
    assert (opened, notifier.notices) == ([], [])


def test_a_folder_is_made_in_the_home_that_a_tilde_stands_for(opener, opened, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    opener.make(None, "~/mine")
    assert opened[0].folder.path == tmp_path / "mine"


def test_the_folder_that_is_shown_is_not_opened_again(opener, opened, qtbot, small_folder):
    with qtbot.waitSignal(opener.found_open):
        opener.open(str(small_folder.path), small_folder)
    assert opened == []


def test_a_directory_that_is_no_damnit_folder(opener, qtbot, tmp_path):
    error = failure(opener, qtbot, str(tmp_path))
    assert "not a DAMNIT folder" in error.message
    assert error.hint


def test_a_database_of_another_program(opener, qtbot, tmp_path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as sql:
        sql.execute("CREATE TABLE recipes (name)")
    sql.close()
    assert "another program" in failure(opener, qtbot, str(tmp_path)).message


def test_a_file_that_is_no_database(opener, qtbot, tmp_path):
    (tmp_path / "runs.sqlite").write_bytes(b"this is not a database" * 100)
    assert "not an SQLite database" in failure(opener, qtbot, str(tmp_path)).message


def test_a_place_that_is_taken(opener, qtbot, small_folder):
    with qtbot.waitSignal(opener.failed) as got:
        opener.make(1234, str(small_folder.path))
    assert "already" in got.args[0].message


def test_a_bug_while_opening_is_reported_and_the_page_gets_an_answer(opener, qtbot, notifier, monkeypatch, expect_log):
    expect_log("ZeroDivisionError")
    monkeypatch.setattr("damnit_gui.services.opener.require_folder", lambda *_: 1 / 0)
    assert "failed" in failure(opener, qtbot, "x").message
    assert "ZeroDivisionError" in notifier.notices[-1].text


def test_the_folder_of_a_demonstration_is_found(tmp_path):
    assert find_demo(tmp_path) is None
    folder = tmp_path / "INST" / "202501" / "p001234" / "usr" / "Shared" / "amore"
    folder.mkdir(parents=True)
    (folder / "runs.sqlite").touch()
    assert find_demo(tmp_path) == Path(folder)

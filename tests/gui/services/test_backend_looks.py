"""Looks at the listener that come too late or do not succeed."""

import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.store.lease import release_lease, take_lease


@pytest.fixture
def lease(database):
    """Of a listener that serves the folder."""
    taken = take_lease(database, "nowhere", "somebody")
    yield taken
    release_lease(database, taken)


@pytest.mark.usefixtures("lease")
def test_a_look_that_ends_after_closing_is_not_told(session, qtbot):
    seen = session.backend._look()
    session.backend.close()
    with qtbot.assertNotEmitted(session.backend.status_changed):
        session.backend._looked(seen)


@pytest.mark.usefixtures("lease")
def test_while_the_database_is_locked_the_listener_is_shown_as_it_was_with_the_problem(session):
    session.backend.check()
    before = session.backend.view
    assert before.running
    session.backend._look_failed(UserError("The database is locked."))
    view = session.backend.view
    assert view.running
    assert view.text == f"{before.text} – The database is locked."
    assert (view.problem, view.token) == ("The database is locked.", "warning")
    session.backend.check()
    assert session.backend.view == before


def test_a_first_look_that_does_not_succeed_says_so(session, small_folder):
    aside = small_folder.path / "aside"
    small_folder.database.rename(aside)
    session.backend.check()
    assert "is gone" in session.backend.view.text
    assert session.backend.view.token == "warning"
    aside.rename(small_folder.database)


def test_a_look_that_fails_by_a_bug_is_reported_once_and_ends_the_looking(session, notifier, monkeypatch, expect_log):
    expect_log("ZeroDivisionError")
    session.backend.start()
    monkeypatch.setattr(session.backend, "_look", lambda: 1 / 0)
    session.backend.check()
    assert "ZeroDivisionError" in notifier.notices[-1].text
    assert not session.backend._timer.isActive()

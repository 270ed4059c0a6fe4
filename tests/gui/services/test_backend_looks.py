"""Looks at the listener that come too late or do not succeed."""

import pytest

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

"""A session goes on for a while after its panels: it stores what waits, and its late words must reach nobody."""

import threading

import pytest
from PyQt6 import sip

from damnit_backend.core.keys import CellKey, RunKey
from damnit_gui.services import edit_writer
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.listener_view import ListenerView

KEY = CellKey(1234, 1, "comment")


@pytest.fixture
def slow_writes(monkeypatch):
    """Edits are stored only when the test lets them."""
    release = threading.Event()
    write = edit_writer.write_edit

    def slow(*arguments, **options):
        release.wait(10)
        return write(*arguments, **options)

    monkeypatch.setattr(edit_writer, "write_edit", slow)
    yield release
    release.set()


@pytest.fixture
def closing_session(small_folder, notifier, empty_window, slow_writes, qtbot):
    """A session whose folder was just closed in the window while an edit of the cell in the inspector waits."""
    session = FolderSession(FolderAccess(small_folder, read_only=False, proposal=1234), notifier)
    with qtbot.waitSignal(session.table.reset):
        session.table.request_reload()
    empty_window.set_session(session)
    empty_window.panels.inspector.show_cell(KEY)
    session.editing.edit(KEY, "late")
    panels = [empty_window.panels.inspector, empty_window.panels.table]
    empty_window.clear_session()
    qtbot.waitUntil(lambda: all(sip.isdeleted(panel) for panel in panels))
    assert not session.is_closed
    yield session
    with qtbot.waitSignal(session.closed):
        slow_writes.set()
    session.join()


def test_an_edit_that_is_stored_after_its_panels_are_gone_harms_nothing(closing_session):
    closing_session.editing.pending_changed.emit(KEY)


def test_a_listeners_state_that_comes_after_the_panels_are_gone_harms_nothing(closing_session):
    closing_session.backend.status_changed.emit(ListenerView(True, "late", "ok", runs=(RunKey(1234, 1),)))

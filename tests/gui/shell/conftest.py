"""A main window on the small folder, with preferences of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from damnit_gui.main_window import MainWindow
from damnit_gui.services.access import FolderAccess
from damnit_gui.services.folder_session import FolderSession
from damnit_gui.services.notifier import Notifier
from damnit_gui.services.preferences import Preferences
from damnit_gui.services.tasks import Tasks


@pytest.fixture(autouse=True)
def own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program keeps for its user goes to a directory of the test."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture
def preferences_file(tmp_path: Path) -> Path:
    return tmp_path / "window.ini"


@pytest.fixture
def preferences(preferences_file: Path, notifier: Notifier) -> Preferences:
    return Preferences(preferences_file, notifier)


@pytest.fixture
def empty_window(qtbot: QtBot, preferences: Preferences, notifier: Notifier) -> Iterator[MainWindow]:
    """The window as it starts: without a folder."""
    window = MainWindow(preferences, notifier)
    window.resize(1280, 800)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    yield window
    window.clear_session()


@pytest.fixture
def open_session(small_folder, notifier) -> Callable[..., FolderSession]:  # type: ignore[no-untyped-def]
    """A function that makes a loaded session of the small folder; the window closes it."""

    def make(*, read_only: bool = False) -> FolderSession:
        access = FolderAccess(small_folder, read_only=read_only, proposal=1234)
        session = FolderSession(access, notifier, tasks=Tasks(notifier, synchronous=True))
        session.table.request_reload()
        return session

    return make


@pytest.fixture
def window(empty_window: MainWindow, open_session: Callable[..., FolderSession]) -> MainWindow:
    """The window with the small folder open."""
    empty_window.set_session(open_session())
    return empty_window

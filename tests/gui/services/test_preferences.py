from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray

from damnit_gui.services.preferences import RECENT, Preferences

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config" / "window.ini"


def test_defaults_without_a_file(file):
    preferences = Preferences(file)
    assert preferences.theme == "system"
    assert preferences.recent == []
    assert preferences.bytes("docks") is None


def test_everything_comes_back_after_a_restart(file):
    preferences = Preferences(file)
    preferences.theme = "dark"
    preferences.add_recent(Path("/data/a"))
    preferences.add_recent(Path("/data/b, c"))
    preferences.set_bytes("docks", QByteArray(b"\x00layout"))
    preferences.save()
    again = Preferences(file)
    assert again.theme == "dark"
    assert again.recent == [Path("/data/b, c"), Path("/data/a")]
    assert again.bytes("docks") == QByteArray(b"\x00layout")


def test_one_recent_folder_comes_back_too(file):
    preferences = Preferences(file)
    preferences.add_recent(Path("/data/a"))
    preferences.save()
    assert Preferences(file).recent == [Path("/data/a")]


def test_the_list_of_recent_folders_has_no_repeats_and_an_end(file, qtbot):
    preferences = Preferences(file)
    for number in range(RECENT + 3):
        preferences.add_recent(Path(f"/data/{number}"))
    with qtbot.waitSignal(preferences.recent_changed):
        preferences.add_recent(Path("/data/5"))
    assert len(preferences.recent) == RECENT
    assert preferences.recent[0] == Path("/data/5")
    preferences.remove_recent(Path("/data/5"))
    assert Path("/data/5") not in preferences.recent


def test_a_damaged_file_means_defaults(file):
    file.parent.mkdir()
    file.write_bytes(b"\x00\xff[[[theme=\n=\nrecent=@Invalid()\n")
    preferences = Preferences(file)
    assert preferences.theme == "system"
    assert preferences.recent == []

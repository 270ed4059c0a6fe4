"""How `damnit gui` finds the window."""

import subprocess
import sys
from pathlib import Path

import pytest

from damnit_backend.cli import gui
from damnit_backend.core.errors import UserError


@pytest.fixture
def announce(tmp_path, monkeypatch):
    """``announce("name = module:function")`` installs a package that says it has a window, in a group of the test."""
    monkeypatch.setattr(gui, "WINDOWS", "test.window")
    monkeypatch.syspath_prepend(tmp_path)

    def install(*entries):
        package = tmp_path / "window-1.0.dist-info"
        package.mkdir()
        (package / "METADATA").write_text("Metadata-Version: 2.1\nName: window\nVersion: 1.0\n")
        (package / "entry_points.txt").write_text("\n".join(["[test.window]", *entries]))

    return install


def test_the_window_of_this_project_is_found():
    assert gui.load_window().__module__ == "damnit_gui.app"


def test_where_no_window_is_installed_it_is_said(monkeypatch):
    monkeypatch.setattr(gui, "WINDOWS", "test.no_window")
    with pytest.raises(UserError, match="No window is installed"):
        gui.load_window()


def test_a_window_whose_libraries_are_missing_says_which(announce):
    announce("desktop = no_such_library.window:run")
    with pytest.raises(UserError, match="no_such_library") as caught:
        gui.load_window()
    assert caught.value.hint


def test_of_several_windows_the_one_for_desktops_is_taken(announce):
    announce("a = os:getcwd", "desktop = os:getpid", "z = os:getcwd")
    assert gui.load_window().__name__ == "getpid"


def test_nonsense_as_size_is_said_in_one_line():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("damnit")), "gui", "--size", "big"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "damnit: 'big' is not the size of a window."

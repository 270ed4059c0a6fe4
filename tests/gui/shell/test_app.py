"""The program as a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from damnit_backend.core.errors import UserError
from damnit_gui.app import parse_size

HEAVY = ("pandas", "xarray", "matplotlib", "plotly", "pyarrow", "extra_data", "scipy")

PROGRAM = """
import sys, json
from pathlib import Path
from damnit_gui.app import AppOptions, run_gui
options = json.loads(sys.argv[1])
exec(sys.argv[2])
for name in ("screenshot", "preferences"):
    options[name] = Path(options[name])
print("ready", flush=True)
sys.exit(run_gui(AppOptions(**options, listener=False)))
"""


@pytest.fixture
def start(tmp_path):
    """Starts the program without a screen, after some code; what still runs at the end of the test is killed."""
    started = []

    def run(before="", **options):
        options = {"screenshot": str(tmp_path / "window.png"), "preferences": str(tmp_path / "window.ini")} | options
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(options), before],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_it_ends_by_itself_with_a_picture_when_the_runs_are_complete(start, small_folder, tmp_path):
    process = start(folder=str(small_folder.path), quit_when_runs=5, quit_after=60, size=(1280, 800))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    with Image.open(tmp_path / "window.png") as picture:
        assert picture.size == (1280, 800)
        assert len(picture.convert("L").getcolors()) > 20


def test_it_says_that_the_runs_did_not_come(start, small_folder, tmp_path):
    process = start(folder=str(small_folder.path), quit_when_runs=6, quit_after=2)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert (tmp_path / "window.png").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked_by_a_signal(start, small_folder, tmp_path, number):
    process = start(folder=str(small_folder.path))
    assert process.stdout.readline() == "ready\n"
    while not (tmp_path / "window.ini").exists() and process.poll() is None:
        # The folder is noted there as soon as it is open.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert (tmp_path / "window.png").exists()


def test_a_folder_that_is_none_ends_an_unattended_start(start, tmp_path):
    process = start(folder=str(tmp_path / "nowhere"), quit_when_runs=1)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "There is no folder" in errors
    assert "Traceback" not in errors


def test_a_picture_that_cannot_be_written_is_said_and_does_not_keep_the_program_from_ending(
    start, small_folder, tmp_path
):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "window.png", tmp_path):
        process = start(folder=str(small_folder.path), quit_when_runs=5, screenshot=str(place))
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 1
        assert f"cannot be written to {place}" in errors


OPENING_FAILS = """
from damnit_gui.services.folder_session import FolderSession
FolderSession.start = lambda self: 1 / 0
"""


@pytest.mark.parametrize("options", [{"quit_when_runs": 1}, {"quit_after": 1.0}])
def test_a_bug_while_opening_does_not_keep_an_unattended_program_from_ending(start, small_folder, options):
    process = start(OPENING_FAILS, folder=str(small_folder.path), **options)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (1 if "quit_when_runs" in options else 0)
    assert "ZeroDivisionError" in errors


STUCK = """
import threading
from damnit_gui.services.folder_session import FolderSession
begin = FolderSession.start
def start(session):
    begin(session)
    for _ in range(9):
        session.tasks.run(threading.Event().wait, print)
FolderSession.start = start
"""


def test_work_that_is_stuck_does_not_keep_the_program_alive(start, small_folder, tmp_path):
    process = start(STUCK, folder=str(small_folder.path), quit_after=1.0)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "its tasks still wait" in errors
    assert (tmp_path / "window.png").exists()


def test_starting_the_window_imports_nothing_heavy():
    code = (
        "import sys, damnit_gui.app;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_sizes_are_read_and_nonsense_refused():
    assert parse_size("1600x1000") == (1600, 1000)
    assert parse_size(None) is None
    for text in ("big", "0x0", "1600", "-5x10", "99999x99999", "１x２"):
        with pytest.raises(UserError):
            parse_size(text)


def test_the_icons_program_explains_itself():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("damnit-desktop")), "--help"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "folder" in done.stdout

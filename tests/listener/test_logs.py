import contextlib
import logging
import sys

import pytest

from damnit_backend.listener.logs import log_to


@pytest.fixture(autouse=True)
def former_logging():
    """What these tests configure is taken back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            with contextlib.suppress(OSError):  # what a full disk did not take before it does not take now
                handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_what_is_logged_is_in_the_file(tmp_path):
    log_to(tmp_path / "logs" / "listener.log", terminal=False)
    logging.getLogger("x").info("one word")
    assert (tmp_path / "logs" / "listener.log").read_text().endswith("x: one word\n")


def test_without_a_file_the_terminal_is_told_and_the_work_goes_on(tmp_path, capsys):
    (tmp_path / "logs").touch()
    log_to(tmp_path / "logs" / "listener.log", terminal=False)
    logging.getLogger("x").info("one word")
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert "one word" in said


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
def test_a_full_disk_is_one_line_and_no_traceback_for_each_that_is_lost(tmp_path, capsys):
    path = tmp_path / "listener.log"
    path.symlink_to("/dev/full")
    log_to(path, terminal=False)
    for number in range(5):
        logging.getLogger("x").info("word %d", number)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "No space left" in said

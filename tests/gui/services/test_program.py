"""What belongs to the process: its signals, its crashes, and when it is done."""

import logging
import os
import signal
import threading

import pytest

from damnit_gui.services.completeness import QUIET_SECONDS, RunsComplete, complete_runs
from damnit_gui.services.crashes import catch_crashes
from damnit_gui.services.log_file import begin_logging
from damnit_gui.services.os_signals import OsSignals


def test_a_signal_of_the_system_becomes_a_qt_signal(qtbot):
    signals = OsSignals()
    try:
        with qtbot.waitSignal(signals.received) as got:
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signals.restore()
    assert got.args == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_crash_in_any_thread_is_reported(notifier, qtbot, expect_log):
    expect_log("RuntimeError: lost")

    def crash():
        raise RuntimeError("lost")

    with catch_crashes(notifier), qtbot.waitSignal(notifier.posted) as got:
        thread = threading.Thread(target=crash)
        thread.start()
        thread.join()
    assert "RuntimeError: lost" in got.args[0].text


@pytest.fixture
def root_logger():
    """The root logger, with its handlers as they were at the end."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_the_log_goes_to_a_file(root_logger, tmp_path, expect_log):
    path = tmp_path / "logs" / "window.log"
    begin_logging(path)
    expect_log("something")
    root_logger.warning("something")
    assert "something" in path.read_text()


def test_a_log_file_that_cannot_be_written_is_no_reason_to_fail(root_logger, tmp_path, expect_log):
    expect_log("cannot be written")
    (tmp_path / "file").touch()
    before = len(root_logger.handlers)
    begin_logging(tmp_path / "file" / "window.log")
    assert len(root_logger.handlers) == before


def test_rows_with_a_cell_for_each_computed_variable_are_complete(session, add_run):
    assert complete_runs(session.table.data) == 5
    add_run(6, {"energy": 1.0})
    session.live.look()
    assert complete_runs(session.table.data) == 5


def test_the_end_is_reached_with_enough_complete_runs(session, qtbot):
    until = RunsComplete(session, 5)
    with qtbot.waitSignal(until.reached):
        until.look()


def test_rows_that_stay_incomplete_count_after_a_while(session, add_run, qtbot):
    now = [0.0]
    add_run(6, {"energy": 1.0})
    until = RunsComplete(session, 6, clock=lambda: now[0])
    session.live.look()
    with qtbot.assertNotEmitted(until.reached):
        until.look()
    now[0] = QUIET_SECONDS + 1
    with qtbot.waitSignal(until.reached):
        until.look()

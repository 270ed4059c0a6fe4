import threading

import pytest
from PyQt6.QtCore import QThread

from damnit_backend.core.errors import UserError
from damnit_gui.services.notifier import Level
from damnit_gui.services.tasks import Tasks


@pytest.fixture
def tasks(notifier):
    made = Tasks(notifier)
    yield made
    made.close()
    made.join()


def test_work_runs_in_another_thread_and_its_result_arrives_in_the_gui_thread(tasks, qtbot, qapp):
    seen = []

    def done(worker):
        seen.append((worker, QThread.currentThread()))

    with qtbot.waitSignal(tasks.idle):
        tasks.run(threading.get_ident, done)
    worker, thread = seen[0]
    assert worker != threading.get_ident()
    assert thread is qapp.thread()


def test_an_older_task_of_a_group_does_not_call_back(tasks, qtbot):
    release = threading.Event()
    results = []
    with qtbot.waitSignal(tasks.idle):
        tasks.run(lambda: release.wait(10) and "old", results.append, group="load")
        tasks.run(lambda: "new", results.append, group="load")
        release.set()
    assert results == ["new"]


def test_a_cancelled_task_does_not_call_back(tasks, qtbot):
    release = threading.Event()
    results = []
    with qtbot.waitSignal(tasks.idle):
        tasks.run(lambda: release.wait(10), results.append).cancel()
        release.set()
    assert results == []


def test_a_user_error_that_nobody_takes_is_shown_in_its_own_words(tasks, notifier, qtbot):
    def fail():
        raise UserError("The disk is full.", "Remove something.")

    with qtbot.waitSignal(notifier.posted) as posted:
        tasks.run(fail, lambda _: None)
    notice = posted.args[0]
    assert (notice.level, notice.text, notice.hint) == (Level.ERROR, "The disk is full.", "Remove something.")


def test_a_bug_that_nobody_takes_is_logged_and_shown_with_its_traceback(tasks, notifier, qtbot, expect_log):
    expect_log("ZeroDivisionError")
    with qtbot.waitSignal(notifier.posted) as posted:
        tasks.run(lambda: 1 / 0, lambda _: None)
    assert posted.args[0].level is Level.BUG
    assert "ZeroDivisionError" in posted.args[0].details


def test_a_failure_goes_to_whoever_asked(tasks, notifier, qtbot):
    errors = []
    with qtbot.waitSignal(tasks.idle):
        tasks.run(lambda: 1 / 0, lambda _: None, errors.append)
    assert isinstance(errors[0], ZeroDivisionError)
    assert notifier.notices == []


def test_nothing_arrives_after_closing(notifier, qtbot):
    tasks = Tasks(notifier)
    begun, release = threading.Event(), threading.Event()
    results = []

    def work():
        begun.set()
        release.wait(10)

    tasks.run(work, results.append)
    begun.wait(10)
    tasks.close()
    release.set()
    tasks.join()
    qtbot.wait(1)
    tasks.run(lambda: "late", results.append)
    assert results == []


def test_synchronous_work_is_done_at_once(notifier):
    results = []
    Tasks(notifier, synchronous=True).run(lambda: 7, results.append)
    assert results == [7]


@pytest.mark.parametrize("work", [lambda: 7, lambda: 1 / 0])
def test_what_a_callback_raises_is_reported(tasks, notifier, qtbot, expect_log, work):
    expect_log("in the callback")

    def callback(_):
        raise RuntimeError("in the callback")

    with qtbot.waitSignal(notifier.posted) as posted:
        tasks.run(work, callback, callback)
    assert posted.args[0].level is Level.BUG

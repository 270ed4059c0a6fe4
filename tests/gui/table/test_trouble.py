"""What is said above the table when the listener has a problem."""

from pathlib import Path

import pytest

from damnit_gui.panels.table.trouble import TroubleStrip
from damnit_gui.services.listener_view import ListenerView

BROKEN = "context.py has a problem, runs wait until it is mended: line 12: '(' was never closed"


def view(problem: str, running: bool = True) -> ListenerView:
    return ListenerView(running, "idle", "warning" if problem else "ok", problem=problem, log=Path("listener.log"))


@pytest.fixture
def strip(qtbot) -> TroubleStrip:
    made = TroubleStrip("context.py")
    qtbot.addWidget(made)
    return made


def test_a_broken_context_file_is_told_and_leads_to_the_line(strip, qtbot) -> None:
    strip.show_listener(view(BROKEN))
    assert strip.isVisible()
    assert "'(' was never closed" in strip.text
    with qtbot.waitSignal(strip.line_wanted) as asked:
        strip.choices["Go to line 12"].click()
    assert asked.args == [12]
    assert strip.isVisible()
    strip.show_listener(view(""))
    assert not strip.isVisible()


def test_who_hides_it_sees_it_again_only_with_another_problem(strip) -> None:
    strip.show_listener(view(BROKEN))
    strip.hide()
    strip.show_listener(view(BROKEN))
    assert not strip.isVisible()
    strip.show_listener(view(BROKEN.replace("12", "13")))
    assert strip.isVisible()


def test_a_run_that_cannot_be_read_leads_to_the_log_and_not_to_a_line(strip, qtbot) -> None:
    strip.show_listener(view("Run 7: the file of line 3 is damaged"))
    with qtbot.waitSignal(strip.log_wanted):
        strip.choices["Show the log"].click()


def test_a_listener_that_was_given_up_can_be_restarted(strip, qtbot) -> None:
    strip.show_listener(view("it ended 4 times within a minute", running=False))
    assert strip.level == "error"
    with qtbot.waitSignal(strip.restart_wanted):
        strip.choices["Restart it"].click()


def test_a_listener_that_was_stopped_on_purpose_can_be_started(strip, qtbot) -> None:
    strip.show_listener(view("stopped by ann on host, 2026-01-02 12:03", running=False))
    with qtbot.waitSignal(strip.restart_wanted):
        strip.choices["Start it"].click()

"""A strip above the table when new runs do not come in as they should: why, and the way to mend it."""

import re

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from damnit_gui.panels.text.strip import Choice, Strip
from damnit_gui.services.listener_view import ListenerView

_LINE = re.compile(r"\bline (\d+)\b")


class TroubleStrip(Strip):
    """Told once a problem: who hides it sees it again when there is another one."""

    line_wanted = pyqtSignal(int)
    """A line (from 1) of the context file that is the reason."""
    log_wanted = pyqtSignal()
    """The listener's log."""
    restart_wanted = pyqtSignal()

    def __init__(self, context_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context_name = context_name
        self._told = ""

    def show_listener(self, view: ListenerView) -> None:
        """Say what the listener's problem is; nothing if it has none."""
        if view.problem == self._told:
            return
        self._told = view.problem
        if not view.problem:
            self.hide()
        elif view.running:
            self.tell(_sentence(view.problem), self._choices(view.problem), level="warning")
        else:
            text = f"New runs are not processed, the listener has stopped: {view.problem}"
            on_purpose = view.problem.startswith("stopped by")
            restart = ("Start it" if on_purpose else "Restart it", self.restart_wanted.emit)
            self.tell(text, [restart, ("Show its log", self.log_wanted.emit)], level="error")

    def _choices(self, problem: str) -> list[Choice]:
        found = _LINE.search(problem) if problem.startswith(self._context_name) else None
        if found is None:
            return [("Show the log", self.log_wanted.emit)]
        line = int(found[1])

        def go() -> None:
            self.line_wanted.emit(line)
            self.show()  # it is to be read until it is mended

        return [(f"Go to line {line}", go)]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."

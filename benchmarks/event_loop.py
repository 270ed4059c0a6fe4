"""Running Qt's event loop until something holds."""

import time
from collections.abc import Callable

from PyQt6.QtCore import QEventLoop, QTimer

LOOK_MS = 20


def run_until(condition: Callable[[], bool], seconds: float) -> None:
    """Process events until ``condition`` holds; ends the program if it does not within ``seconds``."""
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(LOOK_MS)
    deadline = time.monotonic() + seconds

    def look() -> None:
        if condition() or time.monotonic() > deadline:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    if not condition():
        raise SystemExit(f"Waited in vain for {seconds:.0f} s: is something wrong with the listener?")


def run_for(seconds: float) -> None:
    """Process events for a while, so that everything is drawn."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()

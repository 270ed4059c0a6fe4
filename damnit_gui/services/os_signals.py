"""SIGINT and SIGTERM as a Qt signal: Python handles them between its own instructions, and Qt may wait for long."""

import signal
import socket
from typing import Any

from PyQt6.QtCore import QObject, QSocketNotifier, pyqtSignal


class OsSignals(QObject):
    """Exists once, in the main thread, from the start of the event loop to its end; then `restore`."""

    received = pyqtSignal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        descriptor: Any = self._reader.fileno()  # The stubs want a pointer; Qt takes the number.
        self._notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._old_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        # The handlers need do nothing: the number of the signal arrives through the socket.
        self._old = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}

    def _read(self) -> None:
        for number in self._reader.recv(64):
            self.received.emit(number)

    def restore(self) -> None:
        """Leave everything as it was before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()


def _ignore(_number: int, _frame: object) -> None: ...

"""What a run's processes print: taken from a pipe to the end of the run's log, a bounded part of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

#: Bytes of a run's output that are kept: so many of its beginning, and of its end.
HEAD = 8_000_000
TAIL = 2_000_000
_READ = 1 << 16
_READS_AT_ONCE = 64


class RunOutput:
    """Writes what a run prints to its log. Where that fails the output is lost: no result depends on it."""

    def __init__(self, log: Path, head: int = HEAD, tail: int = TAIL) -> None:
        self._room = head
        self._tail_size = tail
        self._tail = bytearray()
        self._left_out = 0
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            # not one that waits for a reader, as a pipe in its place would
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC
            self._file = os.open(log, flags, 0o664)
        except OSError as error:
            self._file = -1
            print(f"The run's log cannot be written: {error}", file=sys.stderr)

    def take(self, pipe: int) -> bool:
        """Take what there is in a pipe, or a part of it; False at its end."""
        for _ in range(_READS_AT_ONCE):
            try:
                data = os.read(pipe, _READ)
            except BlockingIOError:
                return True
            if not data:
                return False
            self._add(data)
        return True

    def take_all(self, pipe: int) -> None:
        """Take all that there is, of processes that have ended."""
        while self.take(pipe):
            try:
                data = os.read(pipe, _READ)
            except BlockingIOError:
                return
            self._add(data)

    def _add(self, data: bytes) -> None:
        if self._room:
            self._write(data[: self._room])
            data, self._room = data[self._room :], max(0, self._room - len(data))
        self._tail += data
        too_many = len(self._tail) - self._tail_size
        if too_many > 0:
            self._left_out += too_many
            del self._tail[:too_many]

    def _write(self, data: bytes) -> None:
        try:
            while data and self._file >= 0:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            print(f"The run's log cannot be written any more: {error}", file=sys.stderr)
            os.close(self._file)
            self._file = -1

    @property
    def descriptors(self) -> list[int]:
        """What a worker must not keep."""
        return [self._file] if self._file >= 0 else []

    def close(self) -> None:
        if self._left_out:
            self._write(f"\n[… {self._left_out / 1e6:.1f} MB of output are left out here …]\n".encode())
        self._write(bytes(self._tail))
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

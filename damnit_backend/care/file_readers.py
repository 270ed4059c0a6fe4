"""Reading many HDF5 files in a few processes: threads would wait for each other, and a crash must not spread."""

import contextlib
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from damnit_backend.store.examine import Depth, FileReport

from .file_reader import ReadRequest

COMMAND = ("-P", "-m", "damnit_backend.care.file_reader")
PROCESSES = 4
PATIENCE_SECONDS = 120.0
"""A file may take so long, and longer by its size."""
BYTES_A_SECOND = 1 << 20
"""Slower than this nothing is read."""

_reports = msgspec.json.Decoder(FileReport)


class FileReaders:
    """A block in which files are read; its processes end with it."""

    def __init__(self, depth: Depth, *, processes: int | None = None, patience: float = PATIENCE_SECONDS) -> None:
        self._depth = depth
        self._patience = patience
        self._wanted = processes or max(1, min(PROCESSES, os.cpu_count() or 1))
        self._readers: list[_Reader] = []

    def __enter__(self) -> "FileReaders":
        return self

    def __exit__(
        self, cls: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for reader in self._readers:
            reader.close()

    def examine(self, paths: Iterable[Path]) -> Iterator[tuple[Path, FileReport]]:
        """What is in each file, in any order. One that ends its reader, or on which it hangs, is reported so."""
        left = iter(paths)
        busy: set[_Reader] = set()
        with selectors.DefaultSelector() as selector:
            for path in left:
                reader = self._begin(path, busy)
                selector.register(reader.output, selectors.EVENT_READ, reader)
                busy.add(reader)
                if len(busy) >= self._wanted:
                    yield from self._wait(selector, busy)
            while busy:
                yield from self._wait(selector, busy)

    def _begin(self, path: Path, busy: "set[_Reader]") -> "_Reader":
        """Have a file read by a process that has nothing to do."""
        self._readers = [reader for reader in self._readers if reader in busy or not reader.is_broken]
        reader = next((reader for reader in self._readers if reader not in busy), None)
        if reader is None:
            reader = _Reader()
            self._readers.append(reader)
        reader.ask(path, self._depth, self._patience)
        return reader

    def _wait(self, selector: selectors.BaseSelector, busy: "set[_Reader]") -> Iterator[tuple[Path, FileReport]]:
        """Wait for one process at least, or for one to have taken too long."""
        ready = selector.select(max(0.0, min(reader.deadline for reader in busy) - time.monotonic()))
        ended = [key.data for key, _ in ready] or [r for r in busy if r.deadline <= time.monotonic()]
        for reader in ended:
            selector.unregister(reader.output)
            busy.discard(reader)
            yield reader.path, reader.answer(hangs=not ready)


class _Reader:
    """One process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *COMMAND],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.path = Path()
        self.deadline = 0.0
        self.is_broken = False

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def ask(self, path: Path, depth: Depth, patience: float) -> None:
        assert self._process.stdin is not None
        self.path = path
        size = 0
        with contextlib.suppress(OSError):  # reading it will say why
            size = path.stat().st_size
        self.deadline = time.monotonic() + patience + size / BYTES_A_SECOND
        with contextlib.suppress(BrokenPipeError):  # its end is noticed when its answer is awaited
            self._process.stdin.write(msgspec.json.encode(ReadRequest(os.fsencode(path), depth)) + b"\n")
            self._process.stdin.flush()

    def answer(self, *, hangs: bool) -> FileReport:
        line = b"" if hangs else self.output.readline()
        if line.endswith(b"\n"):
            return _reports.decode(line)
        self.close()
        code = self._process.returncode
        how = "takes without end" if hangs else f"crashes the process that does it ({_ending(code)})"
        return FileReport(problem=f"reading it {how}")

    def close(self) -> None:
        self.is_broken = True
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

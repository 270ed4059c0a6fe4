"""Processes that a command starts, and that end with it."""

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType, TracebackType

import typer

from damnit_backend.control.command_line import damnit_command

PATIENCE_SECONDS = 10.0
"""What a process may take to end when it is asked to."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1


class Helpers:
    """A block in which other `damnit` commands run as processes: none outlives it, however it ends.

    Ctrl+C, SIGTERM and a closed terminal end the block, and are no error then (`interrupted`).
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._processes: list[subprocess.Popen[bytes]] = []
        self._handlers: dict[signal.Signals, object] = {}
        self.interrupted = False

    def start(self, arguments: list[str], log: Path | None = None, **environment: str) -> "subprocess.Popen[bytes]":
        """Start `damnit ARGUMENTS...`; what it says goes to the end of ``log``, else to the terminal."""
        output = None if log is None else log.open("ab")
        try:
            process = subprocess.Popen(
                damnit_command(*arguments),
                env={**self._environment, **environment}, preexec_fn=_die_with_parent(),
                stdin=subprocess.DEVNULL, stdout=output, stderr=None if output is None else subprocess.STDOUT,
            )  # fmt: skip
        finally:
            if output is not None:
                output.close()
        self._processes.append(process)
        return process

    def __enter__(self) -> "Helpers":
        for number in _ENDING:
            self._handlers[number] = signal.signal(number, _interrupt)
        return self

    def __exit__(
        self, cls: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)  # from here on it ends soon by itself
        # Those that were started last watch over the others.
        for process in reversed(self._processes):
            _end(process)
        self.interrupted = isinstance(error, KeyboardInterrupt)
        if self.interrupted:
            typer.echo("Stopped.")
        return self.interrupted


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> Callable[[], None] | None:
    """What a new process does so that it ends also if this one is killed. Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork, after which little is safe
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

"""Having a folder checked or copied by a process of its own: for the window, in which nothing may wait or crash."""

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Progress, Report
from damnit_backend.store.folder import Folder

from .command_line import damnit_command

Told = Callable[[Progress], None]

_progress = msgspec.json.Decoder(Progress)


class CancelledError(UserError):
    """Somebody had the work ended."""


class Care:
    """One piece of work: call one of the methods that wait, once, and `cancel` from another thread."""

    def __init__(self, told: Told = lambda _: None) -> None:
        self._told = told
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    def check(self, folder: Folder, *, quick: bool = False, fix: bool = False) -> Report:
        """`damnit doctor`. Waits; UserError if it cannot be done, CancelledError if it was cancelled."""
        options = [name for name, wanted in (("--quick", quick), ("--fix", fix)) if wanted]
        return msgspec.json.decode(self._run("doctor", folder.path, "--json", *options), type=Report)

    def back_up(self, folder: Folder, target: Path, *, with_logs: bool = False) -> str:
        """`damnit backup`; what people are told of it. Waits; UserError and CancelledError as above."""
        options = ["--with-logs"] if with_logs else []
        return self._run("backup", folder.path, target, *options).decode(errors="replace").strip()

    def cancel(self) -> None:
        """End the work; it cleans up after itself. Does not wait."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                self._process.terminate()

    def _run(self, *arguments: object) -> bytes:
        """What the command wrote to its standard output, while its progress is told."""
        with tempfile.TemporaryFile() as output:
            with self._lock:
                if self._cancelled:
                    raise CancelledError("Cancelled.")
                process = self._process = subprocess.Popen(
                    damnit_command(*arguments, "--progress"),
                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
                )  # fmt: skip
            assert process.stderr is not None
            with process, process.stderr:
                said = self._follow(process.stderr)
            output.seek(0)
            answer = output.read()
        if self._cancelled:
            raise CancelledError("Cancelled.")
        if not answer:
            raise UserError(" ".join(said[-2:]) or f"It ended without an answer: exit code {process.returncode}.")
        return answer

    def _follow(self, stream: IO[bytes]) -> list[str]:
        """Pass progress on until the process ends; what else it said."""
        said = []
        for line in stream:
            with contextlib.suppress(msgspec.MsgspecError):
                self._told(_progress.decode(line))
                continue
            said.append(line.decode(errors="replace").strip().removeprefix("damnit: "))
        return said

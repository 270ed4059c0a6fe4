"""A server process, and what to ask of it."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import damnit_ctx
import pytest

PACKAGE_PATH = Path(damnit_ctx.__file__).parents[1]
PATIENCE = 30.0


class Client:
    """The other end of a server process's protocol."""

    def __init__(self, cwd: Path, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "damnit_ctx", "serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=cwd,
                env={**os.environ, "PYTHONPATH": str(PACKAGE_PATH), **environment},
            )
        self._buffer = b""
        self.events: list[dict[str, Any]] = []
        self.hello = self.receive()
        self.events.clear()

    def send(self, **request: Any) -> None:
        self.send_line(json.dumps(request).encode())

    def send_line(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next event. Fails if none comes, or if what comes is no event."""
        assert self.process.stdout is not None
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                assert selector.select(max(0.0, end - time.monotonic())), "no event came"
                data = os.read(self.process.stdout.fileno(), 1 << 16)
                assert data, f"the server ended: {self.log.read_text()}"
                self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        event: dict[str, Any] = json.loads(line)
        self.events.append(event)
        return event

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Receive until there is an event of this kind with these fields."""
        while True:
            event = self.receive()
            if event["event"] == kind and fields.items() <= event.items():
                return event

    def finished(self, name: str) -> dict[str, Any]:
        """The last "finished" event of the Variable that was received."""
        return [e for e in self.events if e["event"] == "finished" and e["variable"] == name][-1]

    def fragments(self) -> list[Path]:
        """The fragments that were published so far."""
        return [Path(e["path"]) for e in self.events if e["event"] == "fragment"]

    def is_idle(self) -> bool:
        """Whether the server lives and each run that it began is done."""
        begun = {e["id"] for e in self.events if e["event"] == "running"}
        return self.process.poll() is None and begun <= {e["id"] for e in self.events if e["event"] == "done"}

    def close(self) -> int:
        """End of the server's input; gives its exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return status


@pytest.fixture(scope="session")
def _servers() -> Iterator[list[Client]]:
    """At most one server that waits for the next test: one test's doings must not disturb another's."""
    servers: list[Client] = []
    yield servers
    for client in servers:
        assert client.close() == 0


@pytest.fixture
def client(_servers: list[Client], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server that has said hello, perhaps to other tests before."""
    path = tmp_path_factory.mktemp("server")
    client = _servers.pop() if _servers else Client(path, path / "server.log")
    yield client
    if client.is_idle():
        client.send(do="nothing", id=-1)
        client.until("bad_request", id=-1)
        client.events.clear()
        _servers.append(client)
    elif client.process.stdout is not None and not client.process.stdout.closed:
        assert client.close() == 0


@pytest.fixture
def new_client(tmp_path: Path) -> Iterator[Client]:
    """A server that has been asked nothing."""
    client = Client(tmp_path, tmp_path / "server.log")
    yield client
    assert client.close() == 0


@pytest.fixture
def load_in(client: Client, folder: Path, header: str) -> Callable[[str], dict[str, Any]]:
    """Have the server load a text as the folder's context file; gives its answer."""

    def load_in(text: str) -> dict[str, Any]:
        path = folder / "context.py"
        path.write_text(header + textwrap.dedent(text))
        client.send(do="load", id=1, path=str(path), folder=str(folder))
        return client.receive()

    return load_in


@pytest.fixture
def run_in(client: Client, folder: Path, proposal_path: Path) -> Callable[..., None]:
    """Have the server run what it loaded; the fields of the request may be changed."""

    def run_in(id: int = 2, **fields: Any) -> None:  # noqa: A002
        request = {
            "proposal": 700000,
            "run": 1,
            "proposal_path": str(proposal_path),
            "data": "all",
            "trigger": None,
            "variables": None,
            "fragments": str(folder / "extracted_data"),
            "log": str(folder / "process_logs" / "r1-p700000.out"),
            "seconds": None,
        }
        client.send(do="run", id=id, **{**request, **fields})

    return run_in


@pytest.fixture
def results(client: Client, executed_from: Any) -> Callable[[], Any]:
    """Gives what the fragments published so far hold."""
    return lambda: executed_from(client.events, client.fragments())


@pytest.fixture
def gone() -> Callable[[int], bool]:
    """Tells whether a process ends within a few seconds."""

    def gone(pid: int) -> bool:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                stat = Path(f"/proc/{pid}/stat").read_text()
            except FileNotFoundError:
                return True
            if stat.rpartition(")")[2].split()[0] == "Z":
                return True
            time.sleep(0.01)
        return False

    return gone

"""A Unix domain socket: newline-delimited JSON, mode 0600, a greeting with the protocol's version."""

import asyncio
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from damnit_backend.core import messages
from damnit_backend.core.errors import UserError
from damnit_backend.core.messages import Message

log = logging.getLogger(__name__)

MAX_LINE = 1 << 20
MAX_BACKLOG = 1 << 20
"""A client that leaves so many bytes unread is disconnected; it finds the changes in the database."""
RETRY_SECONDS = 0.5
SEND_SECONDS = 2


class LocalPublisher:
    """The listener's end: greets whoever connects, repeats the latest of each kind, then sends everything to all."""

    def __init__(self, path: Path, greeting: Message) -> None:
        self._path = path
        self._greeting = greeting
        self._latest: dict[type, Message] = {}
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._bound: tuple[int, int] | None = None
        self._on_message: Callable[[Message], None] = lambda _: None

    async def open(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        listening = _bind(self._path)
        self._bound = _identity(self._path)
        try:
            self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE)
        except BaseException:
            listening.close()
            raise

    def publish(self, message: Message) -> None:
        self._latest[type(message)] = message
        line = messages.encode(message)
        for writer in list(self._clients):
            if writer.transport.get_write_buffer_size() > MAX_BACKLOG:
                self._clients.discard(writer)
                writer.transport.abort()
            else:
                writer.write(line)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._clients):
            writer.close()
        # Whoever took the folder over listens at the same path.
        if self._bound is not None and _identity(self._path) == self._bound:
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for greeting in (self._greeting, *self._latest.values()):
            writer.write(messages.encode(greeting))
        self._clients.add(writer)
        try:
            while line := await reader.readline():
                message = messages.decode(line)
                if message is None:
                    log.info("Ignored a message of an unknown kind: %.200r", line)
                else:
                    self._on_message(message)
        except (OSError, ValueError) as error:
            log.info("A client's connection ended: %s", error)
        finally:
            self._clients.discard(writer)
            writer.close()


def _bind(path: Path) -> socket.socket:
    """A socket at the path, which nobody else can connect to. UserError if there can be none."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Only the holder of the lease comes here, so that a socket in the way is a dead listener's.
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        path.chmod(0o600)  # before anybody can connect: it does not listen yet
    except OSError as error:
        listening.close()
        raise UserError(
            f"The listener's socket {path} cannot be made: {error}.", "Set XDG_RUNTIME_DIR to another directory."
        ) from error
    return listening


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class LocalSubscriber:
    """A window's end: a thread that connects, reads, and connects again when the listener is another one."""

    def __init__(self, find_socket: Callable[[], Path | None], retry_seconds: float = RETRY_SECONDS) -> None:
        self._find_socket = find_socket
        self._retry_seconds = retry_seconds
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, on_message: Callable[[Message], None], on_connected: Callable[[bool], None]) -> None:
        self._thread = threading.Thread(
            target=self._run, args=(on_message, on_connected), name="damnit-subscriber", daemon=True
        )
        self._thread.start()

    def send(self, message: Message) -> bool:
        with self._lock:
            if self._socket is None:
                return False
            try:
                self._socket.sendall(messages.encode(message))
            except OSError:
                # It may have been sent in part, after which nothing more can be understood.
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
                return False
            return True

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2)

    def _run(self, on_message: Callable[[Message], None], on_connected: Callable[[bool], None]) -> None:
        last = ""
        while not self._closed.is_set():
            try:
                self._attend(on_message, on_connected)
                last = ""
            except Exception as error:  # the edge of a thread: without it the window would never be told again
                if str(error) != last:  # once, not at every attempt
                    log.exception("The listener cannot be attended to; trying again")
                last = str(error)
            self._closed.wait(self._retry_seconds)

    def _attend(self, on_message: Callable[[Message], None], on_connected: Callable[[bool], None]) -> None:
        """Connect, if there is a listener, and read until the connection ends."""
        connection = self._connect()
        if connection is None:
            return
        with connection:
            try:
                on_connected(True)
                self._read(connection, on_message)
            finally:
                with self._lock:
                    self._socket = None
        if not self._closed.is_set():
            on_connected(False)

    def _connect(self) -> socket.socket | None:
        path = self._find_socket()
        if path is None:
            return None
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(SEND_SECONDS)
            connection.connect(str(path))
            connection.settimeout(None)
            # A listener that hangs must not make those wait who tell it something; reading may take for ever.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        except OSError:
            connection.close()
            return None
        with self._lock:
            if self._closed.is_set():
                connection.close()
                return None
            self._socket = connection
        return connection

    def _read(self, connection: socket.socket, on_message: Callable[[Message], None]) -> None:
        try:
            with connection.makefile("rb") as lines:
                while not self._closed.is_set() and (line := lines.readline(MAX_LINE)):
                    message = messages.decode(line)
                    if message is None:
                        log.info("Ignored a message of an unknown kind: %.200r", line)
                    else:
                        on_message(message)
        except OSError as error:
            log.info("The connection to the listener ended: %s", error)


def send_once(path: Path, message: Message) -> bool:
    """Connect, send one message and leave; False if nobody listens there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SEND_SECONDS)
        try:
            connection.connect(str(path))
            connection.sendall(messages.encode(message))
            # Until the other end has taken the line, closing with its greeting unread could reset the connection.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:
            return False
    return True

"""Both ends of each transport, with queues to wait at instead of sleeping."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from damnit_backend.core.messages import Hello, Message
from damnit_backend.transport.base import Publisher, Subscriber
from damnit_backend.transport.local_socket import LocalPublisher, LocalSubscriber
from damnit_backend.transport.memory import MemoryHub

GREETING = Hello(1, "/data", 7, "host")
PATIENCE = 10.0


class Listener:
    """A publisher in an event loop of its own, in a thread as the listener has it in a process."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.received: queue.Queue[Message] = queue.Queue()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def open(self) -> "Listener":
        self.call(self.publisher.open(self.received.put))
        return self

    def publish(self, *messages: Message) -> None:
        async def all_of_them() -> None:
            for message in messages:
                self.publisher.publish(message)

        self.call(all_of_them())

    def close(self) -> None:
        self.call(self.publisher.close())

    def end(self) -> None:
        self.close()

        async def rest() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.call(rest())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()


class Window:
    """A subscriber whose messages and states of connection can be waited for."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.messages: queue.Queue[Message] = queue.Queue()
        self.states: queue.Queue[bool] = queue.Queue()

    def start(self) -> "Window":
        self.subscriber.start(self.messages.put, self.states.put)
        return self

    def next(self) -> Message:
        return self.messages.get(timeout=PATIENCE)

    def state(self) -> bool:
        return self.states.get(timeout=PATIENCE)


@pytest.fixture
def socket_file(tmp_path: Path) -> Path:
    return tmp_path / "listener.sock"


@pytest.fixture
def listener_of() -> Iterator[Callable[[Publisher], Listener]]:
    """``listener_of(publisher)`` runs a publisher until the end of the test."""
    made: list[Listener] = []

    def make(publisher: Publisher) -> Listener:
        made.append(Listener(publisher))
        return made[-1]

    yield make
    for listener in made:
        listener.end()


@pytest.fixture
def window_of() -> Iterator[Callable[[Subscriber], Window]]:
    """``window_of(subscriber)`` closes it at the end of the test."""
    made: list[Window] = []

    def make(subscriber: Subscriber) -> Window:
        made.append(Window(subscriber))
        return made[-1]

    yield make
    for window in made:
        window.subscriber.close()


@pytest.fixture(params=["local", "memory"])
def ends(
    request: pytest.FixtureRequest, socket_file: Path, listener_of: Any, window_of: Any
) -> tuple[Listener, Callable[[], Window]]:
    """A listener that is not open yet, and a maker of windows, over each transport."""
    if request.param == "local":
        publisher: Publisher = LocalPublisher(socket_file, GREETING)
        return listener_of(publisher), lambda: window_of(LocalSubscriber(lambda: socket_file, retry_seconds=0.01))
    hub = MemoryHub(GREETING)
    return listener_of(hub), lambda: window_of(hub.subscriber())

"""A hub inside one process: the same interface without sockets, for tests."""

from collections.abc import Callable

from damnit_backend.core.messages import Message


class MemoryHub:
    """A publisher whose subscribers are objects of the same process."""

    def __init__(self) -> None:
        self._subscribers: list[MemorySubscriber] = []
        self._on_message: Callable[[Message], None] | None = None

    async def open(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        for subscriber in self._subscribers:
            subscriber.connected(True)

    def publish(self, message: Message) -> None:
        for subscriber in self._subscribers:
            subscriber.deliver(message)

    async def close(self) -> None:
        self._on_message = None
        for subscriber in self._subscribers:
            subscriber.connected(False)

    def subscriber(self) -> "MemorySubscriber":
        return MemorySubscriber(self)

    @property
    def is_open(self) -> bool:
        return self._on_message is not None

    def join(self, subscriber: "MemorySubscriber") -> None:
        self._subscribers.append(subscriber)
        subscriber.connected(self.is_open)

    def leave(self, subscriber: "MemorySubscriber") -> None:
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)

    def receive(self, message: Message) -> bool:
        if self._on_message is None:
            return False
        self._on_message(message)
        return True


class MemorySubscriber:
    """One end of a `MemoryHub`; callbacks come in the publisher's thread."""

    def __init__(self, hub: MemoryHub) -> None:
        self._hub = hub
        self._on_message: Callable[[Message], None] | None = None
        self._on_connected: Callable[[bool], None] | None = None

    def start(self, on_message: Callable[[Message], None], on_connected: Callable[[bool], None]) -> None:
        self._on_message = on_message
        self._on_connected = on_connected
        self._hub.join(self)

    def send(self, message: Message) -> bool:
        return self._hub.receive(message)

    def close(self) -> None:
        self._hub.leave(self)

    def deliver(self, message: Message) -> None:
        if self._on_message is not None:
            self._on_message(message)

    def connected(self, state: bool) -> None:
        if self._on_connected is not None:
            self._on_connected(state)

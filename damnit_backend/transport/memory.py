"""A hub inside one process: the same interface without sockets, for tests."""

from collections.abc import Callable

from damnit_backend.core.messages import Message


class MemoryHub:
    """A publisher whose subscribers are objects of the same process. Like a socket, it greets whoever comes and
    repeats the latest message of each kind."""

    def __init__(self, greeting: Message | None = None) -> None:
        self._greeting = greeting
        self._latest: dict[type, Message] = {}
        self._subscribers: list[MemorySubscriber] = []
        self._on_message: Callable[[Message], None] | None = None

    async def open(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        for subscriber in list(self._subscribers):
            self._welcome(subscriber)

    def publish(self, message: Message) -> None:
        self._latest[type(message)] = message
        for subscriber in list(self._subscribers):
            subscriber.deliver(message)

    async def close(self) -> None:
        self._on_message = None
        for subscriber in list(self._subscribers):
            subscriber.connected(False)

    def subscriber(self) -> "MemorySubscriber":
        return MemorySubscriber(self)

    def join(self, subscriber: "MemorySubscriber") -> None:
        self._subscribers.append(subscriber)
        if self._on_message is not None:
            self._welcome(subscriber)

    def leave(self, subscriber: "MemorySubscriber") -> None:
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)

    def receive(self, subscriber: "MemorySubscriber", message: Message) -> bool:
        if self._on_message is None or subscriber not in self._subscribers:
            return False
        self._on_message(message)
        return True

    def _welcome(self, subscriber: "MemorySubscriber") -> None:
        subscriber.connected(True)
        for message in (self._greeting, *self._latest.values()):
            if message is not None:
                subscriber.deliver(message)


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
        return self._hub.receive(self, message)

    def close(self) -> None:
        self._hub.leave(self)

    def deliver(self, message: Message) -> None:
        if self._on_message is not None:
            self._on_message(message)

    def connected(self, state: bool) -> None:
        if self._on_connected is not None:
            self._on_connected(state)

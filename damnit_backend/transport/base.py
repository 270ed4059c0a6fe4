"""What every transport offers. Messages are hints: losing one costs time, never data."""

from collections.abc import Callable
from typing import Protocol

from damnit_backend.core.messages import Message


class Publisher(Protocol):
    """The listener's end."""

    async def open(self, on_message: Callable[[Message], None]) -> None:
        """Begin; what the other ends send is given to ``on_message``, in the event loop."""

    def publish(self, message: Message) -> None:
        """Send to all who are connected. Never waits and never fails."""

    async def close(self) -> None: ...


class Subscriber(Protocol):
    """A window's or command's end. Callbacks come from a thread of the subscriber."""

    def start(self, on_message: Callable[[Message], None], on_connected: Callable[[bool], None]) -> None: ...

    def send(self, message: Message) -> bool:
        """True if it was handed over; False if nobody is connected."""

    def close(self) -> None: ...

"""What processes say to each other about a folder: typed, versioned, and never more than a hint.

A listener greets with `Hello`, then sends `Changed` and `Status` as things happen. Whoever is connected may send
`Nudge` (look for work now) or `Stop`. One JSON object a line; an unknown kind is for a newer program and is ignored.
"""

import enum
from typing import Any, TypeAlias

import msgspec

PROTOCOL = 1


class Activity(enum.StrEnum):
    """What a listener is doing."""

    STARTING = "starting"
    IDLE = "idle"
    WORKING = "working"
    STOPPING = "stopping"


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message of a listener on a connection."""

    protocol: int
    folder: str
    pid: int
    host: str


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """The database has changes up to this number of the change feed."""

    seq: int


class Status(msgspec.Struct, frozen=True, tag="status"):
    """What the listener does now: ``running`` names runs in work; ``problem`` is for people, empty if there is none."""

    activity: Activity
    queued: int = 0
    running: tuple[tuple[int, int], ...] = ()
    variable: str = ""
    last_run: tuple[int, int] | None = None
    last_run_at: float | None = None
    problem: str = ""


class Nudge(msgspec.Struct, frozen=True, tag="nudge"):
    """There may be new jobs in the queue."""


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Finish nothing new and end."""


Message: TypeAlias = Hello | Changed | Status | Nudge | Stop

_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def encode(message: Message) -> bytes:
    """One line, with its newline."""
    try:
        return _encode(message) + b"\n"
    except UnicodeEncodeError:
        # A path whose bytes are no UTF-8: question marks are good enough for a hint.
        return _encode(msgspec.convert(_readable(msgspec.to_builtins(message)), Message)) + b"\n"


def _readable(part: Any) -> Any:
    match part:
        case str():
            return part.encode("utf-8", "replace").decode()
        case dict():
            return {name: _readable(inner) for name, inner in part.items()}
        case _:
            return part


def decode(line: bytes) -> Message | None:
    """The message in a line; None for a kind or a form that this version does not know."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None

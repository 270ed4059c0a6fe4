"""The lines that a context process and its client exchange: typed, one JSON object each, never pickle."""

from typing import Literal, TypeAlias

import msgspec

PROTOCOL = 1


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a context file; lines and columns count from 1. A warning keeps it from nothing."""

    message: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    error_cls: str = ""
    traceback: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class VariableSpec(msgspec.Struct, frozen=True):
    """A Variable as its context file defines it."""

    name: str
    title: str
    description: str | None = None
    summary: str | None = None
    data: Literal["raw", "proc"] = "raw"
    cluster: bool = False
    tags: tuple[str, ...] = ()
    transient: bool = False
    units: str | None = None
    line: int | None = None
    depends: tuple[str, ...] = ()
    code: str = ""
    """A hash of all code that decides about its value; empty if the file was only checked."""
    spans: tuple[tuple[str, int, int], ...] = ()
    """Where that code is without its dependencies': file (empty for the context file), first and last line."""
    parameters: tuple[str, ...] = ()
    """Names of ``param#`` values that it and its dependencies ask for."""


class Load(msgspec.Struct, frozen=True, tag_field="do", tag="load"):
    """Load a context file; with ``code``, that text in its place. ``memory``: bytes that this may take."""

    id: int
    path: str
    folder: str
    code: str | None = None
    memory: int | None = None


class Run(msgspec.Struct, frozen=True, tag_field="do", tag="run"):
    """Execute Variables of the loaded context file on a run; `damnit_ctx.serve` tells what the fields mean."""

    id: int
    proposal: int
    run: int
    proposal_path: str
    data: Literal["raw", "all"]
    trigger: Literal["raw", "proc"] | None
    variables: tuple[str, ...] | None
    fragments: str
    log: str
    seconds: float | None = None
    params: dict[str, bool | int | float | str] = {}
    memory: int | None = None
    cores: int | None = None
    job: int | None = None
    exact: bool = False


class Cancel(msgspec.Struct, frozen=True, tag_field="do", tag="cancel"):
    id: int


class Ping(msgspec.Struct, frozen=True, tag_field="do", tag="ping"):
    id: int


class Quit(msgspec.Struct, frozen=True, tag_field="do", tag="quit"):
    pass


Request: TypeAlias = Load | Run | Cancel | Ping | Quit


class Hello(msgspec.Struct, frozen=True, tag_field="event", tag="hello"):
    protocol: int
    python: str
    executable: str
    pid: int


class Broken(msgspec.Struct, frozen=True, tag_field="event", tag="broken"):
    """In place of `Hello`: this interpreter cannot run context files, and why."""

    message: str


class Pong(msgspec.Struct, frozen=True, tag_field="event", tag="pong"):
    id: int


Stamp: TypeAlias = tuple[int, int, int]
"""What changes when a file is written or replaced: time of its last change in ns, size, inode."""


class Environment(msgspec.Struct, frozen=True):
    """What executes the context file: ``packages`` are versions by name."""

    python: str
    executable: str
    packages: dict[str, str]
    digest: str


class Loaded(msgspec.Struct, frozen=True, tag_field="event", tag="loaded"):
    """``files``: what was imported from the context file's folder, and places there that were looked into.

    ``text`` is what was executed, ``sources`` the modules beside it, by path, and ``digest`` one of both. A file that
    is only checked has no sources and no environment.
    """

    id: int
    digest: str
    variables: tuple[VariableSpec, ...]
    text: str = ""
    sources: dict[str, str] = {}
    environment: Environment | None = None
    files: dict[str, Stamp | None] = {}
    warnings: tuple[Problem, ...] = ()


class NotLoaded(msgspec.Struct, frozen=True, tag_field="event", tag="not_loaded"):
    id: int
    problems: tuple[Problem, ...]
    files: dict[str, Stamp | None] = {}
    warnings: tuple[Problem, ...] = ()


class Running(msgspec.Struct, frozen=True, tag_field="event", tag="running"):
    id: int
    pid: int
    variables: tuple[str, ...]


class Started(msgspec.Struct, frozen=True, tag_field="event", tag="started"):
    id: int
    variable: str
    at: float


class Finished(msgspec.Struct, frozen=True, tag_field="event", tag="finished"):
    id: int
    variable: str
    outcome: Literal["ok", "none", "error", "skip"]
    seconds: float
    error_cls: str | None = None
    message: str | None = None
    line: int | None = None


class FragmentReady(msgspec.Struct, frozen=True, tag_field="event", tag="fragment"):
    id: int
    path: str


class Done(msgspec.Struct, frozen=True, tag_field="event", tag="done"):
    """The end of a `Run`. ``lost`` is the client's own word: the context process itself ended, whoever is to blame."""

    id: int
    outcome: Literal["ok", "cannot_open", "cannot_write", "cancelled", "timeout", "died", "lost"]
    message: str | None = None


class BadRequest(msgspec.Struct, frozen=True, tag_field="event", tag="bad_request"):
    """The end of a request that cannot be done, such as a run with an unknown Variable."""

    message: str
    id: int | None = None


RunEvent: TypeAlias = Running | Started | Finished | FragmentReady | Done
Event: TypeAlias = Hello | Broken | Pong | Loaded | NotLoaded | RunEvent | BadRequest

encode = msgspec.json.Encoder().encode
decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)

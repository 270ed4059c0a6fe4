"""Where values come from: the code of each Variable, the files, the environment, this host and user."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from damnit_ctx.requests import RunRequest
from damnit_ctx.text import storable


@dataclass(frozen=True)
class Code:
    """`hash`: equal if the Variable and all that it reaches do the same, its dependencies' code included.

    `spans`: what it reaches without those: file (empty for the context file), first and last line. `parameters`: the
    names of `param#` arguments, its dependencies' included.
    """

    hash: str
    spans: tuple[tuple[str, int, int], ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class RunOrigin:
    """What goes into fragments: what is the same for all values of a run, and what is not, by Variable."""

    shared: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Origin:
    """Of a loaded context file. `context`: a digest of it and of the modules beside it; `files`: what those say."""

    context: str
    text: str
    files: Mapping[str, str]
    codes: Mapping[str, Code]
    environment: Mapping[str, Any]
    environment_digest: str

    def of_variables(self) -> dict[str, dict[str, Any]]:
        """What the client is told of each Variable."""
        return {
            name: {"code": code.hash, "spans": code.spans, "parameters": code.parameters}
            for name, code in self.codes.items()
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "digest": self.context,
            "text": storable(self.text),
            "sources": {storable(path): storable(text) for path, text in self.files.items()},
            "environment": {**self.environment, "digest": self.environment_digest},
        }

    def of_run(self, request: RunRequest, asked: frozenset[str]) -> RunOrigin:
        """`asked`: the Variables that are not only computed for others."""
        shared = {
            "context": self.context,
            "environment": self.environment_digest,
            "stage": request.data,
            "host": socket.gethostname(),
            "user": user_name(),
            "job": request.job,
        }
        values = {
            name: {
                "code": code.hash,
                "asked": name in asked,
                "parameters": {p: request.params.get(p) for p in code.parameters} or None,
            }
            for name, code in self.codes.items()
        }
        return RunOrigin(shared, values)


def user_name() -> str:
    """Who runs this process, as the system says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

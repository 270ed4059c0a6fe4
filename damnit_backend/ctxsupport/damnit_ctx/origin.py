"""Where values come from: the code of each Variable, the files, the environment, this host and user."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from damnit_ctx.codes import Code, codes_of
from damnit_ctx.context import LoadedContext
from damnit_ctx.environment import environment
from damnit_ctx.requests import RunRequest
from damnit_ctx.text import storable
from damnit_ctx.user_files import own_modules

#: Looked up before user code, which may change what `json` has.
_encode = json.JSONEncoder(sort_keys=True).encode


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


def origin_of(context: LoadedContext) -> Origin:
    """To be asked for soon after the file was loaded: the modules beside it are read again."""
    modules = own_modules(context.path)
    files = {module.label: module.text for module in modules.values()}
    codes = codes_of(context, modules)
    digest = context.digest
    if files:
        digest = hashlib.sha256(_canonical({"": digest, **files})).hexdigest()
    surroundings = environment()
    return Origin(
        digest, context.text, files, codes, surroundings, hashlib.sha256(_canonical(surroundings)).hexdigest()[:32]
    )


def _canonical(value: Any) -> bytes:
    return _encode(value).encode()


def user_name() -> str:
    """Who runs this process, as the system says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

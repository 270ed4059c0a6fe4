"""How the computation of one Variable ended."""

from __future__ import annotations

import sys
import traceback as tb_module
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from damnit_ctx import limits
from damnit_ctx.causes import WHICH_NEEDS, tree
from damnit_ctx.text import class_name, error_message, shortened, storable
from damnit_ctx.variable import Skip

TRACEBACK_LIMIT = 100_000

_HERE = str(Path(__file__).parent)
_NEEDS = "Not computed, because it needs:\n"


class DependencyError(Exception):
    """A Variable that this one needs has failed."""


@dataclass(frozen=True)
class Outcome:
    """`kind` is "ok", "none" (it returned None), "skip" or "error".

    `error_cls` and `message` are what the cell shows of a skip or an error; `line` is the line of the context
    file where it arose, if known.
    """

    kind: str
    error_cls: str = ""
    message: str = ""
    line: int | None = None

    @property
    def failed(self) -> bool:
        return self.kind in ("skip", "error")

    @property
    def excused(self) -> bool:
        """Nothing went wrong: there just is no such data in this run."""
        return self.kind != "error" or self.error_cls == "SourceNameError"

    def as_json(self) -> dict[str, Any]:
        """The fields of an event: those of an error only if it is one."""
        fields: dict[str, Any] = {"outcome": self.kind}
        if self.failed:
            fields.update(error_cls=self.error_cls, message=self.message, line=self.line)
        return fields

    def as_exception(self) -> Exception:
        """For a Variable that lacks what it needs."""
        return Skip(self.message) if self.kind == "skip" else DependencyError(self.message)

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> Outcome:
        return Outcome(
            str(fields["outcome"]), fields.get("error_cls", ""), fields.get("message", ""), fields.get("line")
        )


def from_exception(error: BaseException, context_path: str) -> Outcome:
    """The outcome of a Variable that raised."""
    if isinstance(error, MemoryError):
        limits.relieve()
    line = line_in(error.__traceback__, context_path)
    if isinstance(error, Skip):
        return Outcome("skip", "Skip", error_message(error), line)
    if isinstance(error, SystemExit):
        return Outcome("error", "SystemExit", f"sys.exit({error_message(error)}) was called", line)
    if isinstance(error, MemoryError):
        return Outcome("error", class_name(error), limits.memory_message(error_message(error)), line)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return Outcome("error", class_name(error), shortened(storable(missing_package(error.name))), line)
    return Outcome("error", class_name(error), error_message(error) or _source_of(error), line)


def missing_package(name: str) -> str:
    """What people read of an import of what is not there."""
    version = ".".join(map(str, sys.version_info[:3]))
    return (
        f"There is no package {name!r} in {sys.executable} (Python {version}): install it there, "
        "or choose another interpreter for this folder (its setting context_python)"
    )


def without_results(causes: Mapping[str, Outcome]) -> Outcome:
    """The outcome of a Variable that lacks what it needs: the tree of the causes.

    A skip if all causes are skips, missing sources or no data; else a DependencyError.
    """
    branches = tree(_branch(name, cause) for name, cause in causes.items())
    message = shortened(_NEEDS + branches)  # a tree repeats what its branches share
    if all(cause.excused for cause in causes.values()):
        return Outcome("skip", "Skip", message)
    return Outcome("error", "DependencyError", message)


def _branch(name: str, cause: Outcome) -> str:
    if cause.message.startswith(_NEEDS):
        return f"{name}{WHICH_NEEDS}\n{cause.message[len(_NEEDS) :]}"
    if cause.kind == "skip":
        return f"{name} was skipped: {cause.message}"
    if cause.kind == "error":
        return f"{name} failed: {cause.error_cls}: {cause.message}"
    return f"{name} has no data"


def line_in(traceback: TracebackType | None, context_path: str) -> int | None:
    """The innermost line of the context file that the traceback passes."""
    lines = [number for frame, number in tb_module.walk_tb(traceback) if _file(frame) == context_path]
    return lines[-1] if lines else None


def user_traceback(error: BaseException) -> str:
    """The traceback as text, from the first frame that is not ours."""
    traceback = error.__traceback__
    while traceback is not None and _file(traceback.tb_frame).startswith(_HERE):
        traceback = traceback.tb_next
    start = traceback or error.__traceback__
    return shortened("".join(tb_module.format_exception(type(error), error, start)), TRACEBACK_LIMIT)


def _file(frame: Any) -> str:
    return str(frame.f_code.co_filename)


def _source_of(error: BaseException) -> str:
    """The source line that raised: for exceptions without a message, such as a bare assert."""
    frames = tb_module.extract_tb(error.__traceback__)
    return f"raised by: {frames[-1].line}" if frames and frames[-1].line else ""

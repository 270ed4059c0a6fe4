"""What is wrong with a context file, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a context file.

    Lines and columns count from 1; the end column is the one after the last character. All are None where no
    place in the context file is to blame. `error_cls` is the exception's class name, or `DefinitionError` for
    what the checks find. `traceback` starts in the user's code; '' if there is none. With a "warning" the file is
    used all the same; an "error" must be mended first.
    """

    message: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    error_cls: str = "DefinitionError"
    traceback: str = ""
    severity: str = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def as_warning(self) -> Problem:
        return replace(self, severity="warning")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

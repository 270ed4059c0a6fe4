"""Text that every place we write to can hold."""

from __future__ import annotations

import builtins
from typing import Any

MESSAGE_LIMIT = 8000
_NAME_LIMIT = 200


def storable(text: str) -> str:
    """The text without what HDF5 strings cannot hold: lone surrogates and NUL, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def error_message(error: BaseException) -> str:
    """What the exception says, storable and of bounded length; '' if it says nothing. Of a group all its parts.

    User code may define exceptions whose own `__str__` fails, in whatever way, so anything it raises is caught.
    """
    try:
        text = "\n".join([str(error), *_parts(error)])
    except BaseException as failure:  # user code at the edge of its process
        text = f"(the message cannot be shown: {type(failure).__name__} in its __str__)"
    return shortened(storable(text[: MESSAGE_LIMIT + 1]))


def _parts(error: BaseException) -> list[str]:
    """A line for each part of a group of exceptions, those of inner groups further in."""
    group = getattr(builtins, "BaseExceptionGroup", None)  # Python 3.11
    if group is None or not isinstance(error, group):
        return []
    lines = [f"- {class_name(part)}: {error_message(part)}" for part in error.exceptions]
    return ["  " + line for text in lines for line in text.split("\n")]


def class_name(error: BaseException) -> str:
    """The name of the exception's class, storable, whatever it makes of its name."""
    name = type.__dict__["__name__"].__get__(type(error))
    return shortened(storable(name[: _NAME_LIMIT + 1]), _NAME_LIMIT)


def shown(value: Any) -> str:
    """Any value of user code as it would be written, in short."""
    try:
        text = repr(value)
    except Exception:  # whatever class of the user's it is of
        text = f"a {type(value).__name__}"
    return shortened(storable(text), _NAME_LIMIT)


def shortened(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """The text, or its beginning if it is longer than the limit."""
    return text if len(text) <= limit else text[:limit] + "…"

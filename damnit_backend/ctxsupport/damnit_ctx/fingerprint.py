"""Values in words that tell them from others, the same in each process and in each version of Python."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import pathlib
import re
import uuid
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Protocol

from damnit_ctx.group import is_group
from damnit_ctx.syntax import constant
from damnit_ctx.variable import Variable

_CONSTANTS = (bool, int, float, complex, str, bytes, type(None), type(...))
_TOLD_BY_REPR = (
    datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal, fractions.Fraction, range,
    slice, re.Pattern, uuid.UUID, bytearray,
)  # fmt: skip
_CALLABLE = (FunctionType, MethodType, staticmethod, classmethod, Variable)
#: Fields of Groups that say how Variables are called and sorted, not what they give.
_FOR_PEOPLE = ("title", "tags", "sep")
_DEEPEST = 30


class Notes(Protocol):
    """Who notes the code of what is met among values; gives words for it."""

    def function(self, function: Any) -> str: ...

    def type(self, cls: Any) -> str: ...

    def is_own(self, cls: Any) -> bool: ...

    def module(self, module: ModuleType) -> None: ...

    def maker(self, group: Any) -> None: ...


class Teller:
    """Tells values, and has the code of the functions and classes among them noted.

    `opaque`: one was met that is only told by its type.
    """

    def __init__(self, notes: Notes) -> None:
        self.opaque = False
        self._notes = notes
        self._around: list[int] = []

    def tell(self, value: Any) -> str:
        if type(value) in _CONSTANTS:
            return constant(value)
        if id(value) in self._around:
            return "itself"
        if len(self._around) > _DEEPEST:
            self.opaque = True
            return "deep"
        self._around.append(id(value))
        try:
            return self._told(value)
        finally:
            self._around.pop()

    def _told(self, value: Any) -> str:
        if isinstance(value, enum.Enum):
            return f"{self._notes.type(type(value))}.{value.name}"
        if isinstance(value, _CALLABLE):
            return self._notes.function(value)
        if isinstance(value, type):
            return self._notes.type(value)
        if isinstance(value, ModuleType):
            self._notes.module(value)
            return f"module {value.__name__}"
        if isinstance(value, functools.partial):
            return f"partial {self.tell(value.func)} {self.tell([*value.args])} {self.tell(value.keywords)}"
        if is_group(value):
            return self._group(value)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            return f"{type(value).__name__} [{', '.join(map(self.tell, value))}]"
        if isinstance(value, Mapping) and _is_builtin(value):
            return f"dict {{{', '.join(sorted(f'{self.tell(k)}: {self.tell(v)}' for k, v in value.items()))}}}"
        if isinstance(value, (set, frozenset)):
            return f"set {{{', '.join(sorted(map(self.tell, value)))}}}"
        if isinstance(value, pathlib.PurePath):
            return f"path {constant(str(value))}"
        if isinstance(value, _TOLD_BY_REPR):
            return f"{type(value).__name__} {value!r}"
        if isinstance(value, BuiltinFunctionType) or type(value).__name__ == "ufunc":
            return f"builtin {value.__name__}"
        if hasattr(value, "dtype") and type(value).__module__.partition(".")[0] == "numpy":
            return self._array(value)
        return self._object(value)

    def _array(self, value: Any) -> str:
        if not hasattr(value, "tobytes"):  # a dtype
            return repr(value)
        head = f"{type(value).__name__} {value.dtype.descr if value.dtype.names else value.dtype.str} {value.shape}"
        if value.dtype.hasobject:
            return f"{head} {self.tell(value.tolist())}"
        return f"{head} {hashlib.sha256(value.tobytes()).hexdigest()}"

    def _object(self, value: Any) -> str:
        """An object of a class of the user: by the class and its attributes."""
        cls = type(value)
        if self._notes.is_own(cls):
            attributes = getattr(value, "__dict__", None)
            if attributes is not None:
                return f"{self._notes.type(cls)} {self.tell(dict(attributes))}"
        self.opaque = True
        return f"a {self._notes.type(cls)}"

    def _group(self, group: Any) -> str:
        """An instance by its class and its fields: those of what it is linked to as well."""
        told = []
        for name, value in sorted(vars(group).items()):
            if name not in _FOR_PEOPLE and not name.startswith("_damnit_"):
                inner = Teller(self._notes)
                inner._around = self._around
                told.append(f"{name}={inner.tell(value)}")
                if inner.opaque:
                    self._notes.maker(group)
        for cls in type(group).__mro__:
            self._notes.type(cls)
        return f"{self._notes.type(type(group))}({', '.join(told)})"


def _is_builtin(value: object) -> bool:
    return type(value).__module__ in ("builtins", "collections", "types")

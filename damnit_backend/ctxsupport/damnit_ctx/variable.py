"""The Variable decorator, and Skip."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Callable

from damnit_ctx.arguments import Argument, arguments_of

#: The attribute of a Group class that makes the Variable of one of its instances: called with the instance, the
#: attribute's name and the Variable.
BINDER = "__damnit_bind__"
#: Functions of a class that are not callable themselves, before Python 3.10 or ever.
_METHODS = (classmethod, staticmethod)
#: What stands between a user's line and what it calls of ours.
_BETWEEN = (str(Path(__file__).parent), dataclasses.__file__)


class Skip(Exception):
    """Raise it in a Variable to leave its cell empty, saying why."""


class Variable:
    """A function of a run whose result becomes a cell of the run table.

    Used as `@Variable`, `@Variable()` or `@Variable("Title", …)`. The arguments are only kept here: whether
    they make sense is checked when the whole context file is loaded, so that every problem is reported at once.

    Parameters
    ----------
    title: the header; `/` makes a hierarchy of headers. Default: the function's name.
    description: default: the function's docstring.
    summary: name of a numpy function that makes the cell's value from the result.
    data: "raw" (runs when raw data arrive, the default) or "proc" (when calibrated data do).
    cluster: needs a whole node, so it goes to Slurm.
    tags: one or several strings.
    transient: the result is for dependants only, it is not saved.
    units: shown with the value.
    """

    def __init__(
        self,
        title: str | Callable[..., Any] | None = None,
        description: str | None = None,
        summary: str | None = None,
        data: str | None = None,
        cluster: bool = False,
        tags: Any = None,
        transient: bool = False,
        units: str | None = None,
    ) -> None:
        self.origin = calling_line() if type(self) is Variable else None
        self.func: Callable[..., Any] | None = None
        self.name = ""
        above: Any = title if callable(title) or isinstance(title, _METHODS) else None
        self._title = title if above is None else None
        self._description = description
        self.summary = summary
        self.data = data
        self.cluster = cluster
        self.tags = several(tags)
        self.transient = transient
        self.units = units
        if above is not None:
            self._decorate(above)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take the function to decorate; later, call it (to try a Variable by hand)."""
        if self.func is not None:
            return self.func(*args, **kwargs)
        if len(args) != 1 or kwargs or not (callable(args[0]) or isinstance(args[0], _METHODS)):
            raise TypeError("@Variable(…) must stand directly above a function")
        return self._decorate(args[0])

    def _decorate(self, func: Callable[..., Any]) -> Variable:
        self.func = func
        named = getattr(func, "__func__", func)  # before Python 3.10 the kinds of methods have no name
        self.name = getattr(named, "__name__", "")
        self.__doc__ = getattr(named, "__doc__", None)
        return self

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As an attribute of a Group's instance: that instance's Variable."""
        bind = getattr(owner if instance is None else type(instance), BINDER, None)
        if instance is None or bind is None or self.func is None:
            return self
        attribute = next((a for c in type(instance).__mro__ for a, v in vars(c).items() if v is self), self.name)
        return bind(instance, attribute, self)

    @property
    def title(self) -> str:
        """The title as text, whatever was given; the name if that says nothing."""
        title = _as_text(self._title) or ""
        return title if title.strip() else self.name

    @property
    def description(self) -> str | None:
        """What was given, else the docstring without its indentation."""
        if self._description is not None:
            return _as_text(self._description)
        return inspect.cleandoc(self.__doc__) if isinstance(self.__doc__, str) else None

    @property
    def given(self) -> dict[str, Any]:
        """Title and description as they were given, for the checks."""
        return {"title": self._title, "description": self._description}

    def tag_list(self) -> list[str]:
        """The tags without repetition, in the order given. Only for Variables that passed the checks."""
        return [] if self.tags is None else list(dict.fromkeys(self.tags))

    def arguments(self) -> list[Argument]:
        """The function's arguments after the run.

        Raises ValueError if the function takes no run, or has no readable signature.
        """
        if self.func is None:
            raise ValueError("@Variable(…) decorates no function")
        return arguments_of(self.func)

    def __repr__(self) -> str:
        return f"<Variable {self.name!r}>"


def _as_text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) else None


def several(tags: Any) -> Any:
    """One tag or any number of them as a tuple; None, or what is no tags at all, as it is."""
    if tags is None or isinstance(tags, str):
        return tags if tags is None else (tags,)
    try:
        return tuple(sorted(tags, key=str) if isinstance(tags, (set, frozenset)) else tags)
    except TypeError:
        return tags


def calling_line() -> tuple[str, int] | None:
    """The file and line of the user's code that is being executed."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_BETWEEN):
        frame = frame.f_back
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)

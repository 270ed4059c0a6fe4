"""The Group decorator: a class whose instances bring their methods' Variables into the run table."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, Callable

from damnit_ctx.bound import BoundVariable
from damnit_ctx.complaints import complain
from damnit_ctx.variable import BINDER, Variable, calling_line

#: Fields that every instance has. A class may not define them itself.
RESERVED = ("name", "title", "sep", "tags")
_ORIGIN = "_damnit_origin"


class GroupError(Exception):
    """A class or an instance that cannot be a Group; the message says why."""


def Group(cls: Any = None, *, tags: Any = None) -> Any:
    """Make a class a keyword-only dataclass whose methods can be Variables.

    Used as `@Group` or `@Group(tags=…)`. Instances have the fields `name` (default: the name they are assigned
    to, or their path in another group), `title` (default: that name, with `/` between its parts), `sep` (stands
    between the group's title and a Variable's) and `tags` (default: those of the decorator, or of the base class).

    A class that defines one of those four fields itself is a problem of its context file; elsewhere GroupError is
    raised.
    """
    if cls is None:
        return lambda decorated: _decorated(decorated, tags)
    return _decorated(cls, tags)


def is_group(value: Any) -> bool:
    """Whether it is an instance of a Group."""
    return not isinstance(value, type) and is_group_class(type(value))


def is_group_class(cls: type) -> bool:
    return hasattr(cls, BINDER)


def origin_of(instance: Any) -> tuple[str, int] | None:
    """The file and line in which the instance was made, or a class that cannot be a Group."""
    found: tuple[str, int] | None = vars(instance).get(_ORIGIN)
    return found


def _decorated(cls: Any, tags: Any) -> Any:
    if not isinstance(cls, type):
        raise GroupError(f"@Group must stand above a class, not {cls!r}")
    own: dict[str, Any] = _annotations(cls)
    taken = [name for name in RESERVED if name in own or name in vars(cls)]
    if taken:
        _refuse(cls, f"Group {cls.__name__} must not define {', '.join(taken)}: every Group has such a field already")
    for name in [n for n in own if _is_method(cls, n)]:
        del own[name]  # of the two things that the class says of the name the method is the later one
    if not is_group_class(cls):
        for name, default in (("name", None), ("title", None), ("sep", "/"), ("tags", ())):
            own[name] = Any
            setattr(cls, name, default)
        setattr(cls, BINDER, staticmethod(BoundVariable))
    if tags is not None:
        own["tags"] = Any
        setattr(cls, "tags", dataclasses.field(default_factory=lambda: tags))  # noqa: B010  (mypy knows no such field)
    cls.__annotations__ = own
    if "__init__" not in vars(cls):
        setattr(cls, "__init__", _init)  # noqa: B010  (mypy forbids the assignment)
    # compared by identity, so that an instance may be a key, or the default of another group's field
    return dataclasses.dataclass(init=False, eq=False)(cls)


def _is_method(cls: type, name: str) -> bool:
    """Whether it is a Variable that was defined in the class, rather than one that a field has as default."""
    value = vars(cls).get(name)
    defined = getattr(value.func, "__qualname__", "") if isinstance(value, Variable) else ""
    return bool(defined) and defined == f"{cls.__qualname__}.{name}"


def _refuse(cls: type, message: str) -> None:
    """Note it for the context file that is being loaded, so that all else that is wrong there is found as well.

    Raises GroupError elsewhere.
    """
    setattr(cls, _ORIGIN, calling_line())
    if not complain(cls, message):
        raise GroupError(message)


def _annotations(cls: type) -> dict[str, Any]:
    get: Callable[[type], dict[str, Any]] | None = getattr(inspect, "get_annotations", None)
    if get is not None:
        return dict(get(cls))
    return dict(vars(cls).get("__annotations__", {}))  # Python 3.9


def _init(self: Any, *positional: Any, **given: Any) -> None:
    """Take the fields by keyword only, on every Python version."""
    cls = type(self)
    if positional:
        raise TypeError(f"{cls.__name__}() takes no positional arguments: give each field by its name")
    vars(self)[_ORIGIN] = calling_line()
    late: list[Any] = []
    missing: list[str] = []
    for field in cls.__dataclass_fields__.values():
        kind = _kind(field)
        if kind == "class" or (kind == "field" and not field.init and not _has_default(field)):
            continue
        if field.name in given and field.init:
            value = given.pop(field.name)
        elif _has_default(field):
            value = _default(field)
        else:
            missing.append(field.name)
            continue
        if kind == "late":
            late.append(value)
        else:
            setattr(self, field.name, value)
    if given:
        raise TypeError(f"{cls.__name__}() has no field {', '.join(given)}")
    if missing:
        raise TypeError(f"{cls.__name__}() lacks a value for {', '.join(missing)}")
    after = getattr(self, "__post_init__", None)
    if after is not None:
        after(*late)


def _kind(field: Any) -> str:
    """What a dataclass field is: "field", "class" (a ClassVar) or "late" (an InitVar, for `__post_init__`)."""
    return {"_FIELD": "field", "_FIELD_CLASSVAR": "class"}.get(repr(field._field_type), "late")


def _has_default(field: Any) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _default(field: Any) -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()

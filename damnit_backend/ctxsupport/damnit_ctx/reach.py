"""What a function of user code reaches: the statements that decide about the names in it, and about those in them."""

from __future__ import annotations

from collections.abc import Iterable
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from damnit_ctx.bound import BoundVariable
from damnit_ctx.fingerprint import Teller
from damnit_ctx.group import is_group, origin_of
from damnit_ctx.pieces import FunctionPiece, digest
from damnit_ctx.source import Source, Span, Statement
from damnit_ctx.syntax import Function
from damnit_ctx.user_files import UserFiles
from damnit_ctx.variable import Variable

_ABSENT = object()


class Reach:
    """Gathers, for one Variable, facts that are hashed and the places in files that they are about.

    `facts` are in no order. `spans`: file labels with first and last lines.
    """

    def __init__(self, files: UserFiles) -> None:
        self.facts: set[str] = set()
        self.spans: set[tuple[str, int, int]] = set()
        self._files = files
        self._seen: set[Any] = set()
        self._kept: list[Any] = []  # so that no other object gets the id of one that was seen

    def digest(self) -> str:
        return digest(sorted(self.facts))

    # -- functions

    def function(self, function: Any, first: Any = None) -> str:
        """A function, or what holds one, with what it reaches; `first` is its first argument, if that is known.

        Gives a word for it. What is no Python code of the user is known by its name only.
        """
        if isinstance(function, MethodType):
            return self.function(function.__func__, function.__self__)
        if isinstance(function, BoundVariable):
            return self.function(function.method, function.group)
        if isinstance(function, Variable):
            return self.function(function.func, first)
        if isinstance(function, staticmethod):
            return self.function(function.__func__)
        if isinstance(function, classmethod):
            return self.function(function.__func__, first)
        if isinstance(function, FunctionType):
            return self._python_function(function, first)
        inner = getattr(function, "__wrapped__", None)
        word = self.value(function)
        return word if inner is None else f"{word} around {self.function(inner, first)}"

    def _python_function(self, function: FunctionType, first: Any) -> str:
        code = function.__code__
        source = self._files.of_file(code.co_filename)
        found = [] if source is None else source.functions_at(code.co_firstlineno, code.co_name)
        word = f"function {code.co_name}" if found else f"function {function.__module__}.{function.__qualname__}"
        cells = [id(cell) for cell in function.__closure__ or ()]
        if not self._first_time(("function", id(code), id(first), *cells), function, first):
            return word
        for node, statement in found:
            assert source is not None
            self._code(source, node, statement, first, set(code.co_freevars))
        if source is None or not all(source.is_plain(node) for node, _ in found):
            self._bound_values(function, word, source, [statement for _, statement in found])
        return word

    def _code(self, source: Source, node: Function, statement: Statement, first: Any, inner: set[str]) -> None:
        piece = source.alone(node)
        self.facts.add(f"code {piece.digest}")
        self._place(source, source.spans_of(node, statement))
        plain = source.is_plain(node)  # else its defaults are known by their values
        for name, path in piece.used:
            if name not in inner and (plain or name in piece.inside):
                self.name(source, name, path)
        if is_group(first):
            self._on_group(piece, first)
        elif first is not None and not isinstance(first, type):
            self.facts.add(f"self is {self.value(first)}")

    def _bound_values(
        self, function: FunctionType, word: str, source: Source | None, statements: list[Statement]
    ) -> None:
        """What a function made in a loop, or by another one, has beside its text: values of the surroundings.

        Where those cannot be told from others, all of the code that made it counts.
        """
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
        values = {name: cell.cell_contents for name, cell in cells.items() if name != "__class__" and _is_filled(cell)}
        told, plain = self._told([values, function.__defaults__, function.__kwdefaults__])
        self.facts.add(f"{word} with {told}")
        if not plain and source is not None:
            for statement in statements:
                self._statement(source, statement)

    # -- names

    def name(self, source: Source, name: str, path: tuple[str, ...] = ()) -> None:
        """A name of a module, of which the attributes in `path` are asked."""
        value = source.namespace.get(name, _ABSENT)
        if not isinstance(value, ModuleType):
            path = ()
        if not self._first_time(("name", id(source), name, path), source):
            return
        statements = source.deciding(name) or ([] if value is _ABSENT else source.deciding("*"))
        self.facts.add(f"name {source.label} {name}: {' '.join(s.token for s in statements)}")
        for statement in statements:
            self._statement(source, statement, name, path)
        if not statements and value is not _ABSENT and not name.startswith("__"):
            self.facts.add(f"name {name} is {self.value(value)}")  # made by a way that the text does not show

    def _statement(self, source: Source, statement: Statement, name: str = "", path: tuple[str, ...] = ()) -> None:
        self.facts.add(f"statement {statement.token}")
        self._place(source, statement.spans)
        if statement.origin is not None:
            self._import(source, statement, name, path)
        if self._first_time(("statement", id(statement)), statement):
            for used, attributes in statement.used:
                self.name(source, used, attributes)

    def _import(self, source: Source, statement: Statement, name: str, path: tuple[str, ...]) -> None:
        assert statement.origin is not None
        value = source.namespace.get(name)
        if isinstance(value, ModuleType):
            self.module(value, path)
            return
        module = self._files.imported(source, statement.origin)
        if isinstance(module, ModuleType):
            inner = self._files.of_module(module)
            if inner is not None and statement.origin.name is not None:
                self.name(inner, name if statement.origin.name == "*" else statement.origin.name)

    def module(self, module: ModuleType, path: tuple[str, ...] = ()) -> None:
        """A module of the folder: what is asked of it, or all of it."""
        source = self._files.of_module(module)
        if path:
            value = getattr(module, path[0], None)
            if isinstance(value, ModuleType):
                self.module(value, path[1:])
            elif source is not None:
                self.name(source, path[0])
        elif source is not None and self._first_time(("module", id(module)), module):
            for statement in source.statements:
                self._statement(source, statement, next(iter(statement.piece.bound), ""))

    # -- Groups

    def _on_group(self, piece: FunctionPiece, group: Any) -> None:
        """What a method asks of its instance."""
        if () in piece.first:
            self.facts.add(f"self is {self.value(group)}")
        for path in piece.first:
            if path:
                self._attribute(group, path)
        for name in piece.supers:
            for cls in type(group).__mro__:
                if name in vars(cls):
                    self._member(group, vars(cls)[name], name)

    def _attribute(self, group: Any, path: tuple[str, ...]) -> None:
        name = path[0]
        if not self._first_time(("attribute", id(group), path), group):
            return
        if name in vars(group):
            value = vars(group)[name]
            if is_group(value) and len(path) > 1:
                self._attribute(value, path[1:])
            else:
                self._told_of_group(group, f"self.{name}", value)
            return
        found = next((vars(cls)[name] for cls in type(group).__mro__ if name in vars(cls)), _ABSENT)
        if found is not _ABSENT:
            self._member(group, found, name)
        elif any("__getattr__" in vars(cls) for cls in type(group).__mro__):
            self.facts.add(f"self is {self.value(group)}")

    def _member(self, group: Any, member: Any, name: str) -> None:
        """An attribute of the instance's class."""
        getter = member.fget if isinstance(member, property) else getattr(member, "func", None)
        if isinstance(member, (FunctionType, staticmethod, classmethod)):
            self.facts.add(f"self.{name} is {self.function(member, group)}")
        elif getter is not None:  # a property, a cached property, or another Variable
            self.facts.add(f"self.{name} is {self.function(getter, group)}")
        else:
            self._told_of_group(group, f"self.{name}", member)

    def _told_of_group(self, group: Any, what: str, value: Any) -> None:
        told, plain = self._told(value)
        self.facts.add(f"{what} is {told}")
        if not plain:
            self.maker(group)

    def maker(self, group: Any) -> None:
        """The statements that made the instance, and what its class does then."""
        file, line = origin_of(group) or ("", 0)
        source = self._files.of_file(file)
        if source is not None:
            for statement in source.statements_at(line):
                self._statement(source, statement)
        for name in ("__init__", "__post_init__"):
            for cls in type(group).__mro__:
                if isinstance(vars(cls).get(name), FunctionType):
                    self.function(vars(cls)[name], group)

    # -- values

    def value(self, value: Any) -> str:
        return self._told(value)[0]

    def _told(self, value: Any) -> tuple[str, bool]:
        """The value in words, and whether those tell it from any other."""
        teller = Teller(self)
        return teller.tell(value), not teller.opaque

    def is_own(self, cls: Any) -> bool:
        return self._files.of_class(cls) is not None

    def type(self, cls: Any) -> str:
        """A class, with its code if it is the user's."""
        source = self._files.of_class(cls)
        if source is not None:
            self.name(source, cls.__qualname__.partition(".")[0])
        return f"{cls.__module__}.{cls.__qualname__}"

    # --

    def _first_time(self, key: tuple[Any, ...], *kept: Any) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        self._kept.extend(kept)
        return True

    def _place(self, source: Source, spans: Iterable[Span]) -> None:
        self.spans.update((source.label, *span) for span in spans)


def _is_filled(cell: CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:  # a name of the surroundings that has no value yet
        return False
    return True

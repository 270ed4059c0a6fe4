"""Which names of its surroundings a piece of code uses, binds and changes, by Python's rules of scope."""

from __future__ import annotations

import ast

#: A name, and the attributes that are asked of it: `np.linalg.norm` is ("np", ("linalg", "norm")).
Use = tuple[str, tuple[str, ...]]

#: Methods of Python's containers that change them.
CHANGING = frozenset(
    {
        "add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop", "popitem",
        "popleft", "remove", "reverse", "setdefault", "sort", "update",
    }
)  # fmt: skip


class Scope:
    """The names of a function, a class, a comprehension, or a statement of the module."""

    __slots__ = ("changed", "kind", "outer", "shared", "stored", "used")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.used: set[Use] = set()
        self.stored: set[str] = set()
        self.changed: set[str] = set()
        self.shared: set[str] = set()  # declared global
        self.outer: set[str] = set()  # declared nonlocal


class Names:
    """To be told of each name in the order in which Python would meet it.

    `scope`: the names where the reader is, at the end those of the statement. `direct`: names used when the statement
    is executed, not only when a function in it is called. `late`: names that functions in it bind or change when they
    are called. `handled`: names of what a call was asked of or given whose result nobody takes: it was made to change
    something.
    """

    def __init__(self) -> None:
        self.scope = Scope("statement")
        self.direct: set[str] = set()
        self.late: set[str] = set()
        self.handled: set[str] = set()
        self._around: list[Scope] = []
        self._functions_around = 0

    def use(self, name: str, path: tuple[str, ...] = ()) -> None:
        scope = self.scope
        if scope.kind == "class" and name in scope.stored:
            return  # a class's body sees its own names, other than the functions in it
        scope.used.add((name, path))
        if not self._functions_around:
            self.direct.add(name)

    def store(self, name: str) -> None:
        self.scope.stored.add(name)

    def store_from_comprehension(self, name: str) -> None:
        """As `:=` does: in the first scope around that is none of a comprehension."""
        scopes = [self.scope, *reversed(self._around)]
        next(scope for scope in scopes if scope.kind != "comprehension").stored.add(name)

    def change(self, target: ast.AST) -> None:
        name = root(target)
        if name is not None:
            self.scope.changed.add(name)

    def call(self, function: ast.expr) -> None:
        if isinstance(function, ast.Attribute) and function.attr in CHANGING:
            self.change(function)

    def handle(self, call: ast.Call) -> None:
        if self._functions_around or getattr(call.func, "id", None) == "print":
            return
        receiver = [call.func] if isinstance(call.func, ast.Attribute) else []
        given = (root(node) for node in (*receiver, *call.args, *(keyword.value for keyword in call.keywords)))
        self.handled.update(name for name in given if name is not None)

    def enter(self, kind: str) -> None:
        self._around.append(self.scope)
        self.scope = Scope(kind)
        self._functions_around += kind == "function"

    def leave(self) -> None:
        """What is not the scope's own is its surroundings'."""
        inner, self.scope = self.scope, self._around.pop()
        hidden = inner.stored - inner.shared - inner.outer
        seen_inside = set() if inner.kind == "class" else hidden
        self.scope.used.update(use for use in inner.used if use[0] not in seen_inside)
        self.scope.used.update((name, ()) for name in inner.outer)
        changed = inner.changed - hidden
        self.late |= inner.shared & inner.stored
        self._functions_around -= inner.kind == "function"
        if inner.kind == "function" and not self._functions_around:
            self.late |= changed
        else:
            self.scope.changed |= changed


def root(node: ast.AST) -> str | None:
    """The name at the beginning of `name.attribute[index].attribute`; None if there is none."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None

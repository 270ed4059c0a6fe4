"""A file of user code: its statements, and which of them decide about the value of a name."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from damnit_ctx.group import is_group
from damnit_ctx.names import Use
from damnit_ctx.pieces import (
    FunctionPiece,
    Import,
    Piece,
    definition_piece,
    digest,
    function_piece,
    import_pieces,
    statement_piece,
)
from damnit_ctx.syntax import Function
from damnit_ctx.variable import Variable

#: First and last line.
Span = tuple[int, int]

_UNCHANGING = (
    str, bytes, int, float, complex, type(None), tuple, frozenset, FunctionType, BuiltinFunctionType, type, Variable,
    logging.Logger,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement of the module, or one in an `if` of it, then with its conditions.

    `token`: a hash of what it says; `used`: the names in it; `spans`: where it stands; `origin`: of an import.
    """

    node: ast.stmt
    piece: Piece
    token: str
    used: frozenset[Use]
    spans: tuple[Span, ...]
    origin: Import | None = None


@dataclass(frozen=True)
class Condition:
    """An `if` around a statement."""

    piece: Piece
    holds: bool
    spans: tuple[Span, ...]


class Source:
    """A file's statements. `label`: its path from the folder, empty for the context file.

    Raises RecursionError if it is nested too deeply.
    """

    def __init__(self, label: str, text: str, tree: ast.Module, module: ModuleType) -> None:
        self.label = label
        self.module = module
        self.namespace: Mapping[str, Any] = vars(module)
        self._lines = text.split("\n")
        self._alone: dict[int, FunctionPiece] = {}
        self._functions: dict[int, list[tuple[Function, Statement]]] = {}
        self._plain: set[int] = set()
        self.statements = list(self._read(tree.body, ()))
        for statement in self.statements:
            self._note_functions(statement)
        self._deciding = deciding(self.statements, self.namespace)

    def deciding(self, name: str) -> Sequence[Statement]:
        """The statements that bind a name or change its value, in order; none if it is not one of this file."""
        return self._deciding.get(name, ())

    def functions_at(self, line: int, name: str) -> list[tuple[Function, Statement]]:
        """The functions that begin in a line, its decorators included, and the statements in which they are."""
        found = self._functions.get(line, [])
        named = [(node, statement) for node, statement in found if getattr(node, "name", "<lambda>") == name]
        return named or found

    def statements_at(self, line: int) -> list[Statement]:
        return [s for s in self.statements if s.spans[-1][0] <= line <= s.spans[-1][1]]

    def spans_of(self, function: Function, statement: Statement) -> list[Span]:
        """Where a function stands: of a method in a class only itself and the class's head."""
        node = statement.node
        if not isinstance(node, ast.ClassDef) or not self.is_plain(function):
            return list(statement.spans)
        head = (first_line(node), max(first_line(node), first_line(node.body[0]) - 1))
        return [*statement.spans[:-1], head, (first_line(function), function.end_lineno or function.lineno)]

    def alone(self, function: Function) -> FunctionPiece:
        known = self._alone.get(id(function))
        if known is None:
            known = self._alone[id(function)] = function_piece(function)
        return known

    def is_plain(self, function: Function) -> bool:
        """Whether it is a statement of the module or of a class in it: its text then says all about it."""
        return id(function) in self._plain

    def _read(self, body: Sequence[ast.stmt], conditions: tuple[Condition, ...]) -> Iterator[Statement]:
        for node in body:
            if isinstance(node, ast.If):
                yield from self._branches(node, conditions)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for piece, origin in import_pieces(node):
                    yield _statement(node, piece, conditions, origin)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                piece, self._alone[id(node)] = definition_piece(node)
                yield _statement(node, piece, conditions)
            else:
                yield _statement(node, statement_piece(node), conditions)

    def _branches(self, node: ast.If, conditions: tuple[Condition, ...]) -> Iterator[Statement]:
        piece = statement_piece(node.test)
        head = (node.lineno, node.test.end_lineno or node.lineno)
        yield from self._read(node.body, (*conditions, Condition(piece, True, (head,))))
        if node.orelse:
            between = range(node.body[-1].end_lineno or head[1], node.orelse[0].lineno)
            otherwise = [(n, n) for n in between if self._lines[n - 1].lstrip().startswith("else")]
            yield from self._read(node.orelse, (*conditions, Condition(piece, False, (head, *otherwise))))

    def _note_functions(self, statement: Statement) -> None:
        inside = statement.node.body if isinstance(statement.node, ast.ClassDef) else []
        self._plain.update(id(node) for node in (statement.node, *inside))
        for function in statement.piece.functions:
            self._functions.setdefault(first_line(function), []).append((function, statement))


def _statement(
    node: ast.stmt, piece: Piece, conditions: tuple[Condition, ...], origin: Import | None = None
) -> Statement:
    own = (first_line(node), node.end_lineno or node.lineno)
    if not conditions:
        return Statement(node, piece, piece.digest, piece.used, (own,), origin)
    token = digest([*(f"{c.holds} {c.piece.digest}" for c in conditions), piece.digest])
    used = piece.used.union(*(c.piece.used for c in conditions))
    return Statement(node, piece, token, used, (*(span for c in conditions for span in c.spans), own), origin)


def first_line(node: ast.stmt | Function) -> int:
    """That of its first decorator, if it has any."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def deciding(statements: Sequence[Statement], namespace: Mapping[str, Any]) -> dict[str, list[Statement]]:
    """For each name the statements that bind it or change its value, in order."""
    late = _late(statements)
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        piece = statement.piece
        names = set(piece.bound | piece.changed | piece.late)
        names.update(name for name in piece.handled if _may_change(namespace.get(name)))
        for function in piece.direct & late.keys():
            names |= late[function]
        for name in names:
            found.setdefault(name, []).append(statement)
    return found


def _late(statements: Sequence[Statement]) -> dict[str, set[str]]:
    """For functions and classes that bind or change names of the module when they are called: those names."""
    late = {name: set(s.piece.late) for s in statements if s.piece.late for name in s.piece.bound}
    grown = bool(late)
    while grown:
        grown = False
        for statement in statements:
            if not isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            own = late.get(statement.node.name, set())
            more = own.union(*(late[name] for name, _ in statement.used if name in late))
            if more != own:
                late[statement.node.name] = more
                grown = True
    return late


def _may_change(value: Any) -> bool:
    """Whether a call may change the value that it is given or asked of. Groups count by their values anyway."""
    return not isinstance(value, _UNCHANGING) and value is not logging and not is_group(value)

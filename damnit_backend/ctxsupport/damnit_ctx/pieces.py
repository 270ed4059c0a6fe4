"""Pieces of code: what each says and which names it uses."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from damnit_ctx.names import Use
from damnit_ctx.syntax import Function, Reader


@dataclass(frozen=True)
class Piece:
    """What a statement, or a function by itself, says and uses.

    `used`: names that are not its own. `direct`: those of them that it uses when it is executed, not only when a
    function in it is called. `bound`: names that it gives a value; `changed`: names whose value it changes in place;
    `late`: names that functions in it bind or change when they are called; `handled`: names of what it may change, if
    that can be changed. `functions`: those in it.
    """

    digest: str
    used: frozenset[Use]
    direct: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    handled: frozenset[str] = frozenset()
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True)
class FunctionPiece(Piece):
    """`first`: the attributes that it asks of its first argument, () where it uses that in any other way.

    `supers`: those that it asks of `super()`. `inside`: the names that it uses when it is called, not only when it is
    defined.
    """

    first: frozenset[tuple[str, ...]] = frozenset()
    supers: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Import:
    """Where an imported name comes from: `name` of the module, or None for a module itself."""

    module: str
    level: int
    name: str | None


def statement_piece(statement: ast.stmt | ast.expr) -> Piece:
    """Of a statement of a module, or of the condition of an `if`. Raises RecursionError if it is nested too deeply."""
    reader = Reader()
    if isinstance(statement, ast.stmt):
        reader.statements([statement])
    else:
        reader.visit(statement)
    names = reader.names
    return Piece(
        digest=digest(reader.out),
        used=frozenset(names.scope.used),
        direct=frozenset(name for name, _ in names.scope.used if name in names.direct),
        bound=frozenset(names.scope.stored),
        changed=frozenset(names.scope.changed),
        late=frozenset(names.late),
        handled=frozenset(names.handled),
        functions=tuple(reader.functions),
    )


def function_piece(function: Function) -> FunctionPiece:
    """Of a function by itself: its name does not count. Raises RecursionError."""
    reader = Reader()
    decorated = not isinstance(function, ast.Lambda) and reader.decorators(function.decorator_list)
    reader.function(function, annotated=decorated)
    names = reader.names
    return FunctionPiece(
        digest=digest(reader.out),
        used=frozenset(names.scope.used),
        direct=frozenset(name for name, _ in names.scope.used if name in names.direct),
        late=frozenset(names.late),
        functions=(function, *reader.functions),
        first=frozenset(reader.first),
        supers=frozenset(reader.supers),
        inside=reader.inside,
    )


def definition_piece(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Piece, FunctionPiece]:
    """Of the statement that defines a function, and of the function by itself, read once. Raises RecursionError."""
    alone = function_piece(function)
    statement = Piece(
        digest=digest(["def " + function.name, alone.digest]),
        used=alone.used,
        direct=alone.direct,
        bound=frozenset({function.name}),
        late=alone.late,
        functions=alone.functions,
    )
    return statement, alone


def import_pieces(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[Piece, Import]]:
    """One for each name that the statement imports: others beside it do not count."""
    module, level = "", 0
    if isinstance(statement, ast.ImportFrom):
        module, level = statement.module or "", statement.level
    for alias in statement.names:
        name = alias.asname or alias.name.partition(".")[0]
        parts = ["import", "." * level, module, alias.name, str(alias.asname)]
        source = Import(module, level, alias.name if isinstance(statement, ast.ImportFrom) else None)
        yield Piece(digest(parts), frozenset(), bound=frozenset({name})), source


def digest(parts: Iterable[str]) -> str:
    """A hash of texts, 32 hexadecimal digits."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

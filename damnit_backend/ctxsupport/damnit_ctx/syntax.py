"""Python code in a form that keeps what it does and drops how it is written.

Not `ast.dump`, which says the same code differently in each version of Python. Dropped are comments, formatting,
positions, texts that are statements of their own (docstrings), `pass`, the decorators of this package, and annotations
of functions that nothing else decorates.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, Callable, Union

from damnit_ctx.names import Names

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda]

#: The decorators whose arguments are no code of the function or class below them.
OWN_DECORATORS = frozenset({"Variable", "Group"})
_BLOCKS = frozenset({"body", "orelse", "finalbody"})
_SKIPPED = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
#: Nodes that bind a name which is no node of its own, by the field that has it.
_BINDING = {
    "ExceptHandler": "name",
    "MatchAs": "name",
    "MatchStar": "name",
    "MatchMapping": "rest",
    "TypeVar": "name",
    "ParamSpec": "name",
    "TypeVarTuple": "name",
}


def constant(value: Any) -> str:
    """A constant, the same in every version of Python: that of `repr` knows only its own version's letters."""
    if isinstance(value, str):
        return f"s{len(value)}:{value}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"i{value:x}"  # decimal digits are limited
    return f"{type(value).__name__} {value!r}"


def is_own_decorator(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
    return name in OWN_DECORATORS


class Reader:
    """Writes nodes into `out`, one text after the other, and notes names."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.names = Names()
        self.functions: list[Function] = []
        self.first: set[tuple[str, ...]] = set()
        self.supers: set[str] = set()
        self.inside: frozenset[str] = frozenset()  # names that the last function uses when it is called

    def visit(self, node: ast.AST) -> None:
        special = _SPECIAL.get(node.__class__)
        if special is None:
            self.generic(node)
        else:
            special(self, node)

    def generic(self, node: ast.AST) -> None:
        cls = node.__class__
        self.out.append(cls.__name__)
        fields = _FIELDS.get(cls)
        if fields is None:
            fields = _FIELDS[cls] = tuple(name for name in cls._fields if name not in _SKIPPED)
        for name in fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                self.visit(value)
            elif isinstance(value, list):
                if name in _BLOCKS:
                    self.statements(value)
                else:
                    self.each(value)
            else:
                self.out.append(str(value))
        binding = _BINDING.get(cls.__name__)
        if binding and getattr(node, binding):
            self.names.store(getattr(node, binding))

    def each(self, nodes: Sequence[Any]) -> None:
        self.out.append(f"[{len(nodes)}")
        for node in nodes:
            if isinstance(node, ast.AST):
                self.visit(node)
            else:  # None stands for `**` in a dict, and for an argument without a default
                self.out.append(str(node))

    def statements(self, body: Sequence[ast.stmt]) -> None:
        self.each([statement for statement in body if not _is_idle(statement)])

    def decorators(self, nodes: Sequence[ast.expr]) -> bool:
        """Whether there are others than this package's."""
        others = [node for node in nodes if not is_own_decorator(node)]
        self.each(others)
        return bool(others)

    def name(self, node: ast.Name) -> None:
        self.out.append("n" + node.id)
        if node.ctx.__class__ is ast.Load:
            self.names.use(node.id)
        else:
            self.names.store(node.id)

    def constant(self, node: ast.Constant) -> None:
        self.out.append(constant(node.value))

    def attribute(self, node: ast.Attribute) -> None:
        path = [node.attr]
        inner = node.value
        while isinstance(inner, ast.Attribute):
            path.append(inner.attr)
            inner = inner.value
        path.reverse()
        self.out.append("." + ".".join(path))
        if isinstance(inner, ast.Name):
            self.out.append("n" + inner.id)
            self.names.use(inner.id, tuple(path))
        else:
            self.visit(inner)
            if isinstance(inner, ast.Call) and getattr(inner.func, "id", None) == "super":
                self.supers.add(path[0])
        if node.ctx.__class__ is not ast.Load:
            self.names.change(node)

    def subscript(self, node: ast.Subscript) -> None:
        self.generic(node)
        if node.ctx.__class__ is not ast.Load:
            self.names.change(node)

    def call(self, node: ast.Call) -> None:
        self.names.call(node.func)
        self.generic(node)

    def named_expression(self, node: ast.NamedExpr) -> None:
        self.out.append(":=" + node.target.id)
        self.visit(node.value)
        self.names.store_from_comprehension(node.target.id)

    def joined_text(self, node: ast.JoinedStr) -> None:
        """An f-string: how its constant parts are cut depends on the version."""
        parts: list[str | ast.expr] = []
        for value in node.values:
            if not isinstance(value, ast.Constant):
                parts.append(value)
            elif parts and isinstance(parts[-1], str):
                parts[-1] += str(value.value)
            else:
                parts.append(str(value.value))
        self.out.append("f")
        for part in parts:
            if not isinstance(part, str):
                self.visit(part)
            elif part:
                self.out.append(constant(part))
        self.out.append("f end")

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        first, *others = node.generators
        self.out.append(f"{type(node).__name__} {len(others)}")
        self.visit(first.iter)  # in the scope around
        self.names.enter("comprehension")
        for generator in node.generators:
            self.out.append("async for" if generator.is_async else "for")
            self.visit(generator.target)
            if generator is not first:
                self.visit(generator.iter)
            self.each(generator.ifs)
        self.each([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.names.leave()

    def lambda_(self, node: ast.Lambda) -> None:
        self.functions.append(node)
        self.out.append("lambda")
        self.function(node, annotated=False)

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.functions.append(node)
        self.out.append(f"{type(node).__name__} {node.name}")
        decorated = self.decorators(node.decorator_list)
        self.names.store(node.name)
        self.function(node, annotated=decorated)

    def function(self, node: Function, *, annotated: bool) -> None:
        """Arguments and body. With `annotated`, annotations too: whatever decorates it may read them."""
        a = node.args
        self.each(a.defaults)
        self.each(a.kw_defaults)
        groups = (a.posonlyargs, a.args, [a.vararg] if a.vararg else [], a.kwonlyargs, [a.kwarg] if a.kwarg else [])
        if annotated and not isinstance(node, ast.Lambda):
            self.each([arg.annotation for group in groups for arg in group] + [node.returns])
        self.names.enter("function")
        for group in groups:
            names = [arg.arg for arg in group]
            self.out.append("(" + " ".join(names))
            self.names.scope.stored.update(names)
        self._type_parameters(node)
        if isinstance(node, ast.Lambda):
            self.visit(node.body)
        else:
            self.statements(node.body)
        first = next((arg.arg for arg in (*a.posonlyargs, *a.args)), None)
        scope = self.names.scope
        self.first = {path for name, path in scope.used if name == first}
        self.inside = frozenset(name for name, _ in scope.used if name not in scope.stored - scope.shared)
        self.names.leave()

    def class_(self, node: ast.ClassDef) -> None:
        self.out.append("class " + node.name)
        self.decorators(node.decorator_list)
        self.each(node.bases)
        self.each(node.keywords)
        self.names.enter("class")
        self._type_parameters(node)
        self.statements(node.body)
        self.names.leave()
        self.names.store(node.name)

    def _type_parameters(self, node: ast.AST) -> None:
        given = getattr(node, "type_params", None)  # which only some versions know
        if given:
            self.each(given)

    def expression_statement(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.names.handle(node.value)
        self.generic(node)

    def assignment(self, node: ast.Assign) -> None:
        self.out.append("=")
        self.visit(node.value)  # before the targets: a class's body may use a name of the module to define its own
        self.each(node.targets)

    def annotated_assignment(self, node: ast.AnnAssign) -> None:
        """In a class the annotation counts: it makes the fields of Groups and dataclasses."""
        self.out.append(":=" if node.value is None else "=")
        if node.value is not None:
            self.visit(node.value)
        if self.names.scope.kind == "class":
            self.visit(node.annotation)
        self.each([node.target])

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        self.out.append("import " + module)
        for alias in node.names:
            self.out.append(f"{alias.name} as {alias.asname}")
            self.names.store(alias.asname or alias.name.partition(".")[0])

    def global_(self, node: ast.Global) -> None:
        self.out.append("global")
        self.names.scope.shared.update(node.names)

    def nonlocal_(self, node: ast.Nonlocal) -> None:
        self.out.append("nonlocal")
        self.names.scope.outer.update(node.names)


def _is_idle(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
_SPECIAL: dict[type[ast.AST], Callable[[Reader, Any], None]] = {
    ast.Name: Reader.name,
    ast.Constant: Reader.constant,
    ast.Attribute: Reader.attribute,
    ast.Subscript: Reader.subscript,
    ast.Call: Reader.call,
    ast.NamedExpr: Reader.named_expression,
    ast.JoinedStr: Reader.joined_text,
    ast.ListComp: Reader.comprehension,
    ast.SetComp: Reader.comprehension,
    ast.GeneratorExp: Reader.comprehension,
    ast.DictComp: Reader.comprehension,
    ast.Lambda: Reader.lambda_,
    ast.FunctionDef: Reader.definition,
    ast.AsyncFunctionDef: Reader.definition,
    ast.ClassDef: Reader.class_,
    ast.Expr: Reader.expression_statement,
    ast.Assign: Reader.assignment,
    ast.AnnAssign: Reader.annotated_assignment,
    ast.Import: Reader.import_,
    ast.ImportFrom: Reader.import_,
    ast.Global: Reader.global_,
    ast.Nonlocal: Reader.nonlocal_,
}

"""Where in the context file's text a Variable, an argument or an option stands."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from typing import Any, Union

from damnit_ctx.group import origin_of
from damnit_ctx.problem import Problem
from damnit_ctx.variable import Variable

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
#: Where a statement holds others.
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them, which `str.splitlines` does not."""
    return io.StringIO(text, newline=None).readlines()


def _functions(tree: ast.Module) -> Iterator[_Function]:
    """All functions, wherever they are defined. Looks at statements only, which are few beside expressions."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        for part in _BLOCKS:
            todo.extend(getattr(node, part, ()))


class Positions:
    """Finds the text that a definition problem is about, so that an editor can mark it.

    Variables that are defined elsewhere, or made in a loop, have the line of their function, or none.
    """

    def __init__(self, text: str, path: str) -> None:
        self._path = path
        self._lines = lines_of(text)
        self.tree = ast.parse(text)
        self._functions = {
            min([node.lineno, *(d.lineno for d in node.decorator_list)]): node for node in _functions(self.tree)
        }

    def line(self, variable: Variable) -> int | None:
        """The line of the Variable's `def`."""
        function = self._function(variable)
        return self._first_line(variable) if function is None else function.lineno

    def of_name(self, variable: Variable, message: str) -> Problem:
        """A problem with the Variable as a whole: marks the name in its `def`."""
        function = self._function(variable)
        if function is None:
            return Problem(message, line=self._first_line(variable))
        text = self._lines[function.lineno - 1] if function.lineno <= len(self._lines) else ""
        start = text.find(function.name, function.col_offset + len("def")) + 1
        if start == 0:
            return Problem(message, line=function.lineno)
        return Problem(message, function.lineno, start, function.lineno, start + len(function.name))

    def of_option(self, variable: Variable, option: str, message: str) -> Problem:
        """A problem with an argument of `@Variable(…)`: marks its value, or the name if it is not found."""
        node = self._option(variable, option)
        return self.of_name(variable, message) if node is None else self._mark(node, message)

    def of_argument(self, variable: Variable, argument: str, message: str) -> Problem:
        """A problem with an argument of the function: marks its annotation, or the argument."""
        function = self._function(variable)
        if function is None:
            return self.of_name(variable, message)
        a = function.args
        found = [arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs) if arg.arg == argument]
        if not found:
            return self.of_name(variable, message)
        return self._mark(found[0].annotation or found[0], message)

    def of_instance(self, group: Any, message: str) -> Problem:
        """A problem with a Group's instance: the line in which it was made."""
        made_in, line = origin_of(group) or ("", 0)
        return Problem(message, line=line if made_in == self._path else None)

    def _option(self, variable: Variable, option: str) -> ast.expr | None:
        function = self._function(variable)
        for decorator in function.decorator_list if function is not None else []:
            if isinstance(decorator, ast.Call):
                for keyword in decorator.keywords:
                    if keyword.arg == option:
                        return keyword.value
                if option == "title" and decorator.args:
                    return decorator.args[0]
        return None

    def _mark(self, node: ast.expr | ast.arg, message: str) -> Problem:
        end_line = node.end_lineno or node.lineno
        return Problem(
            message,
            node.lineno,
            self._column(node.lineno, node.col_offset),
            end_line,
            self._column(end_line, node.end_col_offset if node.end_col_offset is not None else node.col_offset),
        )

    def _column(self, line: int, byte_offset: int) -> int:
        """Characters from 1, of the syntax tree's count of UTF-8 bytes from 0."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return len(text.encode("utf-8")[:byte_offset].decode("utf-8", "ignore")) + 1

    def _function(self, variable: Variable) -> _Function | None:
        first = self._first_line(variable)
        return None if first is None else self._functions.get(first)

    def _first_line(self, variable: Variable) -> int | None:
        code: Any = getattr(variable.func, "__code__", None)
        file, line = (variable.origin or ("", 0)) if code is None else (code.co_filename, code.co_firstlineno)
        return int(line) if file == self._path else None

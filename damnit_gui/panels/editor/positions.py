"""From a problem's place, as Python counts, to a range of the editor's text, and what to do at a line."""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from damnit_backend.contextproc.protocol import Problem

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of text; lines and columns count from 0, columns in characters, the end is not part of it."""

    line: int
    column: int
    end_line: int
    end_column: int


def split_lines(text: str) -> list[str]:
    """Lines as Python and the editor count them (`str.splitlines` knows more line ends), without their ends."""
    return _LINE_END.split(text)


def span_of(problem: Problem, lines: Sequence[str]) -> Span | None:
    """The range to underline: the problem's own, else its line without the indentation. None if it has no line.

    The text may have changed since it was checked, so everything is brought inside of ``lines``.
    """
    if problem.line is None:
        return None
    line = min(max(problem.line - 1, 0), len(lines) - 1)
    text = lines[line]
    indent = len(text) - len(text.lstrip())
    if problem.column is None or problem.line - 1 != line:
        return Span(line, indent, line, max(len(text), indent))
    column = min(max(problem.column - 1, 0), len(text))
    end_line, end_column = _end(problem, lines, line, column)
    if (end_line, end_column) <= (line, column):
        return _word_at(text, line, column)
    return Span(line, column, end_line, end_column)


def _end(problem: Problem, lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    if problem.end_column is None:
        return line, column
    end_line = line if problem.end_line is None else min(max(problem.end_line - 1, line), len(lines) - 1)
    return end_line, min(max(problem.end_column - 1, 0), len(lines[end_line]))


def _word_at(text: str, line: int, column: int) -> Span:
    """The word at a place; at the end of a line, its last character, so that there is something to see."""
    match = re.compile(r"\w+|\S").match(text, column)
    if match:
        return Span(line, column, line, match.end())
    return Span(line, max(column - 1, 0), line, column)


def next_line(lines: Iterable[int], after: int) -> int | None:
    """The first of some lines below one; from the last, the first again."""
    ordered = sorted(set(lines))
    return next((line for line in ordered if line > after), ordered[0] if ordered else None)


def insertion_line(text: str, line: int) -> int:
    """Where a new function goes that is asked for at a line (from 0): there if it is between top-level statements,
    else below the one around it; at the end if the text is no valid Python."""
    lines = split_lines(text)
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return len(lines)
    for statement in statements:
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        last = (statement.end_lineno or statement.lineno) - 1
        if first <= line <= last:
            return last + 1
    return min(line, len(lines))

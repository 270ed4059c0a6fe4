"""Places, templates, comments, differences and words, without any window."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.contextproc.checker import CheckResult
from damnit_backend.contextproc.protocol import Problem, VariableSpec
from damnit_backend.core.errors import UserError
from damnit_gui.panels.editor import wording
from damnit_gui.panels.editor.commenting import toggle_comments
from damnit_gui.panels.editor.differences import DiffKind, compare, count_changes
from damnit_gui.panels.editor.outline import current_entry, first_line, in_order
from damnit_gui.panels.editor.positions import Span, insertion_line, next_line, span_of, split_lines
from damnit_gui.panels.editor.templates import FIRST_CONTEXT, TEMPLATES, Template, instantiate, with_gaps

LINES = ["def f(run):", "    return bad", ""]


@pytest.mark.parametrize(
    ("problem", "span"),
    [
        (Problem("x", 2, 12, 2, 15), Span(1, 11, 1, 14)),
        (Problem("x", 2, 12), Span(1, 11, 1, 14)),  # no end: the word
        (Problem("x", 2), Span(1, 4, 1, 14)),  # no column: the line without its indentation
        (Problem("x", 1, 5, 2, 3), Span(0, 4, 1, 2)),
        (Problem("x", 2, 15), Span(1, 13, 1, 14)),  # behind the last character
        (Problem("x", 99, 7, 99, 9), Span(2, 0, 2, 0)),  # the text became shorter since
        (Problem("x"), None),
    ],
)
def test_a_problem_is_underlined_where_it_is(problem: Problem, span: Span | None) -> None:
    assert span_of(problem, LINES) == span


@given(st.lists(st.text("ab \t", max_size=8), min_size=1, max_size=5), *[st.none() | st.integers(-3, 12)] * 4)
def test_a_problem_s_place_is_always_inside_of_the_text(lines, line, column, end_line, end_column) -> None:
    span = span_of(Problem("x", line, column, end_line, end_column), lines)
    if span is not None:
        assert 0 <= span.line <= span.end_line < len(lines)
        assert 0 <= span.column <= len(lines[span.line])
        assert 0 <= span.end_column <= len(lines[span.end_line])
        assert (span.line, span.column) <= (span.end_line, span.end_column)


def test_going_to_the_next_problem_begins_again_after_the_last() -> None:
    assert [next_line([7, 3], after) for after in (0, 3, 7, 9)] == [3, 7, 3, 3]
    assert next_line([], 4) is None


CODE = """import x

@Variable
@other
def f(run):
    return 1

y = '''
def no function
'''
"""


@pytest.mark.parametrize(("line", "expected"), [(0, 1), (1, 1), (2, 6), (5, 6), (6, 6), (8, 10), (10, 10), (50, 11)])
def test_a_template_goes_below_the_statement_around_the_caret(line: int, expected: int) -> None:
    assert insertion_line(CODE, line) == expected


def test_a_template_goes_to_the_end_of_a_text_that_is_no_python() -> None:
    assert insertion_line("def (\n\n", 0) == 3


@pytest.mark.parametrize("line", range(12))
def test_an_inserted_function_has_two_blank_lines_around_it(line: int) -> None:
    lines = split_lines("\n\n\n".join(["a = 1", "b = 2", "c = 3"]))
    at = insertion_line("\n".join(lines), line)
    inserted, above = with_gaps("def f():\n    pass\n", lines, at)
    text = "\n".join([*lines[:at], inserted + "\n".join(lines[at:])] if at < len(lines) else [*lines]) + (
        inserted if at >= len(lines) else ""
    )
    result = text.split("\n")
    start = result.index("def f():")
    assert start == min(at, len(lines) - 1) + above
    assert result[max(start - 3, 0) : start].count("") == 2
    after = result[start + 2 :]
    assert after[:3].count("") in (1, 2)
    assert after == [""] or after[2] != ""


def test_in_an_empty_text_nothing_is_put_before_a_template() -> None:
    assert with_gaps("def f(): ...\n", [""], 0) == ("def f(): ...\n", 0)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_templates_are_valid_and_get_a_name_of_their_own(template: Template) -> None:
    first = instantiate(template, "")
    second = instantiate(template, first)
    third = instantiate(template, first + second)
    names = [ast.parse(code).body[0].name for code in (first, second, third)]
    assert names == [template.name, f"{template.name}_2", f"{template.name}_3"]
    titles = [ast.parse(code).body[0].decorator_list[0].args[0].value for code in (first, second, third)]
    assert len(set(titles)) == 3
    assert titles[2].endswith(" 3")


def test_the_first_context_is_valid() -> None:
    ast.parse(FIRST_CONTEXT)


def test_commenting_keeps_indentation_and_blank_lines_and_undoes_itself() -> None:
    lines = ["    a = 1\n", "\n", "        b = 2\r\n"]
    commented = toggle_comments(lines)
    assert commented == ["    # a = 1\n", "\n", "    #     b = 2\r\n"]
    assert toggle_comments(commented) == lines
    assert toggle_comments(["#a\n", "b\n"]) == ["# #a\n", "# b\n"]
    assert toggle_comments(["\n"]) == ["\n"]


def test_a_comparison_tells_kinds_and_counts() -> None:
    found = compare("a\nb\nc\n", "a\r\nB\r\nc\r\nd\r\n", "old", "new")
    assert [line.kind for line in found[:3]] == [DiffKind.HEADER, DiffKind.HEADER, DiffKind.PLACE]
    assert count_changes(found) == (2, 1)
    assert compare("a\n", "a\r\n", "old", "new") == []
    removed = compare("--- x\n", "", "old", "new")  # text that looks like a header
    assert removed[-2].kind is DiffKind.REMOVED


def test_the_outline_is_in_the_order_of_the_file() -> None:
    specs = [VariableSpec("b", "B", line=9), VariableSpec("x", "X"), VariableSpec("a", "A", line=2)]
    assert [each.name for each in in_order(specs)] == ["a", "b"]
    assert [first_line(["@Variable", "@other", "def a(run):"], line) for line in (3, 2, 1, 9)] == [1, 1, 1, 9]
    assert [current_entry([2, 9], line) for line in (1, 2, 8, 9, 50)] == [None, 0, 0, 1, 1]


def test_the_status_counts_in_words() -> None:
    assert wording.checked(CheckResult()) == "checked: no Variables, no problems"
    assert wording.checked(CheckResult(variables=(VariableSpec("a", "A"),))) == "checked: 1 Variable, no problems"
    assert wording.checked(CheckResult(problems=(Problem("x"), Problem("y")))) == "2 problems"
    odd = (Problem("x", severity="warning"),)
    assert wording.checked(CheckResult(problems=(Problem("x"),), warnings=odd)) == "1 problem, 1 warning"
    assert wording.checked(CheckResult(warnings=odd)) == "checked: no Variables, no problems, 1 warning"
    assert wording.cannot_check(UserError("No such interpreter.", "hint")) == "cannot check: No such interpreter."
    assert wording.one_problem(Problem("name 'x' is not defined", 12)) == "line 12: name 'x' is not defined"
    assert wording.one_problem(Problem("first\nsecond")) == "first …"

"""What is wrong with the definitions in a context file is said at once, each with its place."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest
from damnit_ctx.context import LoadedContext
from damnit_ctx.problem import Problem

Problems = Callable[[str], list[Problem]]
Context = Callable[[str], LoadedContext]


def test_that_all_problems_are_reported_at_once_each_with_its_place(problems_of: Problems) -> None:
    text = textwrap.dedent(
        """\
        from damnit_ctx import Variable

        @Variable("Same")
        def first(run): ...

        @Variable(title="Same")
        def second(run, x: "var#nowhere", y: "weird#thing"): ...

        @Variable(data="cooked", tags=["ok", ""], units=3)
        def third(run, z: "meta#weather", q): ...

        @Variable
        def comment(run): ...

        @Variable
        def loop_a(run, x: "var#loop_b"): ...

        @Variable
        def loop_b(run, x: "var#loop_a"): ...

        @Variable
        def itself(run, x: "var#itself"): ...

        @Variable
        def globbing(run, x: "var#no_such_*"): ...

        @Variable()
        def no_run(): ...

        @Variable(transient="yes", description=5)
        def flags(run): ...
        """
    )

    problems = problems_of(text)

    found = [(p.line, marked(text, p), p.message) for p in problems]
    expected = [
        (6, '"Same"', "same title"),
        (7, '"var#nowhere"', "no Variable 'nowhere'"),
        (7, '"weird#thing"', "unknown prefix"),
        (9, '"cooked"', "data must be"),
        (9, '["ok", ""]', "tags must be"),
        (9, "3", "units must be"),
        (10, '"meta#weather"', "'weather'"),
        (10, "q", "annotation"),
        (13, "comment", "another name"),
        (16, "loop_a", "loop_a → loop_b → loop_a"),
        (22, "itself", "itself"),
        (25, '"var#no_such_*"', "no Variable matches"),
        (28, "no_run", "must take the run"),
        (30, '"yes"', "transient must be"),
        (30, "5", "description must be"),
    ]
    assert [(line, mark) for line, mark, _ in found] == [(line, mark) for line, mark, _ in expected]
    for (_, _, message), (_, _, part) in zip(found, expected):
        assert part in message


def marked(text: str, problem: Problem) -> str:
    """What the problem's place marks in the text."""
    assert problem.line == problem.end_line
    line = text.split("\n")[(problem.line or 0) - 1]
    return line[(problem.column or 0) - 1 : (problem.end_column or 0) - 1]


@pytest.mark.parametrize("name", ["proposal", "run", "start_time", "added_at", "comment"])
def test_that_the_names_of_the_tables_own_columns_are_refused(problems_of: Problems, name: str) -> None:
    (problem,) = problems_of(f"from damnit_ctx import Variable\n@Variable('T')\ndef {name}(run): ...\n")

    assert name in problem.message


def test_that_a_raw_variable_cannot_need_a_proc_one(problems_of: Problems) -> None:
    (problem,) = problems_of(
        """
        from damnit_ctx import Variable
        @Variable(data="proc")
        def p(run): ...
        @Variable(data="raw")
        def r(run, x: "var#p"): ...
        """
    )

    assert "'p'" in problem.message
    assert problem.line == 5


def test_that_prefixes_of_later_versions_are_a_clear_problem(problems_of: Problems) -> None:
    (problem,) = problems_of(
        'from damnit_ctx import Variable\n@Variable\ndef x(run, a: "self#b"): ...\n',
    )

    assert "self#b" in problem.message


def test_that_postponed_annotations_mean_the_same(context_of: Context) -> None:
    context = context_of(
        """
        from __future__ import annotations
        from damnit_ctx import Variable
        @Variable
        def a(run: int): ...
        @Variable
        def b(run, x: "var#a", y: "var#?"=None, *, z: "meta#run_number", other: list[int] = ()): ...
        """
    )

    assert context.nodes["b"].depends == ("a",)


def test_that_columns_count_characters_not_bytes(problems_of: Problems) -> None:
    text = 'from damnit_ctx import Variable\n@Variable(description="αβγ", data="é")\ndef x(run): ...\n'

    (problem,) = problems_of(text)

    assert marked(text, problem) == '"é"'


def test_that_a_name_defined_twice_by_other_objects_is_a_problem(problems_of: Problems) -> None:
    (problem,) = problems_of(
        """
        from damnit_ctx import Variable
        def make():
            @Variable("Title")
            def same(run): ...
            return same
        a, b = make(), make()
        """
    )

    assert "another Variable 'same'" in problem.message


def test_that_a_decorator_on_nothing_is_a_problem(problems_of: Problems) -> None:
    (problem,) = problems_of("from damnit_ctx import Variable\nx = Variable('Title')\n")

    assert "decorates no function" in problem.message

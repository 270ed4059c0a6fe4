"""What is wrong with the definitions in a context file is said at once, each with its place."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from damnit_ctx import Pipeline, Variable
from damnit_ctx.context import LoadedContext
from damnit_ctx.definitions import PipelineError
from damnit_ctx.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

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
        (30, '"yes"', "transient should be"),
        (30, "5", "description should be"),
    ]
    assert [(line, mark) for line, mark, _ in found] == [(line, mark) for line, mark, _ in expected]
    for (_, _, message), (_, _, part) in zip(found, expected):
        assert part in message
    assert [p.line for p in problems if not p.is_error] == [10, 28, 30, 30]


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


MANY = """\
import functools
import dataclasses
from damnit_ctx import Group, Variable

@Variable("Same")
def first(run): ...
@Variable("Same")                                        # 1
def second(run): ...
@Variable(data="cooked")                                 # 2
def data(run): ...
@Variable(tags=["a", ""])                                # 3
def tags(run): ...
@Variable(tags=5)                                        # 4
def more_tags(run): ...
@Variable(units=7)                                       # 5
def units(run): ...
@Variable(units="")                                      # 6
def no_units(run): ...
@Variable
def comment(run): ...                                    # 7
@Variable
def added_at(run): ...                                   # 8
@Variable
def typo(run, x: "var#frist"): ...                       # 9
@Variable
def prefix(run, x: "vra#first"): ...                     # 10
@Variable
def weather(run, x: "meta#weather"): ...                 # 11
@Variable
def catalogue(run, x: "mymdc#weather"): ...              # 12
@Variable
def nothing(run, x: "param#"): ...                       # 13
@Variable
def glob(run, x: "var#nothing_like_it_*"): ...           # 14
@Variable
def itself(run, x: "var#itself"): ...                    # 15
@Variable
def one(run, x: "var#two"): ...                          # 16
@Variable
def two(run, x: "var#one"): ...
@Variable
def alone(run, x: "self#first"): ...                     # 17
unnamed = Variable("Lambda")(lambda run: 1)              # 18
partial = Variable("Partial")(functools.partial(max, 1)) # 19
bare = Variable("Bare")                                  # 20
@Variable(data="proc")
def calibrated(run): ...
@Variable(data="raw")                                    # 21
def clash(run, x: "var#calibrated"): ...

@Group
class Part:
    number: int = 0
    @Variable("Level")
    def level(self, run): ...
    @Variable
    def asks(self, run, x: "self#nowhere"): ...          # 22
    @Variable
    def number_of(self, run, x: "self#number"): ...      # 23
    @Variable
    def ring(self, run, x: "self#ring2"): ...            # 24
    @Variable
    def ring2(self, run, x: "self#ring"): ...
part = Part()
left = right = Part()                                    # 25
same = Part(name="part")                                 # 26
bad = Part(name="no name")                               # 27
@Variable("part/Level")                                  # 28
def another(run): ...
def make():
    @Variable
    def first(run): ...                                  # 29
    return first
again = make()

@Variable(summary="no_such_function")                    # 30
def summary(run): ...
@Variable
def argument(run, x): ...                                # 31
@Variable
def no_run(): ...                                        # 32
@Variable(title=5, description=6, cluster="no")          # 33 # 34 # 35
def odd(run): ...
@Variable
async def waiting(run): ...                              # 36
"""


def test_that_a_file_with_36_problems_has_36_each_in_its_line(problems_of: Problems) -> None:
    problems = problems_of(MANY)

    lines = [number for number, line in enumerate(MANY.split("\n"), start=1) for _ in range(line.count("# "))]
    assert [p.line for p in problems] == lines, [(p.line, p.message) for p in problems]
    assert len(problems) == 36
    assert [p.is_error for p in problems] == [True] * 29 + [False] * 7


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("var#frist", "'first'"), ("var#group.levl", "'group.level'"), ("vra#first", "'var'"), ("var#zzz", None)],
)
def test_that_what_was_meant_is_guessed(problems_of: Problems, asked: str, meant: str | None) -> None:
    (problem,) = problems_of(
        f"""
        from damnit_ctx import Group, Variable
        @Variable
        def first(run): ...
        @Group
        class G:
            @Variable
            def level(self, run): ...
        group = G()
        @Variable
        def user(run, x: "{asked}"): ...
        """
    )

    assert ("Did you mean" in problem.message) == (meant is not None)
    assert meant is None or meant in problem.message


@pytest.mark.parametrize("length", [1, 2, 3, 50])
def test_that_a_cycle_of_any_length_is_told_whole(problems_of: Problems, length: int) -> None:
    text = "from damnit_ctx import Variable\n"
    for i in range(length):
        text += f"@Variable\ndef v{i}(run, x: 'var#v{(i + 1) % length}' = None): ...\n"

    (problem,) = problems_of(text)

    assert problem.line == 3
    assert length == 1 or problem.message.count("→") == length


def test_that_several_cycles_are_told_at_once(problems_of: Problems) -> None:
    text = "from damnit_ctx import Variable\n"
    for name in "abc":
        text += (
            f"@Variable\ndef {name}1(run, x: 'var#{name}2'): ...\n@Variable\ndef {name}2(run, x: 'var#{name}1'): ...\n"
        )

    assert [p.line for p in problems_of(text)] == [3, 7, 11]


ODD = """
from damnit_ctx import Variable
@Variable({options})
def odd({arguments}): return {returned}
@Variable
def user(run, x: "var#odd" = "nothing"): return x
@Variable
def other(run): return 1
"""


@pytest.mark.parametrize(
    ("options", "arguments", "word"),
    [
        ("'T', summary='no_such'", "run", "numpy has no function 'no_such'"),
        ("'T', summary=print", "run", "numpy has no function"),
        ("'T', summary='pi'", "run", "numpy has no function 'pi'"),
        ("title=''", "run", "title should be text"),
        ("title=5", "run", "title should be text"),
        ("'T', description=5", "run", "description should be text"),
        ("'T', cluster='no'", "run", "cluster should be True or False"),
        ("'T', transient='no'", "run", "transient should be True or False"),
    ],
)
def test_that_odd_options_that_were_always_taken_are_warnings(
    execute: Callable[..., Any], warnings_of: Problems, options: str, arguments: str, word: str
) -> None:
    text = ODD.format(options=options, arguments=arguments, returned=3)
    (warning,) = warnings_of(text)

    assert word in warning.message
    assert warning.line == 3
    assert execute(text).read("user/data") == 3


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("", "must take the run"),
        ("*, run", "must take the run"),
        ("**kwargs", "must take the run"),
        ("run, x", "needs an annotation"),
        ("run, x: int", "needs an annotation"),
        ("run, x: 'hello'", "needs an annotation"),
        ("run, x: 'var#other', /", "before a '/'"),
        ("x: 'var#other'", "first argument is always the run"),
    ],
)
def test_that_a_function_that_can_only_fail_fails_alone_and_is_warned_of(
    execute: Callable[..., Any], warnings_of: Problems, arguments: str, word: str
) -> None:
    text = ODD.format(options="", arguments=arguments, returned=3)
    (warning,) = warnings_of(text)
    done = execute(text)

    assert word in warning.message
    assert word in done.read(".errors/odd")
    assert done.attributes(".errors/odd")["type"] == "DefinitionError"
    assert (done.read("user/data"), done.read("other/data")) == ("nothing", 1)


def test_that_an_async_function_is_warned_of_and_fails(execute: Callable[..., Any], warnings_of: Problems) -> None:
    text = "from damnit_ctx import Variable\n@Variable\nasync def a(run): return 1\n"

    assert "async" in warnings_of(text)[0].message
    assert "async" in execute(text).read(".errors/a")


@pytest.mark.parametrize("flag", ["1", "0", "None", "np.True_", "True"])
def test_that_flags_may_be_whatever_is_as_good_as_true_or_false(context_of: Context, flag: str) -> None:
    context = context_of(
        f"""
        import numpy as np
        from damnit_ctx import Variable
        @Variable(cluster={flag}, transient={flag})
        def a(run): ...
        """
    )

    node = context.nodes["a"].as_json()
    assert context.warnings == ()
    assert node["cluster"] is node["transient"] is (flag in ("1", "np.True_", "True"))


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("'a'", ["a"]),
        ("('b', 'a', 'b')", ["b", "a"]),
        ("{'b', 'a'}", ["a", "b"]),
        ("(t for t in 'ab')", ["a", "b"]),
        ("{'a': 1}.keys()", ["a"]),
        ("np.array(['a', 'b'])", ["a", "b"]),
        ("[]", []),
        ("None", []),
    ],
)
def test_that_tags_may_be_several_of_any_kind(context_of: Context, tags: str, found: list[str]) -> None:
    context = context_of(
        f"""
        import numpy as np
        from damnit_ctx import Variable
        @Variable(tags={tags})
        def a(run): ...
        """
    )

    assert context.nodes["a"].as_json()["tags"] == found == context.nodes["a"].as_json()["tags"]


@pytest.mark.parametrize("tags", ["5", "''", "['a', 5]", "['a', ' ']", "[None]", "True", "b'a'"])
def test_that_what_is_no_tags_is_a_problem(problems_of: Problems, tags: str) -> None:
    (problem,) = problems_of(f"from damnit_ctx import Variable\n@Variable(tags={tags})\ndef a(run): ...\n")

    assert "tags must be" in problem.message
    assert problem.line == 2


class Hostile:
    """Says nothing of itself."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__
    __eq__ = __hash__ = __bool__ = __iter__ = __len__ = __repr__  # type: ignore[assignment]


VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2.5, float("nan"), 1j, "", " ", "text", "a/b", "ü\0\ud800", b"bytes", "mean", "raw",
    "proc", [], ["a"], [1], ["a", ""], ("a", "b"), {"a"}, {"a": 1}, range(2), object(), print, int, np.bool_(True),
    np.int64(1), np.array([1, 2]), np.array([]), np.array("a"), np.nan, xr.DataArray([1, 2]), np.mean, Hostile(),
]  # fmt: skip
OPTIONS = ("title", "description", "summary", "data", "cluster", "tags", "transient", "units")


@given(st.fixed_dictionaries({}, optional={option: st.integers(0, len(VALUES) - 1) for option in OPTIONS}))
@settings(deadline=None)
def test_that_whatever_the_options_are_the_check_ends_with_what_can_be_told(chosen: dict[str, int]) -> None:
    def function(run: Any) -> Any: ...

    options = {option: VALUES[number] for option, number in chosen.items()}
    if callable(options.get("title")):
        del options["title"]  # that would be the function to decorate
    if isinstance(options.get("tags"), Hostile):
        del options["tags"]  # an error while the file runs
    variable = Variable(**options)(function)
    pipeline = Pipeline().add(variable)

    try:
        nodes = pipeline._definitions.loaded.nodes
    except PipelineError as error:
        told = [problem.as_json() for problem in error.problems]
    else:
        told = [node.as_json() for node in nodes.values()]
        assert set(chosen) - {"tags", "units", "data"} or len(told) == 1
    assert json.loads(json.dumps(told)) == told

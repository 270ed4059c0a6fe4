"""Dependencies, defaults, skips and failures among the Variables of one run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from damnit_ctx.execute import Executor, Plan
from damnit_ctx.inputs import Inputs
from damnit_ctx.results import Results

Execute = Callable[..., Any]

FAILING = """
@Variable
def good(run): return 1
@Variable
def nothing(run): return None
@Variable
def skipped(run): raise Skip("no thank you")
@Variable
def broken(run):
    helper = lambda: 1 / 0
    return helper()
@Variable
def no_source(run):
    from extra_data import SourceNameError
    raise SourceNameError("A/B/C")
"""


def test_that_events_tell_of_each_variable_in_turn(execute: Execute) -> None:
    done = execute(FAILING)

    assert [(e["event"], e["variable"]) for e in done.events[:4]] == [
        ("started", "good"),
        ("finished", "good"),
        ("started", "nothing"),
        ("finished", "nothing"),
    ]
    outcomes = {e["variable"]: e["outcome"] for e in done.events if e["event"] == "finished"}
    assert outcomes == {
        "good": "ok",
        "nothing": "none",
        "skipped": "skip",
        "broken": "error",
        "no_source": "error",
    }


def test_that_errors_are_stored_with_class_message_and_the_users_line(execute: Execute) -> None:
    done = execute(FAILING)

    assert done.read(".errors/broken") == "division by zero"
    assert done.attributes(".errors/broken")["type"] == "ZeroDivisionError"
    assert done.records()["broken"]["line"] == 13
    assert done.read(".errors/skipped") == "no thank you"
    assert done.attributes(".errors/skipped")["type"] == "Skip"
    assert done.attributes(".errors/no_source")["type"] == "SourceNameError"
    assert "A/B/C" in done.read(".errors/no_source")


def test_that_the_records_say_of_each_variable_what_became_of_it(execute: Execute) -> None:
    records = execute(FAILING + "@Variable(transient=True)\ndef hidden(run): return object()\n").records()

    assert {name: r["outcome"] for name, r in records.items()} == {
        "good": "ok",
        "nothing": "none",
        "skipped": "skip",
        "broken": "error",
        "no_source": "error",
    }
    assert all(r["seconds"] >= 0 and r["started"] > 1e9 for r in records.values())
    assert records["good"]["line"] is None


def test_that_none_leaves_nothing_but_its_record(execute: Execute) -> None:
    done = execute(FAILING)

    assert not any("nothing" in place for place in done.places())


def test_that_results_are_given_to_dependants(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def total(run, a: "var#numbers", b: "var#cell", c: "var#hidden"):
            return f"{(a * 2).tolist()} {b} {c['key']}"
        @Variable
        def numbers(run): return [1, 2]
        @Variable
        def cell(run): return Cell(5.5, summary_value="five")
        @Variable(transient=True)
        def hidden(run): return {"key": object}
        """
    )

    assert done.read("total/data") == "[2, 4] 5.5 <class 'object'>"
    assert not any("hidden" in place for place in done.places())


@pytest.mark.parametrize(
    ("returned", "given"),
    [
        ("5", "int64 int64 ()"),
        ("2.5", "float64 float64 ()"),
        ("float('nan')", "float64 float64 ()"),
        ("True", "bool bool ()"),
        ("1 + 2j", "complex128 complex128 ()"),
        ("np.float32(1.5)", "float32 float32 ()"),
        ("np.array(3)", "ndarray int64 ()"),
        ("Cell(5)", "int64 int64 ()"),
        ("Cell([1, 2])", "ndarray int64 (2,)"),
        ("enum.IntEnum('E', 'A').A", "int64 int64 ()"),
        ("[1, 2.5]", "ndarray float64 (2,)"),
        ("(1, 2)", "ndarray int64 (2,)"),
        ("[]", "ndarray float64 (0,)"),
        ("[[1, 2], [3, 4]]", "ndarray int64 (2, 2)"),
        ("range(3)", "ndarray int64 (3,)"),
        ("pd.Index([1, 2])", "ndarray int64 (2,)"),
        ("xr.Variable('x', [1, 2])", "ndarray int64 (2,)"),
        ("np.ma.array([1.0, 2.0], mask=[0, 1])", "MaskedArray float64 (2,)"),
        ("'text'", "str None None"),
        ("b'text'", "bytes None None"),
        ("xr.DataArray(3.5)", "DataArray float64 ()"),
        ("xr.Dataset({'a': ('x', [1])})", "Dataset None None"),
        ("pd.Series([1, 2])", "Series int64 (2,)"),
        ("pd.DataFrame({'a': [1]})", "DataFrame None (1, 1)"),
        ("figure.Figure()", "Figure None None"),
    ],
)
def test_that_dependants_get_what_is_stored_with_numbers_as_those_of_numpy(
    execute: Execute, returned: str, given: str
) -> None:
    done = execute(
        f"""
        import enum
        import pandas as pd
        from matplotlib import figure
        @Variable
        def value(run): return {returned}
        @Variable
        def user(run, x: "var#value"):
            name = type(x).__name__.rstrip("_")
            return f"{{name}} {{getattr(x, 'dtype', None)}} {{getattr(x, 'shape', None)}}"
        """
    )

    assert done.read("user/data") == given


def test_that_transient_results_are_given_as_they_are(execute: Execute) -> None:
    done = execute(
        """
        class Own: pass
        @Variable(transient=True)
        def number(run): return 5
        @Variable(transient=True)
        def numbers(run): return [1, 2]
        @Variable(transient=True)
        def cell(run): return Cell([1, 2])
        @Variable(transient=True)
        def odd(run): return Cell(Own())
        @Variable(transient=True)
        def own(run): return Own()
        @Variable
        def user(run, a: "var#number", b: "var#numbers", c: "var#cell", d: "var#odd", e: "var#own"):
            return " ".join(type(x).__name__ for x in (a, b, c, d, e))
        """
    )

    assert done.read("user/data") == "int list ndarray Own Own"


def test_that_what_is_computed_again_for_others_is_given_like_the_first_time(
    context_of: Callable[[str], Any], header: str
) -> None:
    context = context_of(
        header
        + """
@Variable
def first(run): return [1, 2]
@Variable
def broken(run): return object()
@Variable
def user(run, x: "var#first"): return x.sum()
@Variable
def needs_broken(run, x: "var#broken"): return x
"""
    )
    results = Results()

    class Nowhere:
        def add(self, entry: Any, record: Any) -> None: ...
        def settle(self) -> None: ...

    plan = Plan(tuple(context.order(context.nodes)), quiet=frozenset({"first", "broken"}))
    Executor(context, plan, object(), Inputs(), Nowhere(), [].append, results).execute()

    assert results.cells["user"].data == 3
    assert type(results.errors["needs_broken"]).__name__ == "DependencyError"


def test_that_meta_arguments_are_given(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def meta(run, r: "meta#run_number", p: "meta#proposal", path: "meta#proposal_path"):
            return f"{r} {p} {path.parts}"
        """
    )

    assert done.read("meta/data") == "2 1 ('/', 'p000001')"


def test_that_a_glob_gives_what_there_is_by_name(execute: Execute) -> None:
    done = execute(
        FAILING
        + """
@Variable
def some(run, x: "var#*o*"): return repr({k: int(v) for k, v in x.items()})
@Variable
def defaulted(run, x: "var#no*"=None): return str(x)
@Variable
def without(run, x: "var#no*"): return str(x)
"""
    )

    assert done.read("some/data") == "{'good': 1}"
    assert done.read("defaulted/data") == "None"
    assert done.outcome("without")["outcome"] == "skip"


def test_that_a_default_is_used_when_there_is_no_result(execute: Execute) -> None:
    done = execute(
        FAILING
        + """
@Variable
def a(run, x: "var#nothing"=1): return x
@Variable
def b(run, x: "var#broken"=2, *, y: "var#skipped"=3, other=4): return x + y + other
@Variable
def c(run, x: "var#good"=9): return x
"""
    )

    assert [done.read(f"{n}/data") for n in "abc"] == [1, 9, 1]


@pytest.mark.parametrize(
    ("needed", "error_cls", "parts"),
    [
        (["broken"], "DependencyError", ["└ broken failed: ZeroDivisionError: division by zero"]),
        (["skipped"], "Skip", ["└ skipped was skipped: no thank you"]),
        (["nothing"], "Skip", ["└ nothing has no data"]),
        (["no_source"], "Skip", ["└ no_source failed: SourceNameError"]),
        (["no_source", "skipped", "nothing"], "Skip", ["├ no_source", "├ skipped", "└ nothing"]),
        (["good", "broken", "skipped"], "DependencyError", ["├ broken", "└ skipped"]),
    ],
)
def test_that_what_is_missing_is_shown_as_a_tree(
    execute: Execute, needed: list[str], error_cls: str, parts: list[str]
) -> None:
    arguments = ", ".join(f'{n}: "var#{n}"' for n in needed)

    done = execute(FAILING + f"@Variable\ndef user(run, {arguments}): return 1\n")

    assert done.attributes(".errors/user")["type"] == error_cls
    for part in parts:
        assert part in done.read(".errors/user")
    assert "good" not in done.read(".errors/user")


def test_that_the_tree_goes_down_to_the_first_causes(execute: Execute) -> None:
    done = execute(
        FAILING
        + """
@Variable
def middle(run, x: "var#broken"): return 1
@Variable
def excused(run, x: "var#skipped"): return 1
@Variable
def top(run, a: "var#middle", b: "var#excused"): return 1
@Variable
def excused_top(run, b: "var#excused"): return 1
"""
    )

    assert done.read(".errors/top").split("\n")[1:] == [
        "├ middle, which needs:",
        "│ └ broken failed: ZeroDivisionError: division by zero",
        "└ excused, which needs:",
        "  └ skipped was skipped: no thank you",
    ]
    assert done.attributes(".errors/top")["type"] == "DependencyError"
    assert done.attributes(".errors/excused_top")["type"] == "Skip"


def test_that_the_tree_of_many_shared_causes_stays_small(execute: Execute) -> None:
    text = "@Variable\ndef v0(run): raise ValueError('x' * 10_000)\n@Variable\ndef w0(run): raise OSError('y')\n"
    for i in range(1, 30):
        for name in "vw":
            text += f"@Variable\ndef {name}{i}(run, a: 'var#v{i - 1}', b: 'var#w{i - 1}'): ...\n"

    done = execute(text)

    assert len(done.read(".errors/v29")) < 10_000


@pytest.mark.parametrize(
    ("statement", "error_cls", "message"),
    [
        ("import sys; sys.exit(3)", "SystemExit", "sys.exit(3) was called"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("assert 1 == 2", "AssertionError", "assert 1 == 2"),
        ("f = lambda: f(); f()", "RecursionError", "recursion"),
        ("raise Exception('a\\0b\\ud800')", "Exception", r"a\x00b\ud800"),
        ("raise Odd", "Odd", "cannot be shown"),
        ("raise ValueError('x' * 100_000)", "ValueError", "xxx"),
    ],
)
def test_that_whatever_is_raised_is_that_variables_error(
    execute: Execute, statement: str, error_cls: str, message: str
) -> None:
    done = execute(
        f"""
        class Odd(Exception):
            def __str__(self): raise TypeError
        @Variable
        def bad(run): {statement}
        @Variable
        def good(run): return 1
        """
    )

    assert done.attributes(".errors/bad")["type"] == error_cls
    assert message in done.read(".errors/bad")
    assert len(done.read(".errors/bad")) < 10_000
    assert done.read("good/data") == 1


def test_that_the_log_has_the_users_traceback(execute: Execute, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    execute(FAILING)

    assert "broken failed" in caplog.text
    assert "helper = lambda: 1 / 0" in caplog.text
    assert not [line for line in caplog.text.split("\n") if "File" in line and "damnit_ctx" in line]


def test_that_each_variable_starts_in_the_folder(execute: Execute) -> None:
    done = execute(
        """
        import os
        @Variable
        def first(run): os.chdir("/")
        @Variable
        def second(run): return os.path.basename(os.getcwd())
        """
    )

    assert done.read("second/data") == "amore"


def test_that_results_are_let_go_after_their_last_use(execute: Execute) -> None:
    done = execute(
        """
        import gc, weakref
        class Big: pass
        seen = []
        @Variable(transient=True)
        def big(run):
            value = Big()
            seen.append(weakref.ref(value))
            return value
        @Variable
        def user(run, x: "var#big"): return seen[0]() is x
        @Variable
        def after(run, x: "var#user"): gc.collect(); return seen[0]() is None
        """
    )

    assert done.read("user/data")
    assert done.read("after/data")


@pytest.mark.parametrize(
    ("variable", "returned", "units"),
    [
        ("V", "3", "V"),
        ("V", "'text'", "V"),
        ("V", "labelled('D')", "D"),
        ("V", "Cell(labelled('D'))", "D"),
        ("V", "Cell(labelled('D'), units='C')", "C"),
        ("V", "Cell(3, units='C')", "C"),
        ("V", "Cell(3, units='')", ""),
        ("V", "labelled('')", ""),
        ("V", "labelled(5)", "V"),
        ("V", "Cell(None, summary_value=3)", "V"),
        ("V", "Cell(3, preview=labelled('D'))", "V"),
        ("V", "xr.Dataset({'a': labelled('D')}, attrs={'units': 'D'})", "V"),
        (None, "labelled('D')", "D"),
        (None, "3", None),
    ],
)
def test_that_units_are_the_cells_else_the_dataarrays_else_the_variables(
    execute: Execute, variable: str | None, returned: str, units: str | None
) -> None:
    done = execute(
        f"""
        def labelled(units): return xr.DataArray([1.0, 2.0], attrs={{"units": units}})
        @Variable(units={variable!r}, summary="mean")
        def a(run): return {returned}
        """
    )

    assert done.attributes(".reduced/a").get("units") == units


def test_that_summaries_are_given_in_their_order(execute: Execute) -> None:
    done = execute(
        """
        @Variable(summary="mean")
        def of_variable(run): return np.arange(5)
        @Variable(summary="mean")
        def of_cell(run): return Cell(np.arange(5), summary="max")
        @Variable(summary="mean")
        def given(run): return Cell(np.arange(5), summary="max", summary_value="seven")
        @Variable(summary="mean")
        def of_text(run): return "text"
        @Variable(summary="mean")
        def before_preview(run): return Cell(np.arange(5), preview=np.arange(3))
        class Own(Cell):
            def __init__(self, data): super().__init__(data, summary="min", bold=True)
        @Variable
        def of_subclass(run): return Own(np.arange(5))
        """
    )

    assert [
        done.read(f".reduced/{name}")
        for name in ("of_variable", "of_cell", "given", "of_text", "before_preview", "of_subclass")
    ] == [2, 4, "seven", "text", 2, 0]
    assert done.attributes(".reduced/of_subclass")["bold"]


def test_that_an_enum_of_texts_is_its_text(execute: Execute) -> None:
    done = execute(
        """
        import enum
        class State(str, enum.Enum):
            OPEN = "the shutter is open"
        @Variable(tags=State.OPEN)
        def state(run): return State.OPEN
        """
    )

    assert done.read("state/data") == done.read(".reduced/state") == "the shutter is open"


def test_that_figures_are_closed_after_their_variable(execute: Execute) -> None:
    done = execute(
        """
        from matplotlib import pyplot as plt
        @Variable
        def figure(run): return plt.figure()
        @Variable
        def axes(run): return plt.subplots()[1]
        @Variable
        def preview(run): return Cell(1, preview=plt.figure())
        @Variable
        def user(run, x: "var#figure", y: "var#axes", z: "var#preview"):
            return f"{plt.get_fignums()} {type(x).__name__} {type(y).__name__}"
        """
    )

    assert done.read("user/data") == "[] Figure Axes"

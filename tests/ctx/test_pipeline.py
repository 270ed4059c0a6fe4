"""Pipelines: Variables and Groups put together and executed, with or without a context file."""

# ruff: noqa: ARG001, F821, UP037 -- its Variables take a run they may not use; annotations are those of context files

from __future__ import annotations

import os
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from damnit_ctx import Group, Pipeline, Skip, Variable
from damnit_ctx.definitions import PipelineError
from damnit_ctx.outcome import DependencyError
from damnit_ctx.runs import CannotOpen

HEADER = "from damnit_ctx import Cell, Group, Pipeline, Skip, Variable\n"


@Variable
def number(run: Any) -> Any:
    return run * 2


@Variable("The sum", tags="x")
def total(run: Any, number: "var#number", more: "param#more" = 1) -> Any:  # type: ignore[valid-type]
    return number + more


@Variable(data="proc")
def calibrated(run: Any) -> Any:
    return 1


@Variable("Heavy/work", cluster=True)
def heavy(run: Any, number: "var#number") -> Any:  # type: ignore[valid-type]
    return 1


@Group
class _Scaled:
    factor: int = 1

    @Variable
    def value(self, run: Any) -> Any:
        return run * self.factor


Scaled: Any = _Scaled  # for mypy, which does not know what @Group adds


def variable(name: str, title: str | None = None, result: Any = 0) -> Variable:
    def compute(run: Any) -> Any:
        return result

    compute.__name__ = name
    made: Variable = Variable(title or name)(compute)
    return made


def values(pipeline: Pipeline, **how: Any) -> dict[str, Any]:
    results = pipeline.execute(**how)
    assert results.errors == {}
    return {name: cell.data for name, cell in results.cells.items()}


def text(code: str, **options: Any) -> Pipeline:
    return Pipeline.from_str(HEADER + textwrap.dedent(code), **options)


# -- putting together


def test_that_variables_groups_dicts_and_sequences_can_be_added() -> None:
    pipeline = Pipeline(data=5).add(number, {"cam": Scaled(factor=3), "x": total}, [(Scaled(name="own"),), []])

    assert list(pipeline.vars) == ["number", "cam.value", "total", "own.value"]
    assert values(pipeline) == {"number": 10, "total": 11, "cam.value": 15, "own.value": 5}
    assert list(pipeline.add(number, []).vars) == list(pipeline.vars)


@pytest.mark.parametrize("wrong", [5, None, "number", Scaled, Pipeline(), {1: number}, [[3]], Scaled(name="g").value])
def test_that_nothing_else_can_be_added(wrong: Any) -> None:
    pipeline = Pipeline().add(number)

    with pytest.raises(TypeError, match="A pipeline takes"):
        pipeline.add(total, wrong)
    assert list(pipeline.vars) == ["number"]


def test_that_a_name_that_is_taken_or_missing_is_refused_at_once() -> None:
    pipeline = Pipeline().add(number, Scaled(name="g"))

    for wrong in (variable("number"), Scaled(name="g"), Scaled(), {"a b": Scaled()}):
        with pytest.raises(PipelineError):
            pipeline.add(wrong)
    assert list(pipeline.vars) == ["number", "g.value"]


def test_that_a_group_has_one_name_in_all_pipelines() -> None:
    group = Scaled()
    Pipeline().add({"a": group})

    with pytest.raises(PipelineError, match="several names: a, b"):
        Pipeline().add({"b": group})
    assert list(Pipeline().add(group).vars) == ["a.value"]


def test_that_all_that_is_wrong_is_said_when_it_is_used() -> None:
    pipeline = Pipeline(data=1).add(total, variable("comment"), variable("a", "Same"), variable("b", "Same"))

    for use in (pipeline.execute, pipeline.select, lambda: pipeline.vars):
        with pytest.raises(PipelineError) as caught:
            use()
        said = " ".join(p.message for p in caught.value.problems)
        assert len(caught.value.problems) == 3
        assert all(part in said for part in ("no Variable 'number'", "'comment'", "same title"))


def test_that_what_is_missing_can_be_added_later() -> None:
    assert values(Pipeline(data=1).add(total).add(number)) == {"number": 2, "total": 3}


def test_that_with_context_changes_a_copy() -> None:
    first = Pipeline(5, 6, name="first", data=7, run_data="proc", param_values={"more": 2}).add(number, total)
    second = first.with_context(data=1, name="second", param_values={"more": 3}).add(calibrated)

    assert (values(first)["total"], values(second)["total"]) == (16, 5)
    assert (first.name, second.name, second.proposal, second.run_number, second.run_data) == (
        "first",
        "second",
        5,
        6,
        "proc",
    )
    assert "calibrated" not in first.vars
    assert first.copy().vars == first.vars


def test_that_unions_keep_one_of_two_variables_with_the_same_name() -> None:
    left = Pipeline(name="l", data=1).add(number, variable("both", result="left"))
    right = Pipeline(9, name="r", data=2).add(variable("both", result="right"), number, variable("other"))

    with pytest.raises(PipelineError, match="'both'"):
        left.union(right)
    for side in ("left", "right"):
        union = left.union(right, on_conflict=side)
        assert list(union.vars) == ["number", "both", "other"]
        assert values(union) == {"number": 2, "both": side, "other": 0}
        assert (union.name, union.proposal, union.results) == ("l", 9, union.results)
    assert list(left.vars) == ["number", "both"]
    with pytest.raises(ValueError, match="on_conflict"):
        left.union(right, on_conflict="both")
    with pytest.raises(TypeError, match="another Pipeline"):
        left.union(5)  # type: ignore[arg-type]


def test_that_unions_resolve_what_one_needs_of_the_other() -> None:
    a = text("@Variable\ndef a(run, x: 'var#b'): return x + 1\n@Variable\ndef b(run): return 1")
    group = Scaled(name="g", factor=4)

    union = Pipeline(data=1).add(number, group).union(a).union(Pipeline().add(group))

    assert values(union) == {"number": 2, "g.value": 4, "b": 1, "a": 2}


def test_that_optional_parts_stay_optional_in_copies() -> None:
    pipeline = text(
        """
        @Group
        class Outer:
            part: object = None
            @Variable
            def needs(self, run, x: "self#part.value"): return x
        o = Outer()
        @Variable
        def outside(run, x: "var#o.needs" = 5): return x
        """
    )

    for same in (pipeline, pipeline.select(variables="outside"), Pipeline().union(pipeline.select())):
        assert values(same, data=1) == {"outside": 5}


# -- selecting


ALL = [number, total, calibrated, heavy, Scaled(name="g")]


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({}, ["number", "total", "calibrated", "heavy", "g.value"]),
        ({"variables": ["total"]}, ["number", "total"]),
        ({"variables": "g.value"}, ["g.value"]),
        ({"variables": [heavy, "unknown"]}, ["number", "heavy"]),
        ({"match": "SUM"}, ["number", "total"]),
        ({"match": ["heavy/", "G/"]}, ["number", "heavy", "g.value"]),
        ({"match": "nothing"}, []),
        ({"variables": ["calibrated"], "match": "sum"}, ["calibrated"]),
        ({"run_data": "proc"}, ["calibrated"]),
        ({"run_data": "raw", "match": "e"}, ["number", "total", "heavy", "g.value"]),
        ({"run_data": "all", "cluster": False}, ["number", "total", "calibrated", "g.value"]),
        ({"cluster": True}, ["number", "heavy"]),
    ],
)
def test_that_what_matches_is_kept_with_what_it_needs(how: dict[str, Any], names: list[str]) -> None:
    pipeline = Pipeline(data=1).add(ALL)

    selected = pipeline.select(**how)

    assert list(selected.vars) == names
    assert set(values(selected)) == set(names)
    assert len(pipeline.vars) == 5


def test_that_what_is_added_to_a_selection_is_in_it() -> None:
    assert list(Pipeline().add(ALL).select(variables="calibrated").add(variable("new")).vars) == ["calibrated", "new"]


@pytest.mark.parametrize(
    ("options", "error"),
    [({"run_data": "cooked"}, ValueError), ({"proposal": "five"}, TypeError), ({"run_number": 2.5}, TypeError)],
)
def test_that_settings_that_make_no_sense_are_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Pipeline(**options)


# -- executing


def test_that_results_are_cells_and_errors() -> None:
    pipeline = text(
        """
        @Variable
        def good(run): return Cell([1, 2], bold=True)
        @Variable
        def nothing(run): return None
        @Variable
        def broken(run): return 1 / 0
        @Variable
        def skipped(run): raise Skip("why")
        @Variable
        def needs_broken(run, x: "var#broken"): ...
        @Variable
        def needs_skipped(run, x: "var#skipped"): ...
        @Variable(transient=True)
        def any_object(run): return object
        @Variable
        def unsaveable(run): return object()
        """
    )

    results = pipeline.execute(data=1)

    assert pipeline.results is results
    assert set(results.cells) == {"good", "nothing", "any_object"}
    assert results.cells["good"].bold
    assert results.cells["nothing"].data is None
    assert results.cells["any_object"].data is object
    kinds = {name: type(error) for name, error in results.errors.items()}
    assert kinds.pop("unsaveable").__name__ == "CannotSave"
    assert kinds == {
        "broken": ZeroDivisionError,
        "skipped": Skip,
        "needs_broken": DependencyError,
        "needs_skipped": Skip,
    }
    assert "broken failed" in str(results.errors["needs_broken"])


def test_that_data_and_parameters_of_the_call_go_before_the_pipelines_own() -> None:
    pipeline = Pipeline(data=1, param_values={"more": 10, "other": 1}).add(number, total)

    assert values(pipeline)["total"] == 12
    assert values(pipeline, data=2)["total"] == 14
    assert values(pipeline, param_values={"more": 20})["total"] == 22
    assert values(pipeline, param_values={"other": 2})["total"] == 12
    assert pipeline.param_values == {"more": 10, "other": 1}


def test_that_what_is_not_known_of_the_run_skips_what_asks_for_it() -> None:
    pipeline = text(
        """
        @Variable
        def run_number(run, x: "meta#run_number"): return x
        @Variable
        def proposal(run_, x: "meta#proposal" = 0): return x
        @Variable
        def path(run, x: "meta#proposal_path"): return str(x)
        """.replace("def proposal(", "def the_proposal(")
    )

    results = pipeline.execute(data=1)
    assert results.cells["the_proposal"].data == 0
    assert str(results.errors["run_number"]) == "No value is given for meta#run_number"
    assert isinstance(results.errors["path"], Skip)

    known = pipeline.with_context(proposal=3, run_number=4).execute(data=1)
    assert (known.cells["run_number"].data, known.cells["the_proposal"].data) == (4, 3)


def test_that_a_run_is_opened_by_proposal_and_number(
    proposal_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "SA1" / "202401").mkdir(parents=True)
    (tmp_path / "SA1" / "202401" / proposal_path.name).symlink_to(proposal_path)
    monkeypatch.setenv("EXTRA_DATA_DATA_ROOT", str(tmp_path))
    monkeypatch.setattr("extra_data.read_machinery.DATA_ROOT_DIR", str(tmp_path))  # read at import, until 1.20
    pipeline = text(
        """
        @Variable
        def sources(run): return ", ".join(sorted(run.all_sources))
        @Variable
        def path(run, x: "meta#proposal_path"): return x.name
        """
    ).with_context(proposal=700000, run_number=1)

    cells = pipeline.execute().cells
    assert "TEST/MOTOR/CALIBRATED" in cells["sources"].data
    assert cells["path"].data == "p700000"
    assert cells["start_time"].data > 1e9
    assert "CALIBRATED" not in pipeline.with_context(run_data="raw").execute().cells["sources"].data
    with pytest.raises(CannotOpen):
        pipeline.with_context(run_number=77).execute()


def test_that_there_must_be_something_to_compute_on() -> None:
    for pipeline in (Pipeline(), Pipeline(5), Pipeline(run_number=5)):
        with pytest.raises(PipelineError, match="nothing to compute on"):
            pipeline.add(number).execute()


def test_that_breaking_off_breaks_off_the_pipeline() -> None:
    pipeline = text("@Variable\ndef a(run): raise KeyboardInterrupt\n@Variable\ndef b(run): raise SystemExit")

    with pytest.raises(KeyboardInterrupt):
        pipeline.execute(data=1)
    assert isinstance(pipeline.select(variables="b").execute(data=1).errors["b"], SystemExit)


# -- context files


def test_that_a_context_file_runs_in_its_own_folder_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "own_helper.py").write_text("VALUE = 5\n")
    (tmp_path / "own_late.py").write_text("VALUE = 6\n")
    (tmp_path / "ctx.py").write_text(
        HEADER
        + textwrap.dedent(
            """
            import os, own_helper
            AT_LOAD = os.getcwd()
            @Variable
            def where(run): return f"{AT_LOAD} {os.getcwd()} {__file__} {own_helper.VALUE}"
            @Variable
            def late(run): import own_late; return own_late.VALUE
            """
        )
    )
    before = Path.cwd(), list(sys.path), sys.modules.get("damnit_context")

    pipeline = Pipeline.from_context_file(tmp_path / "ctx.py")
    found = values(pipeline, data=1)

    assert found == {"where": f"{tmp_path} {tmp_path} {tmp_path / 'ctx.py'} 5", "late": 6}
    assert (Path.cwd(), list(sys.path), sys.modules.get("damnit_context")) == before
    assert pipeline.name == "ctx"
    assert Pipeline.from_context_file(str(tmp_path / "ctx.py"), name="named").name == "named"


def test_that_pipelines_without_a_file_stay_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = text("import os\n@Variable\ndef where(run): return os.getcwd()\n")
    monkeypatch.chdir(tmp_path)

    assert values(pipeline, data=1) == {"where": os.path.realpath(tmp_path)}


def test_that_problems_of_a_text_have_their_lines(tmp_path: Path) -> None:
    for code, line, part in (
        ("1 / 0", 2, "ZeroDivisionError"),
        ("x =", 2, "invalid syntax"),
        ("@Variable\ndef a(run, x: 'var#no'): ...", 3, "'no'"),
    ):
        with pytest.raises(PipelineError) as caught:
            text(code)
        assert caught.value.problems[0].line == line
        assert part in str(caught.value)
    with pytest.raises(PipelineError, match="cannot be read"):
        Pipeline.from_context_file(tmp_path / "nothing.py")


DEFINED = """
@Variable
def a(run): return 1
@Variable
def b(run): return 2
@Group
class G:
    factor: int = 1
    @Variable
    def value(self, run): return self.factor
"""


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("", ["a", "b"]),
        ("Pipeline().add(G(name='g'))", ["a", "b"]),
        ("Pipeline.default().add(G(name='g'), a)", ["g.value", "a", "b"]),
        ("Pipeline.default().add({'g': G()})", ["g.value", "a", "b"]),
        ("g = G()\nPipeline.default().add(g)", ["g.value", "a", "b"]),
        ("Pipeline.set_default(Pipeline().add(a, G(name='g')))", ["a", "g.value"]),
        ("g = G()\nPipeline.set_default(Pipeline().add(g))", ["g.value"]),
        ("p = Pipeline()\nPipeline.set_default(p)\np.add(b)", ["b"]),
        ("Pipeline.set_default(Pipeline().add(a))\nPipeline.set_default(Pipeline().add(b))", ["b"]),
        ("Pipeline.set_default(Pipeline().add(a))\nPipeline.default().add(b)", ["a", "b"]),
        ("Pipeline.set_default(Pipeline.default())", []),
        ("Pipeline.set_default(Pipeline().add(a, b).select(variables='b'))", ["b"]),
        (
            "p = Pipeline.from_str('from damnit_ctx import *\\n@Variable\\ndef z(run): ...\\n"
            "Pipeline.default().add([])')\nPipeline.default().add(list(p.vars.values()))",
            ["z", "a", "b"],
        ),
        (
            "p = Pipeline.from_str('from damnit_ctx import *\\n@Variable\\ndef z(run): ...')\n"
            "Pipeline.set_default(p.union(Pipeline().add(a)))",
            ["z", "a"],
        ),
    ],
)
def test_that_a_context_files_default_pipeline_adds_to_or_replaces_what_it_defines(code: str, names: list[str]) -> None:
    assert list(text(DEFINED + code).vars) == names


def test_that_a_default_pipelines_parameters_are_the_files_own() -> None:
    pipeline = text(
        """
        @Variable
        def a(run, x: "param#gain"): return x
        Pipeline.set_default(Pipeline(param_values={"gain": 4}).add(a))
        """
    )

    assert values(pipeline, data=1) == {"a": 4}
    assert values(pipeline, data=1, param_values={"gain": 5}) == {"a": 5}


def test_that_set_default_takes_pipelines_only() -> None:
    with pytest.raises(PipelineError, match="set_default needs a Pipeline"):
        text("Pipeline.set_default(None)")


def test_that_groups_without_a_name_are_a_problem_of_the_file_at_its_end() -> None:
    with pytest.raises(PipelineError, match="has no name"):
        text(DEFINED + "Pipeline.default().add(G())")


# -- nesting


def test_that_pipelines_in_variables_do_not_leak(tmp_path: Path) -> None:
    (tmp_path / "inner.py").write_text(
        HEADER
        + textwrap.dedent(
            """
            import os
            Pipeline.default().add(Pipeline.from_str("from damnit_ctx import *\\n@Variable\\ndef z(run): return run")
                                   .vars["z"])
            @Variable
            def shared(run, n: "meta#run_number" = -1, p: "param#p" = 0):
                os.chdir("/")
                Pipeline.default().add(shared)
                return n + p + run
            """
        )
    )
    pipeline = text(
        f"""
        import os, sys
        @Variable
        def shared(run): return 7
        @Variable
        def nested(run, x: "var#shared"):
            inner = Pipeline.from_context_file({str(tmp_path / "inner.py")!r}).with_context(proposal=1, run_number=77)
            cells = inner.execute(data=100, param_values={{"p": 1000}}).cells
            Pipeline.default().add(inner.vars["shared"])
            return f"{{cells['shared'].data}} {{cells['z'].data}} {{x}} {{os.getcwd()}} {{os.path.relpath('.')}}"
        @Variable
        def after(run, n: "meta#run_number", p: "param#p" = "none", x: "var#nested" = None):
            return f"{{n}} {{p}} {{list(Pipeline.default().vars)}} {{sys.modules['damnit_context'].__file__}}"
        """
    ).with_context(proposal=2, run_number=3)
    outside = Pipeline.default()

    found = values(pipeline, data=1)

    assert found["nested"] == f"1177 100 7 {Path.cwd()} ."
    assert found["after"] == "3 none [] <string>"
    assert found["shared"] == 7
    assert Pipeline.default() is outside
    assert not outside.vars


# -- saving


def test_that_the_saved_file_is_like_that_of_a_run(tmp_path: Path) -> None:
    pipeline = text(
        """
        import numpy as np, xarray as xr
        @Variable(summary="mean", units="mJ")
        def array(run): return np.arange(5.0)
        @Variable
        def labelled(run): return xr.DataArray(np.ones((2, 3)), dims=("x", "y"), attrs={"units": "K"})
        @Variable
        def broken(run): return 1 / 0
        @Variable(transient=True)
        def hidden(run): return object()
        @Variable
        def nothing(run): return None
        """
    )
    results = pipeline.execute(data=1)

    results.save_hdf5(tmp_path / "x.h5")
    results.save_hdf5(str(tmp_path / "x.h5"))

    assert [p.name for p in tmp_path.iterdir()] == ["x.h5"]
    with h5py.File(tmp_path / "x.h5") as file:
        assert file.attrs["provenance"] == "context.py"
        assert set(file) == {".reduced", ".errors", "array", "labelled"}
        assert file["array/data"][()].tolist() == [0, 1, 2, 3, 4]
        assert file[".reduced/array"][()] == 2.0
        assert dict(file[".reduced/array"].attrs)["units"] == "mJ"
        assert file["labelled"].attrs["_damnit_objtype"] == "dataarray"
        assert file[".errors/broken"].asstr()[()] == "division by zero"


def test_that_what_cannot_be_written_is_an_error_in_the_file(tmp_path: Path) -> None:
    results = text(
        """
        import xarray as xr
        @Variable
        def bad(run): return xr.DataArray([1], attrs={"odd": object()})
        @Variable
        def good(run): return 1
        """
    ).execute(data=1)

    results.save_hdf5(tmp_path / "x.h5")

    with h5py.File(tmp_path / "x.h5") as file:
        assert file["good/data"][()] == 1
        assert ("bad" in file) != (".errors/bad" in file)


def test_that_a_file_that_cannot_be_made_is_the_callers_error(tmp_path: Path) -> None:
    results = Pipeline(data=np.ones(3)).add(number).execute()

    with pytest.raises(OSError, match="nowhere"):
        results.save_hdf5(tmp_path / "nowhere" / "x.h5")


def test_that_importing_the_package_needs_the_standard_library_only() -> None:
    import subprocess

    code = (
        "import sys, damnit_ctx; damnit_ctx.Pipeline().add([]); "
        "assert not {'numpy', 'h5py', 'xarray', 'extra_data'} & set(sys.modules)"
    )
    package = Path(sys.modules["damnit_ctx"].__file__ or "").parent.parent

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(package)})


# -- at once, within each other, from anywhere


def test_that_pipelines_in_threads_have_their_own_results() -> None:
    code = """
    @Variable
    def first(run): return run
    @Variable
    def second(run, x: "var#first", scale: "param#scale"):
        inner = Pipeline.from_str("from damnit_ctx import Variable\\n@Variable\\ndef first(run): return run + 1000")
        Pipeline.default().add(inner.vars["first"])
        return x * scale + inner.execute(run).cells["first"].data + len(Pipeline.default().vars)
    """
    shared = text(code)

    def compute(number: int) -> list[Any]:
        own = text(code) if number % 2 else shared
        found = [values(own, data=number, param_values={"scale": 10}) for _ in range(5)]
        return [one["second"] for one in found]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(compute, range(24)))

    assert results == [[n * 10 + n + 1000 + 1] * 5 for n in range(24)]


def test_that_pipelines_nest_as_deep_as_one_likes() -> None:
    pipeline = text(
        """
        @Variable
        def depth(run, number: "meta#run_number", level: "param#level" = 0):
            if level == 10:
                return number
            inner = Pipeline(1, number + 1, data=run, param_values={"level": level + 1}).add(depth)
            return inner.execute().cells["depth"].data * 2
        """
    )

    assert values(pipeline.with_context(proposal=1, run_number=5), data=0) == {"depth": 15 * 2**10}


def test_that_a_context_file_may_be_named_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "ctx.py").write_text(
        HEADER + "import os\n@Variable\ndef where(run): return os.path.basename(os.getcwd())\n"
    )
    monkeypatch.chdir(tmp_path)

    pipeline = Pipeline.from_context_file("one/ctx.py")
    monkeypatch.chdir("/")

    assert values(pipeline, data=1) == {"where": "one"}
    assert Path.cwd() == Path("/")


def test_that_a_pipeline_computes_anew_each_time() -> None:
    pipeline = text(
        """
        @Variable
        def twice(run): return run * 2 if run else 1 / run
        @Variable
        def more(run, x: "var#twice" = -1): return x + 1
        """
    )

    first, failed, again = (pipeline.execute(data) for data in (5, 0, 7))

    assert (first.cells["more"].data, again.cells["more"].data) == (11, 15)
    assert (failed.cells["more"].data, list(failed.errors)) == (0, ["twice"])
    assert pipeline.results is again
    assert (list(first.errors), list(again.errors)) == ([], [])


def test_that_settings_are_copied_not_shared() -> None:
    given = {"more": 1}
    pipeline = Pipeline(data=1, param_values=given).add(number, total)
    copy = pipeline.with_context(param_values={"more": 5})
    given["more"] = 100

    assert values(pipeline)["total"] == 3
    assert values(copy)["total"] == 7
    assert pipeline.copy().param_values == {"more": 1}
    assert copy.execute(data=0, param_values={"more": 0}).cells["total"].data == 0


def test_that_empty_data_are_data() -> None:
    for nothing in (0, "", [], {}, False, np.array([])):
        assert text("@Variable\ndef kind(run): return type(run).__name__").execute(nothing).cells["kind"].data == (
            type(nothing).__name__
        )


def test_that_saving_keeps_to_what_belongs_in_a_file(tmp_path: Path) -> None:
    results = text(
        """
        @Variable
        def good(run): return [1, 2]
        @Variable(transient=True)
        def hidden(run): return 1
        @Variable(transient=True)
        def hidden_error(run): return 1 / 0
        @Variable
        def nothing(run): return None
        @Variable
        def skipped(run): raise Skip("no")
        @Variable
        def user(run, x: "var#skipped"): return 1
        @Variable
        def shown(run): return Cell(None, summary_value=5, preview=[1, 2])
        """
    ).execute(data=1)

    results.save_hdf5(tmp_path / "x.h5")

    with h5py.File(tmp_path / "x.h5") as file:
        assert set(file) == {"good", ".reduced", ".preview", ".errors"}
        assert set(file[".reduced"]) == {"good", "shown"}
        assert set(file[".preview"]) == {"shown"}
        assert {name: error.attrs["type"] for name, error in file[".errors"].items()} == dict.fromkeys(
            ("skipped", "user"), "Skip"
        )
    assert set(results.errors) == {"hidden_error", "skipped", "user"}


def test_that_a_pipeline_says_what_only_one_variable_suffers_from() -> None:
    pipeline = text("@Variable\ndef odd(run, x): return 1\n@Variable\ndef good(run): return 1")

    results = pipeline.execute(data=1)

    assert results.cells["good"].data == 1
    assert "needs an annotation" in str(results.errors["odd"])


def test_that_context_files_in_threads_leave_the_process_as_it_was(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)
    pipelines = []
    for number in range(4):
        folder = tmp_path / f"f{number}"
        folder.mkdir()
        (folder / "ctx.py").write_text(HEADER + f"@Variable\ndef v(run):\n    run.wait(60)\n    return {number}\n")
        pipelines.append(Pipeline.from_context_file(folder / "ctx.py"))
    before = Path.cwd(), list(sys.path), sys.modules.get("damnit_context")

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda pipeline: pipeline.execute(barrier), pipelines))

    assert [one.cells["v"].data for one in results] == [0, 1, 2, 3]
    assert (Path.cwd(), list(sys.path), sys.modules.get("damnit_context")) == before

"""Values from outside of the context file: the facility's catalogue and parameters."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damnit_ctx.metadata import SETTING, Catalogue, ExtraProposal, InMemory, MetadataError, MetadataSource
from damnit_ctx.problem import Problem

Execute = Callable[..., Any]

KNOWN = {"run_type": "calibration", "sample_name": "Lysozyme", "techniques": [{"name": "SFX", "id": 5}]}


@pytest.fixture(params=["memory", "extra_proposal", "plugged in"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MetadataSource | None:
    """Each kind of source, with the metadata of run 2 of proposal 1; None: what the environment says."""
    if request.param == "memory":
        return InMemory({(1, 2): KNOWN})
    module = types.ModuleType("a_catalogue")
    if request.param == "plugged in":
        module.Source = lambda: InMemory({(1, 2): KNOWN})  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "a_catalogue", module)
        monkeypatch.setenv(SETTING, "a_catalogue:Source")
        return None

    class Proposal:
        def __init__(self, number: int) -> None:
            assert number == 1

        def __getitem__(self, run: int) -> Any:
            if run != 2:
                raise ConnectionError("no such run")
            return types.SimpleNamespace(**{name: lambda value=value: value for name, value in KNOWN.items()})

    module.Proposal = Proposal  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "extra_proposal", module)
    monkeypatch.delenv(SETTING, raising=False)
    return None


def test_that_every_source_gives_what_the_catalogue_says(source: MetadataSource | None) -> None:
    catalogue = Catalogue(1, 2, source)

    assert {name: catalogue.value(name) for name in KNOWN} == KNOWN


def test_that_every_source_says_what_it_does_not_have(source: MetadataSource | None) -> None:
    with pytest.raises(MetadataError, match="catalogue of runs cannot be asked"):
        Catalogue(1, 3, source).value("run_type")


def test_that_the_catalogue_is_asked_once_for_each_name_and_only_if_used(execute: Execute) -> None:
    source = InMemory({(1, 2): KNOWN})
    text = """
    @Variable
    def unrelated(run): return 1
    """

    execute(text, catalogue=Catalogue(1, 2, source))
    assert source.asked == 0

    done = execute(
        text
        + """
    @Variable
    def first(run, kind: "mymdc#run_type", sample: "mymdc#sample_name"): return f"{kind} {sample}"
    @Variable
    def second(run, kind: "mymdc#run_type", all: "mymdc#techniques"): return f"{kind} {all[0]['name']}"
    """,
        catalogue=Catalogue(1, 2, source),
    )
    assert (done.read("first/data"), done.read("second/data")) == ("calibration Lysozyme", "calibration SFX")
    assert source.asked == 3


def test_that_a_failing_catalogue_is_asked_no_more_and_defaults_are_used(execute: Execute) -> None:
    source = InMemory({})

    done = execute(
        """
        @Variable
        def kind(run, x: "mymdc#run_type"): return x
        @Variable
        def sample(run, x: "mymdc#sample_name"): return x
        @Variable
        def default(run, x: "mymdc#sample_name" = "unknown"): return x
        @Variable
        def other(run): return 1
        """,
        catalogue=Catalogue(1, 2, source),
    )

    assert source.asked == 1
    assert done.attributes(".errors/kind")["type"] == "MetadataError"
    assert "There is no run_type of run 2" in done.read(".errors/kind")
    assert done.outcome("sample")["error_cls"] == "MetadataError"
    assert (done.read("default/data"), done.read("other/data")) == ("unknown", 1)


def test_that_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "extra_proposal", None)

    with pytest.raises(MetadataError, match="EXtra-proposal"):
        ExtraProposal().value(1, 2, "run_type")


@pytest.mark.parametrize("setting", ["nonsense", "no_such_package:Source", "json:nothing", ":", "json:"])
def test_that_a_setting_that_names_no_source_says_so(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, setting)

    with pytest.raises(MetadataError, match="names no metadata source"):
        Catalogue(1, 2).value("run_type")


def test_that_unknown_metadata_are_a_problem(problems_of: Callable[[str], list[Problem]]) -> None:
    (weather, nothing) = problems_of(
        """
        from damnit_ctx import Variable
        @Variable
        def a(run, x: "mymdc#weather", y: "param#"): ...
        """
    )

    assert "mymdc# knows run_type, sample_name, techniques" in weather.message
    assert "followed by a name" in nothing.message


PARAMS = """
@Variable
def gain(run, value: "param#gain"): return value
@Variable
def offset(run, value: "param#offset" = 5): return value
@Variable
def both(run, a: "param#gain", b: "param#limit"): return 1
@Variable
def dependant(run, a: "var#gain"): return a
"""


def test_that_parameters_come_from_outside(execute: Execute) -> None:
    done = execute(PARAMS, params={"gain": 2.5, "offset": 7, "unused": 1})

    assert [done.read(f"{name}/data") for name in ("gain", "offset", "dependant")] == [2.5, 7, 2.5]


def test_that_a_parameter_without_value_and_default_skips_its_variable_and_says_so(execute: Execute) -> None:
    done = execute(PARAMS)

    assert done.attributes(".errors/gain")["type"] == "Skip"
    assert done.read(".errors/gain") == "No value is given for param#gain"
    assert done.read(".errors/both") == "No value is given for param#gain, param#limit"
    assert done.attributes(".errors/dependant")["type"] == "Skip"
    assert done.read("offset/data") == 5


def test_that_a_path_is_a_path(execute: Execute) -> None:
    done = execute(
        """
        @Variable
        def path(run, p: "meta#proposal_path"): return f"{p.name} {type(p).__mro__[-2].__name__}"
        """
    )

    assert done.read("path/data") == f"p000001 {Path.__mro__[-2].__name__}"

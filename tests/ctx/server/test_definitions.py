"""Groups, parameters and pipelines through the whole protocol, from the context file to the fragments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
from damnit_ctx import Pipeline

TEXT = """
from damnit_ctx import Group, Pipeline

@Group(tags="motors")
class Motor:
    factor: float = 1

    @Variable("Trains", units="1")
    def trains(self, run, gain: "param#gain"):
        return len(run.train_ids) * self.factor * gain

    @Variable(data="proc")
    def calibrated(self, run):
        return "TEST/MOTOR/CALIBRATED" in run.all_sources

@Group
class Pair:
    one: Motor
    other: Motor = None

    @Variable
    def profile(self, run, trains: "self#one.trains"):
        return xr.DataArray(np.arange(trains), dims="x", name="profile")

    @Variable
    def unneeded(self, run, trains: "self#other.trains"):
        return 1

first = Motor()
pair = Pair(one=first)
deep = Pair(one=Motor(factor=2, title="Deep motor"))

@Variable
def lacking(run, x: "param#no_such_value"): return x

@Variable
def nested(run, number: "meta#run_number"):
    def double(data): return 2 * data
    inner = Pipeline(1, 99, data=21, param_values={"gain": -1}).add(Variable("Inner")(double))
    return inner.execute().cells["double"].data + number

Pipeline.default().add(Motor(name="added", factor=3))
"""


def places(paths: list[Path]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        with h5py.File(path) as file:
            file.visit(found.add)
    return found


def test_that_groups_parameters_and_pipelines_run(
    load_in: Callable[[str], dict[str, Any]],
    run_in: Callable[..., None],
    client: Any,
    results: Callable[[], Any],
) -> None:
    loaded = load_in(TEXT)
    variables = {v["name"]: v for v in loaded["variables"]}
    assert variables["first.trains"]["title"] == "first/Trains"
    assert variables["deep.one.trains"]["title"] == "Deep motor/Trains"
    assert variables["deep.profile"]["depends"] == ["deep.one.trains"]
    assert variables["first.calibrated"]["data"] == "proc"
    assert variables["first.trains"]["tags"] == ["motors"]
    assert variables["first.trains"]["line"] == 12
    assert "pair.unneeded" not in variables

    run_in(params={"gain": 4})
    assert client.until("done")["outcome"] == "ok"

    found = results()
    assert found.read("first.trains/data") == 20
    assert found.read("deep.one.trains/data") == 40
    assert found.read("added.trains/data") == 60
    assert bool(found.read("added.calibrated/data"))
    assert found.attributes(".reduced/first.trains")["units"] == "1"
    assert found.read("pair.profile/profile").tolist() == list(range(20))
    assert found.read("nested/data") == 43
    assert found.read(".errors/lacking") == "No value is given for param#no_such_value"
    assert {e["variable"] for e in client.events if e["event"] == "finished"} == set(variables)


def test_that_one_variable_of_a_group_is_run_with_what_it_needs(
    load_in: Callable[[str], dict[str, Any]],
    run_in: Callable[..., None],
    client: Any,
) -> None:
    load_in(TEXT)

    run_in(variables=["pair.profile"], params={"gain": 1})
    client.until("done", outcome="ok")

    assert [e["variable"] for e in client.events if e["event"] == "finished"] == ["first.trains", "pair.profile"]


def test_that_a_pipeline_of_the_file_saves_the_same_file(
    load_in: Callable[[str], dict[str, Any]],
    run_in: Callable[..., None],
    client: Any,
    folder: Path,
    proposal_path: Path,
    tmp_path: Path,
) -> None:
    from extra_data import open_run

    load_in(TEXT)
    run_in(params={"gain": 4})
    client.until("done", outcome="ok")
    pipeline = Pipeline.from_context_file(folder / "context.py").with_context(proposal=700000, run_number=1)

    results = pipeline.execute(data=open_run(str(proposal_path), 1, data="all"), param_values={"gain": 4})
    results.save_hdf5(tmp_path / "saved.h5")

    assert places([tmp_path / "saved.h5"]) == places(client.fragments()) - {".preview"}
    with h5py.File(tmp_path / "saved.h5") as saved:
        for path in client.fragments():
            with h5py.File(path) as fragment:
                for place in (p for p in places([path]) if isinstance(fragment[p], h5py.Dataset)):
                    assert saved[place].dtype == fragment[place].dtype, place
                    assert "start_time" in place or str(saved[place][()]) == str(fragment[place][()]), place
                    assert str(dict(saved[place].attrs)) == str(dict(fragment[place].attrs)) or "profile" in place

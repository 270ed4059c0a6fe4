"""The example context file, run by the real context process on simulated runs."""

import asyncio
import re
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import pytest

import damnit_backend.simulator
from damnit_backend.contextproc.process import ContextProcess
from damnit_backend.contextproc.protocol import Done, Finished, Loaded, Run
from damnit_backend.simulator import Beamtime, RunKind, RunPlan, sources

EXAMPLE = Path(damnit_backend.simulator.__file__).with_name("example_context.py")


@dataclass(frozen=True)
class Results:
    """What a run gave: `finished` and `values` (what the table shows, or the attributes' units) by Variable."""

    plan: RunPlan
    finished: dict[str, Finished]
    summaries: dict[str, Any]
    attributes: dict[str, dict[str, Any]]

    def failed(self, kind: str) -> set[str]:
        return {name for name, event in self.finished.items() if event.outcome == kind}


@pytest.fixture(scope="module")
def results(written: Beamtime, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Results]:
    return asyncio.run(execute(written, tmp_path_factory.mktemp("amore")))


async def execute(beamtime: Beamtime, folder: Path) -> dict[int, Results]:
    process = await ContextProcess.start(None, folder)
    try:
        loaded = await process.load(EXAMPLE, folder)
        assert isinstance(loaded, Loaded), loaded
        return {run: await execute_run(process, beamtime, run, folder / f"r{run}") for run in range(1, 6)}
    finally:
        await process.close()


async def execute_run(process: ContextProcess, beamtime: Beamtime, run: int, fragments: Path) -> Results:
    plan = beamtime.plan(run)
    request = Run(
        id=0, proposal=beamtime.options.proposal, run=run, proposal_path=str(beamtime.proposal_path),
        data="all" if plan.calibrated else "raw", trigger=None, variables=None,
        fragments=str(fragments), log=str(fragments.with_suffix(".out")),
    )  # fmt: skip
    events = [event async for event in process.run(request)]
    assert isinstance(events[-1], Done)
    assert events[-1].outcome == "ok"
    finished = {event.variable: event for event in events if isinstance(event, Finished)}
    summaries, attributes = read_summaries(fragments)
    return Results(plan, finished, summaries, attributes)


def read_summaries(fragments: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    summaries: dict[str, Any] = {}
    attributes: dict[str, dict[str, Any]] = {}
    for path in fragments.glob("*.ready.h5"):
        with h5py.File(path) as file:
            for name, dataset in file[".reduced"].items():
                value = dataset[()]
                summaries[name] = value.decode() if isinstance(value, bytes) else value
                attributes[name] = dict(dataset.attrs)
    return summaries, attributes


def only(results: dict[int, Results], kind: RunKind) -> Results:
    """The first complete run of a kind."""
    return next(result for result in results.values() if result.plan.kind is kind and not result.plan.missing)


def test_that_it_names_the_sources_as_the_simulator_does() -> None:
    names = {value for value in vars(sources).values() if isinstance(value, str)}
    for name, value in runpy.run_path(str(EXAMPLE)).items():
        if name.isupper() and isinstance(value, str):
            assert value in names, name
    keys = re.findall(r'run\[\w+, "([^"]+)"\]', EXAMPLE.read_text(encoding="utf-8"))
    assert len(keys) > 8
    assert set(keys) <= names


def test_that_everything_is_computed_for_a_scan(results: dict[int, Results]) -> None:
    scan = only(results, RunKind.SCAN)
    assert not scan.failed("skip") | scan.failed("error")
    assert len(scan.finished) >= 15
    assert scan.summaries["label"] == f"r0002, {scan.plan.sample.name}"
    assert scan.summaries["jet_centre"] == pytest.approx(scan.plan.jet_position, abs=0.05)
    assert bytes(scan.summaries["jet_scan"]).startswith(b"\x89PNG")
    assert scan.attributes["spot_position"]["bold"]


def test_that_numbers_of_a_data_run_are_those_of_the_plan(results: dict[int, Results]) -> None:
    data = only(results, RunKind.DATA)
    plan, summaries = data.plan, data.summaries
    assert not data.failed("error")
    assert data.failed("skip") == {"jet_centre", "jet_scan"}
    assert summaries["sample"] == plan.sample.name
    assert summaries["pulse_energy"] == pytest.approx(plan.pulse_energy, rel=0.1)
    assert summaries["transmission"] == pytest.approx(plan.sample.transmission, abs=0.03)
    assert summaries["hit_rate"] == pytest.approx(100 * plan.hit_rate, abs=30)
    assert summaries["ring_radius"] == pytest.approx(plan.sample.ring * 16, abs=1.5)
    assert data.attributes["photon_energy"]["units"] == "keV"
    assert data.attributes["motor"]["summary_type"] == "trendline"
    assert not data.attributes["spot_position"]["bold"]


def test_that_a_dark_run_shows_an_error_and_skips(results: dict[int, Results]) -> None:
    dark = only(results, RunKind.DARK)
    assert dark.failed("error") == {"pulse_spacing"}
    assert dark.finished["pulse_spacing"].error_cls == "ZeroDivisionError"
    assert dark.failed("skip") == {"spot_position", "transmission", "jet_centre", "jet_scan"}
    assert dark.finished["transmission"].message == "dark run"
    assert "detector_image" not in dark.finished


def test_that_a_missing_camera_fails_its_own_cells_only(results: dict[int, Results]) -> None:
    (lacking,) = [result for result in results.values() if sources.CAMERA in result.plan.missing]
    assert lacking.failed("error") == {"camera_image"}
    assert lacking.finished["camera_image"].error_cls == "SourceNameError"
    assert lacking.failed("skip") == {"spot_position", "jet_centre", "jet_scan"}
    assert {"transmission", "hit_rate"} <= set(lacking.summaries)


def test_that_a_transient_result_is_not_saved(results: dict[int, Results]) -> None:
    assert all("xgm_energies" not in result.summaries for result in results.values())


def test_that_every_variable_is_cheap(results: dict[int, Results]) -> None:
    slow = [event for result in results.values() for event in result.finished.values() if event.seconds > 1.0]
    assert not slow

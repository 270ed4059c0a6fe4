"""Executing a pipeline in the process that asks for it."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from pathlib import Path
from typing import Any, Protocol

from damnit_ctx import whereabouts
from damnit_ctx.context import LoadedContext
from damnit_ctx.definitions import Definitions, PipelineError
from damnit_ctx.entry import Entry
from damnit_ctx.execute import Executor, Plan
from damnit_ctx.inputs import Inputs
from damnit_ctx.metadata import Catalogue
from damnit_ctx.problem import Problem
from damnit_ctx.results import Results
from damnit_ctx.runs import CannotOpen, RunFiles, find_proposal, first_train_time


class Settings(Protocol):
    """What a pipeline says beside its definitions."""

    proposal: int | None
    run_number: int | None
    data: Any
    run_data: str | None
    param_values: Any


class _Memory:
    """Takes what a run's file would get."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def add(self, entry: Entry, record: dict[str, Any] | None) -> None:  # noqa: ARG002  (no file for it)
        self._results.keep(entry)

    def settle(self) -> None:
        pass


def compute(definitions: Definitions, settings: Settings) -> Results:
    """The results of all Variables. Raises PipelineError and CannotOpen."""
    context = definitions.loaded
    names = list(definitions.nodes)
    if definitions.origin.folder is None:
        context = dataclasses.replace(context, folder=Path.cwd())
    results = Results()
    run = settings.data
    if run is None:
        files = _files(settings)
        run = files.open()
        results.keep_start_time(files.start_time(run))
    elif hasattr(run, "train_timestamps"):
        results.keep_start_time(first_train_time(run))
    plan = Plan(tuple(context.order(names)))
    catalogue = Catalogue(settings.proposal, settings.run_number)
    inputs = Inputs(_meta(settings, context, plan), settings.param_values, catalogue)
    with whereabouts.kept():
        if definitions.origin.folder is not None:
            whereabouts.enter(context.path, context.folder)
        if context.module.__name__ == whereabouts.MODULE_NAME:
            sys.modules[whereabouts.MODULE_NAME] = context.module
        Executor(context, plan, run, inputs, _Memory(results), _ignore, results).execute()
    return results


def _files(settings: Settings) -> RunFiles:
    proposal, run = settings.proposal, settings.run_number
    if proposal is None or run is None:
        raise PipelineError([Problem("There is nothing to compute on: give data, or proposal and run_number")])
    path = find_proposal(proposal)
    calibrated = settings.run_data in ("proc", "all")
    if settings.run_data is None:
        calibrated = (path / "proc" / f"r{run:04d}").is_dir()
    return RunFiles(proposal, run, path, "all" if calibrated else "raw")


def _meta(settings: Settings, context: LoadedContext, plan: Plan) -> dict[str, Any]:
    """What is known of the run; its path is only looked for if a Variable asks for it."""
    meta: dict[str, Any] = {"proposal": settings.proposal, "run_number": settings.run_number}
    asked = {(a.prefix, a.target) for name in plan.order for a in context.nodes[name].arguments}
    if settings.proposal is not None and ("meta", "proposal_path") in asked:
        with contextlib.suppress(CannotOpen):  # those that ask for it are skipped, and say so
            meta["proposal_path"] = find_proposal(settings.proposal)
    return {name: value for name, value in meta.items() if value is not None}


def _ignore(event: dict[str, Any]) -> None:
    """Nobody follows the progress."""

"""`damnit simulate`: a beamtime without a beam."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from damnit_backend.core.keys import RunKey
from damnit_backend.simulator import Beamtime, BeamtimeOptions, play
from damnit_backend.triggers.run_directory import list_runs


def command(
    root: Annotated[
        Path, typer.Argument(help="Where the simulated facility's data go: ROOT/INSTRUMENT/CYCLE/pNNNNNN.")
    ],
    runs: Annotated[int, typer.Option(min=0, help="How many runs to take; 0: until stopped.")] = 5,
    interval: Annotated[float, typer.Option(min=0, help="Seconds from one run to the next.")] = 3.0,
    proposal: Annotated[int, typer.Option(help="Number of the proposal.")] = BeamtimeOptions.proposal,
    seed: Annotated[int, typer.Option(help="Another seed is another beamtime.")] = 1,
    trains: Annotated[int, typer.Option(help="Trains a run.")] = BeamtimeOptions.trains,
) -> None:
    """Write runs of a simulated beamtime, in the European XFEL's file format.

    Raw data come every few seconds, calibrated data of the detector one run later. Calling it again takes further
    runs of the same beamtime.
    """
    beamtime = Beamtime(root, BeamtimeOptions(proposal=proposal, seed=seed, trains=trains))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    first = 1 + max((found.run for found in _existing(beamtime.proposal_path)), default=0)
    numbers = range(first, first + runs if runs else 10_000)
    play(beamtime, numbers, interval, wait=stopped.wait, report=_report)


def _existing(proposal_path: Path) -> list[RunKey]:
    try:
        return [RunKey(0, directory.run) for directory in list_runs(proposal_path)]
    except FileNotFoundError:
        return []


def _report(stage: str, run: int, path: Path) -> None:
    typer.echo(f"run {run}: {stage} data in {path}")

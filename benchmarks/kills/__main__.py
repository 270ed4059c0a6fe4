"""`python -m benchmarks.kills`: exits with 1, and says what, if anything was lost or is damaged."""

import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from damnit_backend.core.errors import UserError
from damnit_backend.store.jobs import Request, add_jobs
from damnit_backend.store.opening import open_database

from .cast import Cast
from .faults import Faults
from .scene import make_scene
from .verdict import cells_seen, runs_without_results, verdict

SETTLE_SECONDS = 240.0
LONGEST_PEACE = 2.5
"""Seconds between two kills, at most."""


class Report(msgspec.Struct):
    """What was done, and what is wrong afterwards."""

    seed: int
    journal: str
    seconds: float
    kills: dict[str, int]
    faults: dict[str, int]
    runs: int
    accepted_edits: int
    set_aside: int
    """Runs whose job was given up because its workers had been killed too often; they were asked for again."""
    wrong: list[str]


def perform(directory: Path, kills: int, seed: int, journal: str, faults_wanted: bool) -> Report:
    """Kill and hinder until so many have died, then let everything settle and look."""
    chance = random.Random(seed)
    begun = time.monotonic()
    with make_scene(directory, journal=journal) as scene:
        cast = Cast(scene, chance)
        faults = Faults(cast, chance)
        seen: set[tuple[int, str]] = set()
        done = 0
        try:
            while done < kills:
                cast.on_stage()
                cast.load()
                time.sleep(chance.uniform(0.0, LONGEST_PEACE))
                if faults_wanted and chance.random() < 0.08:
                    faults.one()
                with contextlib.suppress(UserError):
                    seen |= cells_seen(scene.folder)
                cast.kill_one()
                done = sum(cast.deaths.values())
            settled = cast.wait_until_done(SETTLE_SECONDS)
            given_up = runs_without_results(scene.folder, scene.beamtime.options.proposal, cast.runs)
            with open_database(scene.folder) as database:
                add_jobs(database, [Request(key, asked_by="kills") for key in given_up])
            settled &= cast.wait_until_done(SETTLE_SECONDS)
        finally:
            cast.leave()
        accepted = Path(cast.record)
        wrong = [] if settled else ["the queue did not become empty"]
        wrong += verdict(scene, cast.runs, accepted, seen)
        return Report(
            seed, journal, round(time.monotonic() - begun, 1), dict(cast.deaths), dict(faults.counts), cast.runs,
            len(accepted.read_bytes().splitlines()) if accepted.exists() else 0, len(given_up), wrong,
        )  # fmt: skip


def main(
    kills: Annotated[int, typer.Option(help="So many processes are killed.")] = 300,
    seed: Annotated[int, typer.Option(help="Another seed kills at other instants.")] = 1,
    journal: Annotated[Literal["wal", "delete"], typer.Option(help="The database's journal.")] = "wal",
    faults: Annotated[bool, typer.Option(help="Also lock the database, fill the disk, make it read-only.")] = True,
    keep: Annotated[Path | None, typer.Option(help="An empty directory for everything, kept afterwards.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Kill listeners, workers and windows of a loaded beamtime at random instants; then look whether all is there."""
    with contextlib.ExitStack() as stack:
        directory = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="damnit-kills-")))
        directory.mkdir(parents=True, exist_ok=True)
        report = perform(directory, kills, seed, journal, faults)
    if json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report)).decode() + "\n")
    else:
        print(f"{sum(report.kills.values())} kills in {report.seconds:.0f} s with seed {seed}: {report.kills}")
        print(f"faults: {report.faults}; {report.runs} runs, {report.accepted_edits} accepted edits")
        print("\n".join(report.wrong) or "Nothing is lost, everything is intact.")
    raise typer.Exit(1 if report.wrong else 0)


if __name__ == "__main__":
    typer.run(main)

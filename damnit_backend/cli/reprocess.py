"""`damnit reprocess`: compute Variables of runs anew."""

import asyncio
import contextlib
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from damnit_backend.control.listener import live_lease, request_exactly, request_reprocess
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey, Stage, parse_runs
from damnit_backend.core.settings import Settings, load_settings
from damnit_backend.listener.proposals import Proposals
from damnit_backend.listener.service import Listener
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder, require_folder
from damnit_backend.store.jobs import Job, read_jobs
from damnit_backend.store.lease import LeaseLostError, ListenerExistsError
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.settings import folder_proposal
from damnit_backend.store.stale import Today, to_compute
from damnit_backend.store.stale_values import read_run_keys, read_stale
from damnit_backend.store.stale_words import explained
from damnit_backend.store.table import read_variables
from damnit_backend.triggers.run_directory import list_runs

from .options import FolderArgument
from .stale import load_today, print_stale

POLL_SECONDS = 0.2
ENDED = ("done", "failed", "cancelled")


def command(
    folder: FolderArgument,
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUNS...", help="Runs such as 7, 3-9 or 1,4,8-12; or: all", show_default=False),
    ] = None,
    proposal: Annotated[int | None, typer.Option(help="Runs of another proposal than the folder's.")] = None,
    match: Annotated[
        str, typer.Option(help="Only Variables with this text in their name or title, and what they need.")
    ] = "",
    stage: Annotated[Stage | None, typer.Option(help="Only Variables that use raw, or calibrated, data.")] = None,
    stale: Annotated[
        bool,
        typer.Option(
            "--stale",
            help="Only values made by other code, parameters or dependencies than today's, and what depends on them;"
            " of all runs if none are given.",
        ),
    ] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="With --stale: also values of which nobody noted the code.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --stale: only say what and why.")] = False,
    wait: Annotated[bool, typer.Option(help="Show progress and wait for the end.")] = True,
) -> None:
    """Compute Variables of runs anew, with today's context file.

    The folder's listener does the work, after new runs; where none is running, this command does it itself.
    """
    settings = load_settings()
    found = require_folder(folder, settings)
    if stale:
        if match or stage:
            raise UserError("--stale finds out by itself what is to be computed.", "Leave out --match and --stage.")
        wanted = _stale(found, settings, runs or ["all"], proposal, unknown)
        if dry_run or not wanted:
            return
        jobs = request_exactly(found, wanted)
    elif unknown or dry_run:
        raise UserError("--unknown and --dry-run go with --stale.")
    else:
        keys = _keys(found, settings, runs or [], proposal)
        jobs = request_reprocess(found, keys, _matching(found, match) if match else None, stage)
    if not wait and _is_served(found):
        typer.echo(f"Queued {len(jobs)} run{'s' if len(jobs) > 1 else ''}.")
        return
    ended = asyncio.run(_follow(found, settings, jobs))
    failed = [job for job in ended if job.state != "done"]
    for job in ended:
        if job.message:
            typer.echo(f"run {job.request.key.run}: {job.message}")
    typer.echo(f"{len(ended) - len(failed)} of {len(jobs)} runs processed.")
    if failed:
        raise typer.Exit(1)


def _stale(
    folder: Folder, settings: Settings, texts: list[str], proposal: int | None, unknown: bool
) -> dict[RunKey, list[str]]:
    """What is to be computed in which run; prints what is stale, and why."""
    today = load_today(folder, settings)
    known = {variable.name: variable for variable in today.variables}
    with open_for_reading(folder) as database:
        keys = None
        if texts != ["all"] or proposal is not None:
            keys = _rows(database, texts, proposal)
        found = read_stale(database, keys, unknown=unknown, known=known)
        words = explained(database, found, {name: variable.text for name, variable in known.items()})
    if not found:
        typer.echo("Nothing is stale.")
        return {}
    print_stale(found, words)
    typer.echo(f"{len(words)} values in {len(found)} runs are stale.")
    variables = Today(known)
    return {run.key: to_compute(variables, run.made, run.reasons) for run in found}


def _rows(database: Database, texts: list[str], proposal: int | None) -> list[RunKey]:
    """Rows of the table: some runs, or all of a proposal."""
    number = proposal if proposal is not None else folder_proposal(database)
    if number is None:
        raise UserError("This folder has no proposal of its own.", "Add for example: --proposal 1234")
    runs = [key.run for key in read_run_keys(database) if key.proposal == number]
    return [RunKey(number, run) for run in (runs if texts == ["all"] else parse_runs(texts))]


def _keys(folder: Folder, settings: Settings, texts: list[str], proposal: int | None) -> list[RunKey]:
    with open_for_reading(folder) as database:
        number = proposal if proposal is not None else folder_proposal(database)
    if number is None:
        raise UserError("This folder has no proposal of its own.", "Add for example: --proposal 1234")
    path = Proposals(folder, settings).path(number)
    try:
        there = sorted({directory.run for directory in list_runs(path) if directory.stage == "raw"})
    except OSError as error:
        raise UserError(f"The runs of proposal {number} cannot be listed: {error}.") from error
    wanted = there if texts == ["all"] else parse_runs(texts)
    missing = sorted(set(wanted) - set(there))
    if missing or not wanted:
        shown = ", ".join(map(str, missing[:10])) or "at all"
        raise UserError(f"There are no raw data in {path}/raw for run {shown}.", f"It has {_span(there)}.")
    return [RunKey(number, run) for run in wanted]


def _span(runs: list[int]) -> str:
    return f"{len(runs)} runs, from {runs[0]} to {runs[-1]}" if runs else "no runs"


def _matching(folder: Folder, text: str) -> list[str]:
    with open_for_reading(folder) as database:
        variables = read_variables(database)
    lower = text.lower()
    names = [v.name for v in variables if not v.editable and (lower in v.name.lower() or lower in v.title.lower())]
    if not names:
        raise UserError(f"No Variable has {text!r} in its name or title.", "damnit check lists them.")
    return names


class _OwnListener:
    """Does the work in this process for as long as no other listener serves the folder."""

    def __init__(self, folder: Folder, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._listener: Listener | None = None
        self._task: asyncio.Task[None] | None = None

    async def step_in(self) -> None:
        """Begin, if nobody serves the folder any more. Raises what ended the work."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            with contextlib.suppress(ListenerExistsError, LeaseLostError):  # another one does the work
                task.result()
        if self._task is None and not await asyncio.to_thread(_is_served, self._folder):
            self._listener = Listener(self._folder, self._settings, drain=True)
            self._task = asyncio.create_task(self._listener.run())

    async def end(self) -> None:
        """Break off what is in work; it stays in the queue."""
        if self._listener is not None and self._task is not None:
            self._listener.stop()
            await asyncio.gather(self._task, return_exceptions=True)


async def _follow(folder: Folder, settings: Settings, ids: list[int]) -> list[Job]:
    """Wait until the jobs have ended, showing progress; does the work itself while no listener serves the folder."""
    own = _OwnListener(folder, settings)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, transient=True) as progress:
            bar = progress.add_task("Processing", total=len(ids))
            while True:
                jobs = await asyncio.to_thread(_read, folder, ids)
                ended = [job for job in jobs if job.state in ENDED]
                running = ", ".join(f"r{job.request.key.run}" for job in jobs if job.state == "running")
                progress.update(bar, completed=len(ended), description=f"Processing {running}".strip())
                if len(ended) == len(jobs):
                    return sorted(ended, key=lambda job: job.request.key)
                await own.step_in()
                await asyncio.sleep(POLL_SECONDS)
    finally:
        await own.end()


def _is_served(folder: Folder) -> bool:
    with open_for_reading(folder) as database:
        return live_lease(database) is not None


def _read(folder: Folder, ids: list[int]) -> list[Job]:
    with open_for_reading(folder) as database:
        return read_jobs(database, ids)

"""`damnit history`: what was, who changed it, when, and which code made it."""

import time
from typing import Annotated

import msgspec
import typer

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.store.history import Change, Version, read_changes_of, read_history
from damnit_backend.store.settings import folder_proposal

from .cells import as_json, as_text
from .options import FolderArgument
from .reading import reading

WIDTH = 40
"""Characters of a value."""


def command(
    folder: FolderArgument,
    run: Annotated[int | None, typer.Argument(help="Only of this run.")] = None,
    variable: Annotated[str | None, typer.Argument(help="All values of this variable in the run.")] = None,
    proposal: Annotated[int | None, typer.Option(help="The run is of another proposal than the folder's.")] = None,
    limit: Annotated[int, typer.Option(help="How many changes are listed.", min=1)] = 30,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show the values that a variable had in a run; or the latest changes of a run, or of the whole folder.

    The number at the beginning of a line brings back what stands in it: damnit restore FOLDER NUMBER
    """
    with reading(folder) as database:
        if run is None or variable is None:
            changes = read_changes_of(database, run=run, proposal=proposal, limit=limit)
            entries = [change_facts(change) for change in changes]
            lines = [change_line(change) for change in changes]
        else:
            number = proposal if proposal is not None else folder_proposal(database)
            if number is None:
                raise UserError("This folder has no proposal of its own.", "Add for example: --proposal 1234")
            versions = read_history(database, CellKey(number, run, variable))
            if not versions:
                raise UserError(f"Run {run} of proposal {number} never had a value of {variable}.")
            entries = [version_facts(version) for version in versions]
            lines = [version_line(version) for version in versions]
    if json:
        typer.echo(msgspec.json.format(msgspec.json.encode(entries), indent=2).decode())
    else:
        typer.echo("\n".join(lines or ["Nothing was changed yet."]))


def version_line(version: Version) -> str:
    """One value: its number, the value, when and by whom it was made, by which code, and what became of it."""
    parts = [_when(version.cell.timestamp), _who(version.author, version.program)]
    if version.origin is not None and version.origin.code is not None:
        parts.append(f"code {version.origin.code[:8]}")
    if version.reason:
        parts.append(version.reason)
    if version.replaced_at is not None:
        what = "deleted" if version.deleted else "replaced"
        by = version.replaced_by or "another program"
        parts.append(f"{what} {_when(version.replaced_at)} by {by}")
    if version.former_file is not None or version.told:
        parts.append("with its full result")
    value = "(a picture that is not kept any more)" if version.pruned else _short(as_text(version.cell))
    return f"{'now' if version.id is None else version.id:>6}  {value or '(empty)':<{WIDTH}}  {', '.join(parts)}"


def change_line(change: Change) -> str:
    """One change: its number, when, who, and what was changed, with what had been there."""
    where = f"run {change.run.run} " if change.run else ""
    what = "deleted" if change.deleted else "changed"
    kind = {"value": "", "run": "", "time_comment": "comment "}.get(change.kind, f"{change.kind} ")
    former = as_text(change.former) if change.former else _row_text(change)
    line = f"{change.id:>6}  {_when(change.at)}  {change.by or 'another program'} {what} {where}{kind}{change.name}"
    return f"{line.rstrip()}, was: {_short(former) or '(empty)'}" + (f" ({change.reason})" if change.reason else "")


def version_facts(version: Version) -> dict[str, object]:
    """A value as plain data; times in seconds since 1970."""
    origin = version.origin
    return {
        "id": version.id, "value": as_json(version.cell), "made": version.cell.timestamp, "author": version.author,
        "host": version.host, "program": version.program, "reason": version.reason or None, "origin": origin,
        "replaced": version.replaced_at, "replaced_by": version.replaced_by, "deleted": version.deleted,
        "full_result": version.former_file is not None or version.told, "pruned": version.pruned,
    }  # fmt: skip


def change_facts(change: Change) -> dict[str, object]:
    former = as_json(change.former) if change.former else change.row
    return {
        "id": change.id, "kind": change.kind, "proposal": change.run and change.run.proposal,
        "run": change.run and change.run.run, "name": change.name or None, "deleted": change.deleted,
        "at": change.at, "by": change.by, "reason": change.reason or None, "former": former,
    }  # fmt: skip


def _row_text(change: Change) -> str:
    if set(change.row) == {"value"}:
        return str(change.row["value"])
    return ", ".join(f"{key} {value}" for key, value in change.row.items() if value not in (None, [], ""))


def _short(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _who(author: str | None, program: str | None) -> str:
    return author or program or "another program"


def _when(seconds: float | None) -> str:
    if seconds is None:
        return "at an unknown time"
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return "at an unknown time"

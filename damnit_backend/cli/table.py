"""`damnit table`: the run table, for programs and for people."""

import csv
import enum
import io
import sys
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from damnit_backend.core.keys import COMMENT, CellKey, parse_runs
from damnit_backend.core.texts import full_text
from damnit_backend.core.values import Kind
from damnit_backend.store.database import Database
from damnit_backend.store.table import TableSnapshot, read_run_infos, read_runs, read_table

from .cells import as_json, as_text
from .options import FolderArgument
from .reading import reading


class Format(enum.StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def command(
    folder: FolderArgument,
    format_: Annotated[
        Format, typer.Option("--format", help="text for people; json or csv for programs.")
    ] = Format.TEXT,
    runs: Annotated[str, typer.Option(help="Only these runs, such as 3,7-12.")] = "",
    titles: Annotated[bool, typer.Option("--titles", help="Titles in place of names.")] = False,
) -> None:
    """Print the run table.

    In JSON it is a list of objects, one a run: numbers, texts and truth values as they are, null for an empty cell,
    {"error", "error_cls"} for a Variable that failed or was skipped, {"trend": {"x", "y"}}, {"image": {"width",
    "height"}} and {"array": [...]} for the others.
    """
    with reading(folder) as database:
        snapshot = _only(database, set(parse_runs([runs]))) if runs else read_table(database)
    if format_ is Format.JSON:
        sys.stdout.write(json_table(snapshot, titles) + "\n")
    elif format_ is Format.CSV:
        sys.stdout.write(csv_table(snapshot, titles))
    else:
        print_table(snapshot)


def _only(database: Database, runs: set[int]) -> TableSnapshot:
    """Some runs of all proposals; the others, of which there may be very many, are not read."""
    return read_runs(database, [info.key for info in read_run_infos(database) if info.key.run in runs])


def _columns(snapshot: TableSnapshot) -> dict[str, str]:
    """Titles by name: the comment, the declared variables, then those that only have values."""
    columns = {COMMENT: "Comment"}
    columns.update((variable.name, variable.title) for variable in snapshot.variables)
    undeclared = sorted({cell.name for cell in snapshot.cells} - set(columns))
    return columns | {name: name for name in undeclared}


def _rows(snapshot: TableSnapshot, titles: bool) -> list[dict[str, object]]:
    columns = _columns(snapshot)
    rows: list[dict[str, object]] = []
    for run in snapshot.runs:
        row: dict[str, object] = {"proposal": run.key.proposal, "run": run.key.run, "start_time": run.start_time}
        for name, title in columns.items():
            row[title if titles else name] = as_json(snapshot.cells.get(CellKey(*run.key, name)))
        rows.append(row)
    return rows


def json_table(snapshot: TableSnapshot, titles: bool = False) -> str:
    return msgspec.json.format(msgspec.json.encode(_rows(snapshot, titles)), indent=2).decode()


def csv_table(snapshot: TableSnapshot, titles: bool = False) -> str:
    columns = _columns(snapshot)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["proposal", "run", "start_time", *(columns.values() if titles else columns)])
    for run in snapshot.runs:
        found = [snapshot.cells.get(CellKey(*run.key, name)) for name in columns]
        cells = ["" if cell is None else full_text(cell.value) for cell in found]
        writer.writerow([run.key.proposal, run.key.run, run.start_time, *cells])
    return buffer.getvalue()


def _has_numbers(snapshot: TableSnapshot, name: str) -> bool:
    """Whether all values of a column are numbers: those stand right, below each other."""
    cells = (snapshot.cells.get(CellKey(*run.key, name)) for run in snapshot.runs)
    kinds = {cell.kind for cell in cells if cell is not None} - {Kind.EMPTY, Kind.FAILURE}
    return kinds == {Kind.NUMBER}


def print_table(snapshot: TableSnapshot) -> None:
    """For people: one line a run, as wide as it needs to be when the output is not a terminal."""
    if not snapshot.runs:
        typer.echo("No runs yet.")
        return
    columns = {
        name: title
        for name, title in _columns(snapshot).items()
        if any(CellKey(*run.key, name) in snapshot.cells for run in snapshot.runs)
    }
    units = {variable.name: variable.units for variable in snapshot.variables}
    several = len({run.key.proposal for run in snapshot.runs}) > 1
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    if several:
        table.add_column("Proposal", justify="right", no_wrap=True)
    table.add_column("Run", justify="right", no_wrap=True)
    for name, title in columns.items():
        heading = Text(f"{title} [{units[name]}]" if units.get(name) else title)
        side: Literal["left", "right"] = "right" if _has_numbers(snapshot, name) else "left"
        table.add_column(heading, justify=side, no_wrap=True, max_width=28)
    for run in snapshot.runs:
        head = [str(run.key.proposal)] if several else []
        cells = [Text(as_text(snapshot.cells.get(CellKey(*run.key, name)))) for name in columns]
        table.add_row(*head, str(run.key.run), *cells)
    wide = Console(width=10_000).measure(table).maximum
    console = Console()
    Console(width=max(console.width, wide), soft_wrap=True).print(table)

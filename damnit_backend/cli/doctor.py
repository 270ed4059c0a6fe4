"""`damnit doctor`: is the folder in order, and what can be mended?"""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from damnit_backend.care.doctor import examine_folder
from damnit_backend.care.rebuild import rebuild_database
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Finding, Level, Report
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import Folder, has_database, resolve_folder

from .interruption import stopped_by_signals
from .options import FolderArgument
from .progress import showing_progress

_STYLES = {Level.OK: "green", Level.NOTICE: "cyan", Level.WARNING: "yellow", Level.ERROR: "bold red"}
_WIDE = 10_000


def command(
    folder: FolderArgument,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe. No result is ever deleted.")] = False,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild", help="Make the database anew from the results and what can be read; keep the old one."
        ),
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Open each file of results, but do not read it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    progress: Annotated[bool, typer.Option("--progress", hidden=True)] = False,
) -> None:
    """Check everything in a folder: database, results, permissions, listener, context file and what they need.

    Exit code 0: all is well, or there are only notices; 1: problems remain.
    """
    settings = load_settings()
    found = _folder(resolve_folder(folder, settings), folder)
    with stopped_by_signals("Stopped; not everything was checked."), showing_progress(progress) as told:
        done = (rebuild_database(found, told),) if rebuild else ()
        report = examine_folder(found, settings, quick=quick, fix=fix, progress=told)
        report = msgspec.structs.replace(report, findings=(*done, *report.findings))
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")
    else:
        print_report(report)
    if report.problems:
        raise typer.Exit(1)


def _folder(folder: Folder, named: str) -> Folder:
    """The folder, also if its database is lost: UserError if it was never one."""
    if not has_database(folder) and not folder.results.is_dir():
        raise UserError(
            f"{named} is not a DAMNIT folder: it has neither runs.sqlite nor {folder.results.name}.",
            "Check the spelling.",
        )
    return Folder(Path(folder.path).absolute())


def print_report(report: Report) -> None:
    """A line for each finding, with what belongs to it below."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(Text(report.folder), highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for column in ("level", "check", "what"):
        table.add_column(column, no_wrap=column != "what", overflow="fold")
    for finding in report.findings:
        level, style = ("mended", "green") if finding.mended else (str(finding.level), _STYLES[finding.level])
        table.add_row(Text(level, style), Text(finding.check), Text(finding.text))
        for line in _below(finding):
            table.add_row("", "", line)
    console.print(table)
    console.print(Text(report.verdict), highlight=False)


def _below(finding: Finding) -> list[Text]:
    """What a person who has to act reads below the sentence."""
    if finding.level is Level.OK:
        return []
    lines = [Text(f"→ {finding.mended}", "green")] if finding.mended else []
    if not finding.mended:
        lines += [Text(f"→ {finding.advice}")] if finding.advice else []
        lines += [Text(f"→ damnit doctor --fix would {finding.mend}.")] if finding.mend else []
    if finding.where:
        lines.append(Text(finding.where, "dim"))
    return lines + [Text(f"· {line}", "dim") for line in finding.details]

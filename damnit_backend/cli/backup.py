"""`damnit backup`: one consistent copy of a folder, in a single file."""

import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from damnit_backend.care.backup import Manifest, make_backup
from damnit_backend.core.settings import load_settings
from damnit_backend.store.folder import require_folder

from .interruption import stopped_by_signals
from .options import FolderArgument
from .progress import showing_progress


def command(
    folder: FolderArgument,
    file: Annotated[Path, typer.Argument(help="The tar file to be made, such as p1234.tar.", show_default=False)],
    with_logs: Annotated[bool, typer.Option("--with-logs", help="Also the logs of the processing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is in it, for programs.")] = False,
    progress: Annotated[bool, typer.Option("--progress", hidden=True)] = False,
) -> None:
    """Copy a folder into one tar file while everything runs: table, results, former results and context file.

    Table and results are those of one moment. Unpack it with: tar xf FILE
    """
    found = require_folder(folder, load_settings())
    begin = time.monotonic()
    with stopped_by_signals("No backup was made, and nothing was left behind."), showing_progress(progress) as told:
        manifest = make_backup(found, file, with_logs=with_logs, progress=told)
    if as_json:
        sys.stdout.write(msgspec.json.encode(manifest).decode() + "\n")
    else:
        typer.echo(summary(manifest, file, time.monotonic() - begin))


def summary(manifest: Manifest, file: Path, seconds: float) -> str:
    """What people read when it is done."""
    size = sum(packed.size for packed in manifest.files)
    lines = [f"{file}: {len(manifest.files):,} files, {size / 1e6:,.1f} MB, in {seconds:.1f} s."]
    lines += [f"Left out: {name} ({why})." for name, why in manifest.left_out.items()]
    return "\n".join([*lines, f"Unpack it with: tar xf {file}"])

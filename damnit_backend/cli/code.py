"""`damnit code`: the code that made a value."""

import sys
import time
from typing import Annotated, Any

import msgspec
import typer

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.store.contexts import read_context
from damnit_backend.store.database import Database
from damnit_backend.store.environments import Environment, read_environment
from damnit_backend.store.known import code_of_cell
from damnit_backend.store.provenance import Provenance, provenance_of_cell
from damnit_backend.store.settings import folder_proposal

from .options import FolderArgument
from .reading import reading


def command(
    folder: FolderArgument,
    run: Annotated[int, typer.Argument(metavar="RUN", min=0, help="The run's number.")],
    variable: Annotated[str, typer.Argument(metavar="VARIABLE", help="The Variable's name.")],
    proposal: Annotated[int | None, typer.Option(help="A run of another proposal than the folder's.")] = None,
    version: Annotated[
        int | None, typer.Option(help="A former value: its number, as damnit history lists them.")
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="The whole context file, and the modules beside it.")] = False,
    packages: Annotated[bool, typer.Option("--packages", help="With the versions of packages.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the code that made a value: the Variable's function and what it reaches, below what is known of its making.

    The code of the Variables that it depends on is not among it: ask for those by their own names.
    """
    with reading(folder) as database:
        number = proposal if proposal is not None else folder_proposal(database)
        if number is None:
            raise UserError("This folder has no proposal of its own.", "Add for example: --proposal 1234")
        key = CellKey(number, run, variable)
        made = provenance_of_cell(database, key, version)
        environment = None if made.environment is None else read_environment(database, made.environment)
        text, files = _text(database, key, version, made.context if whole else None)
    if json:
        sys.stdout.write(_as_json(key, made, environment, text, files))
        return
    lines = [f"# {name:<12}{value}" for name, value in facts(key, made, environment, packages=packages)]
    sys.stdout.write("\n".join([*lines, "", text.rstrip("\n"), ""]))
    for name, content in files.items():
        sys.stdout.write("\n".join(["", f"# ---- {name}", content.rstrip("\n"), ""]))


def _text(database: Database, key: CellKey, version: int | None, context: str | None) -> tuple[str, dict[str, str]]:
    """The Variable's code, or with ``context`` that version of the file, and the modules beside it."""
    if context is None:
        return code_of_cell(database, key, version), {}
    kept = read_context(database, context)
    if kept is None:
        raise UserError(f"The context file that made {key.name} of run {key.run} is not known any more.")
    return kept.version.text, dict(kept.version.files)


def facts(
    key: CellKey, made: Provenance, environment: Environment | None, *, packages: bool = False
) -> list[tuple[str, str]]:
    """What is known of a value's making, in words."""
    found = [
        ("value", f"{key.name} of run {key.run}, proposal {key.proposal}"),
        ("computed", f"{_time(made.started)} in {made.seconds:.3g} s{_memory(made)}"),
        ("outcome", made.outcome if made.line is None else f"{made.outcome} in line {made.line}"),
    ]
    if made.host or made.user:
        found.append(("by", f"{made.user or 'unknown'} on {made.host or 'unknown'}"))
    if made.job is not None:
        found.append(("job", str(made.job)))
    if made.stage is not None:
        found.append(("data", made.stage))
    if made.parameters:
        given = (f"{name} = {'not given' if value is None else value}" for name, value in made.parameters.items())
        found.append(("parameters", ", ".join(given)))
    if environment is not None:
        found.append(("python", f"{environment.python}, {environment.executable}"))
        if packages:
            found += [("package", f"{name} {version}") for name, version in environment.packages.items()]
    found += [(name, digest) for name, digest in (("context", made.context), ("code", made.code)) if digest]
    return found


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(seconds))


def _memory(made: Provenance) -> str:
    return "" if made.memory is None else f", with {made.memory / 1e6:.1f} MB more memory at its peak"


def _as_json(key: CellKey, made: Provenance, environment: Environment | None, text: str, files: dict[str, str]) -> str:
    content: dict[str, Any] = {
        "proposal": key.proposal, "run": key.run, "name": key.name, "text": text, "files": files,
        "provenance": msgspec.to_builtins(made),
        "environment": None if environment is None else msgspec.to_builtins(environment),
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"

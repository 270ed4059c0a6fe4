"""The `damnit` command: one module a subcommand, listed here."""

import sys

import typer

from damnit_backend.core.errors import UserError
from damnit_backend.store.files import keep_others_from_writing

from . import (
    backup,
    check,
    code,
    delete,
    demo,
    doctor,
    gui,
    history,
    init,
    listen,
    param,
    reprocess,
    restore,
    setting,
    simulate,
    stop,
    table,
)

COMMANDS = (
    gui, demo, init, listen, stop, reprocess, table, history, restore, delete, code, check, param, setting, doctor,
    backup, simulate,
)  # fmt: skip
"""Each module has a function `command`; its docstring is the help, its module's name the subcommand's."""

app = typer.Typer(
    name="damnit",
    help="A run table that fills itself: Variables computed for every run of a beamtime, live.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in COMMANDS:
    app.command(module.__name__.rpartition(".")[2])(module.command)


def main() -> None:
    """Run the command line; errors that people can mend come without a traceback, exit code 1."""
    keep_others_from_writing()
    try:
        app()
    except UserError as error:
        print(f"damnit: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"        {error.hint}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)

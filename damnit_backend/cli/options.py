"""Arguments that several subcommands share."""

from typing import Annotated

import typer

FolderArgument = Annotated[
    str,
    typer.Argument(
        metavar="FOLDER",
        help="The DAMNIT folder, the proposal's directory, or a proposal number.",
        show_default=False,
    ),
]

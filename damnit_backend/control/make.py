"""Making a new DAMNIT folder."""

from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import create_database

STARTER_CONTEXT = '''\
"""The Variables of this run table: each function is a column, executed for every run."""

from damnit_ctx import Variable


@Variable(title="Trains")
def n_trains(run):
    """How many trains were recorded."""
    return len(run.train_ids)
'''


def init_folder(path: Path, proposal: int | None, context: str | None = None, python: str | None = None) -> Folder:
    """Make a DAMNIT folder; ``context`` is the text of its context file (default: a small one to begin with).

    An existing context file is kept. UserError if the place is one already or cannot be written.
    """
    folder = Folder(path.expanduser().absolute())
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.results.mkdir(exist_ok=True)
        folder.logs.mkdir(exist_ok=True)
        create_database(folder, proposal, python).close()
        if not folder.context_file.exists():
            folder.context_file.write_text(STARTER_CONTEXT if context is None else context, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The folder {folder.path} cannot be made: {error.strerror}.", "Choose another place."
        ) from error
    return folder


def proposal_of_place(path: Path) -> int | None:
    """The proposal that a path lies in, by the name of a directory above it, such as ``p001234``."""
    for part in (path.absolute(), *path.absolute().parents):
        if len(part.name) == 7 and part.name[0] == "p" and part.name[1:].isdigit():
            return int(part.name[1:])
    return None

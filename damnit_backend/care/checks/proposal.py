"""Are the proposal's data where the listener looks for them?"""

import os
from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level
from damnit_backend.listener.proposals import Proposals
from damnit_backend.store.settings import folder_proposal
from damnit_backend.triggers.run_directory import list_runs


def check(examination: Examination) -> Iterator[Found]:
    """Find the proposal's directory and list its runs."""
    try:
        with examination.database() as database:
            proposal = folder_proposal(database)
        if proposal is None:
            yield Found(Level.NOTICE, "The folder has no proposal: no new runs are noticed.")
            return
        path = Proposals(examination.folder, examination.settings).path(proposal)
        runs = list_runs(path)
    except UserError as error:
        yield Found(Level.WARNING, f"New runs cannot be noticed: {error.message}", advice=error.hint)
        return
    except OSError as error:
        text = f"New runs cannot be noticed: {error.strerror}."
        yield Found(Level.WARNING, text, str(error.filename), "Is the file system there?")
        return
    if closed := [run.path for run in runs if not os.access(run.path, os.R_OK | os.X_OK)]:
        text = f"{counted(len(closed), 'run')} of proposal {proposal} may not be read by you."
        yield Found(Level.WARNING, text, str(path), "Ask for permission.", tuple(p.name for p in closed))
    else:
        count = len({run.run for run in runs})
        yield Found(Level.OK, f"Proposal {proposal} is there, with {counted(count, 'run')}.", str(path))

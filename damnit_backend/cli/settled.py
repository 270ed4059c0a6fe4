"""Whether everything that is on disk is in the table."""

from damnit_backend.core.settings import load_settings
from damnit_backend.listener.proposals import Proposals
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import read_jobs
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.run_data import seen_data
from damnit_backend.store.settings import folder_proposal
from damnit_backend.triggers.run_directory import list_runs


def all_processed(folder: Folder) -> tuple[int, bool]:
    """How many runs have been processed, and whether all data of the proposal were seen and no job is left."""
    with open_for_reading(folder) as database:
        seen = seen_data(database)
        jobs = read_jobs(database)
        proposal = folder_proposal(database)
    if proposal is None:
        return 0, False
    there = list_runs(Proposals(folder, load_settings()).path(proposal))
    open_jobs = [job for job in jobs if job.state in ("queued", "running")]
    done = {job.request.key for job in jobs} - {job.request.key for job in open_jobs}
    known = {(key.run, stage) for key, stage in seen}
    return len(done), bool(there) and not open_jobs and {(item.run, item.stage) for item in there} <= known

"""Does work wait that nobody does, or was some given up?"""

import time
from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found, counted
from damnit_backend.core.findings import Level
from damnit_backend.store.jobs import MAX_ATTEMPTS, Job, read_jobs

LATEST = 10_000
OLD_SECONDS = 24 * 3600.0


def check(examination: Examination) -> Iterator[Found]:
    """Look at the queue."""
    with examination.database() as database:
        jobs = read_jobs(database, limit=LATEST)
    served = examination.is_served()
    running = [job for job in jobs if job.state == "running"]
    queued = [job for job in jobs if job.state == "queued"]
    given_up = [job for job in jobs if job.state == "failed" and job.attempts >= MAX_ATTEMPTS]
    found = []
    if (running or queued) and not served:
        text = f"There is work, {counted(len(running) + len(queued), 'run')}, but no listener serves the folder."
        advice = "Start one: damnit listen FOLDER"
        found.append(Found(Level.WARNING, text, advice=advice, details=_names([*running, *queued])))
    elif old := [job for job in queued if time.time() - job.asked_at > OLD_SECONDS]:
        text = f"Work waits since more than a day: {counted(len(old), 'run')}."
        found.append(Found(Level.WARNING, text, advice="The listener's log may say why.", details=_names(old)))
    if given_up:
        text = f"Work was set aside that never came to an end: {counted(len(given_up), 'run')}."
        advice = "Its log says more. Try again with: damnit reprocess FOLDER RUN"
        found.append(Found(Level.WARNING, text, advice=advice, details=_names(given_up)))
    in_work = f", {counted(len(running), 'run')} in work, {len(queued):,} waiting" if jobs else ""
    yield from found or [Found(Level.OK, f"The queue is in order{in_work}.")]


def _names(jobs: list[Job]) -> tuple[str, ...]:
    return tuple(f"{job.request.key}{': ' + job.message if job.message else ''}" for job in jobs)

"""Does Slurm answer, if the folder uses it?"""

import shutil
import subprocess
from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found
from damnit_backend.core.findings import Level
from damnit_backend.store.settings import get_setting

SETTINGS = ("slurm_partition", "slurm_reservation", "slurm_time")
"""Settings of a folder that are of no use without Slurm."""
ANSWER_SECONDS = 10.0


def check(examination: Examination) -> Iterator[Found]:
    """Ask the queue of the cluster, as submitting a job would."""
    with examination.database() as database:
        used = [name for name in SETTINGS if get_setting(database, name)]
    if not used:
        yield Found(Level.OK, "The folder does not use Slurm.")
        return
    missing = [program for program in ("sbatch", "squeue") if shutil.which(program) is None]
    if missing:
        text = f"The folder's settings name Slurm, but {' and '.join(missing)} cannot be found."
        yield Found(Level.WARNING, text, advice="Run the listener on a host of the cluster.", details=tuple(used))
        return
    try:
        done = subprocess.run(
            ["squeue", "--noheader", "--me"], capture_output=True, text=True, errors="replace", timeout=ANSWER_SECONDS
        )
    except subprocess.TimeoutExpired:
        text = f"Slurm does not answer within {ANSWER_SECONDS:.0f} s."
        yield Found(Level.WARNING, text, advice="Jobs wait until it does. Ask those who run the cluster.")
        return
    except OSError as error:
        yield Found(Level.WARNING, f"squeue cannot be started: {error.strerror}.")
        return
    if done.returncode:
        text = "Slurm refuses to answer."
        yield Found(Level.WARNING, text, advice="Ask those who run the cluster.", details=_last(done.stderr))
    else:
        yield Found(Level.OK, "Slurm answers.")


def _last(text: str) -> tuple[str, ...]:
    return tuple(text.strip().splitlines()[-3:])

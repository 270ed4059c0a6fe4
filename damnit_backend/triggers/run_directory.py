"""Looking at `raw/` and `proc/`: which runs are there, and whether their files still change."""

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.core.keys import Stage

_RUN = re.compile(r"r([0-9]{4}|[1-9][0-9]{4,5})")
"""Zero-padded to four digits: each run has one name only."""

STAGES: tuple[Stage, ...] = ("raw", "proc")


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """The data of one run at one stage. ``changed`` is the directory's own modification time in nanoseconds."""

    run: int
    stage: Stage
    path: Path
    changed: int


def list_runs(proposal_path: Path) -> list[RunDirectory]:
    """The runs of a proposal, raw and proc; one directory listing each, no look into the runs.

    Raises OSError if the proposal's directory cannot be read; a missing `raw/` or `proc/` is empty.
    """
    proposal_path.stat()  # for its error, which names the directory that is missing
    found = []
    for stage in STAGES:
        try:
            entries = list(os.scandir(proposal_path / stage))
        except FileNotFoundError:
            continue
        for entry in entries:
            match = _RUN.fullmatch(entry.name)
            if match is None:
                continue
            # Removed meanwhile, or a link that leads nowhere: one bad entry must not hide the other runs.
            with contextlib.suppress(OSError):
                if entry.is_dir():
                    changed = entry.stat().st_mtime_ns
                    found.append(RunDirectory(int(match[1]), stage, Path(entry.path), changed))
    return found


def signature(path: Path) -> str:
    """A text that changes when any data file of the run does; empty if there is no data file.

    From names, sizes and times, not from contents: runs are large.
    """
    digest = hashlib.sha256()
    count = 0
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if not entry.name.endswith(".h5"):
                continue
            try:
                info = entry.stat()
            except FileNotFoundError:
                continue  # removed meanwhile, or a link to a file that is offline
            digest.update(f"{entry.name}\0{info.st_size}\0{info.st_mtime_ns}\0".encode())
            count += 1
    return f"{count}-{digest.hexdigest()[:24]}" if count else ""

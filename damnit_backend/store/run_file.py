"""Writing a run's HDF5 file: the former one with the results of some fragments in place of its own."""

import contextlib
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import h5py
import psutil

from damnit_backend.core.keys import RunKey

from .copying import PLACES, copy_places
from .files import disk_errors, make_file, sync
from .folder import Folder
from .fragments import BrokenFragmentError, Fragment
from .marks import write_marks
from .own_data import require_own_data
from .results import DamagedResultsError, open_results

FOREIGN_SECONDS = 3600.0
"""What another host is writing changes at least this often."""

_WRITER = re.compile(r"\.([0-9A-Za-z_]+)-([0-9]{1,9})-[0-9a-f]+\.merging\.h5$")


def prepare_run_file(folder: Folder, key: RunKey, fragments: Sequence[Fragment], told: Iterable[str] = ()) -> Path:
    """Write the run's next file beside the present one, with the fragments' results; it is on the disk then.

    ``told``: the names whose former full results are no more than their values, see `marks`. BrokenFragmentError if a
    fragment cannot be copied.
    """
    target = folder.run_file(key)
    _clear(folder, key)
    aside = target.with_name(f"{target.stem}.{_host()}-{os.getpid()}-{secrets.token_hex(4)}.merging.h5")
    try:
        _start_file(target, aside, {name for fragment in fragments for name in fragment.cells})
        with disk_errors(), h5py.File(aside, "r+", locking=False) as file:
            file.attrs["provenance"] = fragments[-1].provenance
            for fragment in fragments:
                _remove(file, fragment.cells)
                _copy(fragment, file)
            write_marks(file, (fragment.path for fragment in fragments), told)
        sync(aside)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside


def publish_run_file(folder: Folder, key: RunKey, aside: Path) -> None:
    """Put what was prepared into the place of the run's file, whole: readers of the old one keep it."""
    aside.replace(folder.run_file(key))
    sync(folder.results)


def _clear(folder: Folder, key: RunKey) -> None:
    """Remove what a process left that was killed while it wrote. Its fragments are still there."""
    for left in folder.results.glob(f"p{key.proposal}_r{key.run}.*.merging.h5"):
        if not _is_in_work(left):
            left.unlink(missing_ok=True)


def _host() -> str:
    return re.sub(r"[^0-9A-Za-z]", "_", socket.gethostname())


def _is_in_work(aside: Path) -> bool:
    """Whether the process that its name tells of may still be writing it."""
    match = _WRITER.search(aside.name)
    if match is None:
        return False
    if match[1] == _host():
        return bool(psutil.pid_exists(int(match[2])))
    try:
        return time.time() - aside.stat().st_mtime < FOREIGN_SECONDS
    except FileNotFoundError:
        return False


def _start_file(target: Path, aside: Path, names: set[str]) -> None:
    """Begin with a copy of the run's file, or with an empty one where nothing of it would remain."""
    make_file(aside)
    if target.exists():
        try:
            kept = _names(target) - names
        except DamagedResultsError:
            # It holds nothing that could be kept, but somebody may want to look into it.
            target.replace(target.with_name(f"{target.stem}.{secrets.token_hex(3)}.broken.h5"))
        else:
            if kept:
                shutil.copyfile(target, aside)
                return
    with h5py.File(aside, "w", locking=False):
        pass


def _names(path: Path) -> set[str]:
    """All variables of which there is anything in a run's file."""
    with open_results(path) as file:
        groups = (file, *(file[place] for place in PLACES if place in file))
        return {name for group in groups for name in group if not name.startswith(".")}


def _remove(file: h5py.File, names: Iterable[str]) -> None:
    for name in names:
        for place in (name, *(f"{group}/{name}" for group in PLACES)):
            if place in file:
                del file[place]


def _copy(fragment: Fragment, file: h5py.File) -> None:
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(open_results(fragment.path))
            require_own_data(source)  # again: it may be another file by now
            with disk_errors():
                for name in fragment.cells:
                    copy_places(source, file, name)
        except (DamagedResultsError, KeyError, ValueError, TypeError, RuntimeError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # The disk is full, for example: not the fragment's fault.
            raise BrokenFragmentError(fragment.path, str(error)) from error

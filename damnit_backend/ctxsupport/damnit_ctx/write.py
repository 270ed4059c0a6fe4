"""Fragments: the files in which results leave the process that computed them."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

import h5py

from damnit_ctx import entry as entries
from damnit_ctx.entry import Entry
from damnit_ctx.origin import RunOrigin

#: A fragment this old (seconds) is published when a Variable has just finished: the first ones of a process soon,
#: so that its run shows something at once, later ones with more in each.
PUBLISH_AGES = (0.02, 0.05, 0.1, 0.2)
#: Bytes of a result that gets a fragment of its own, as the disk may have no room for it.
ALONE_ABOVE = 1 << 24
#: So much later it is published in any case: no result waits for a slow Variable.
PUBLISH_GRACE = 0.05

PROVENANCE = "context.py"


class FragmentFailed(Exception):
    """A fragment cannot be written, e.g. the disk is full. What was in it is lost, and it is removed."""


@dataclass
class _Fragment:
    path: Path
    file: h5py.File
    due: float  # when it is published in any case, on the clock of `time.monotonic`
    opened: float = field(default_factory=time.monotonic)
    entries: int = 0
    records: dict[str, dict[str, Any]] = field(default_factory=dict)


class FragmentWriter:
    """Gathers results in a fragment and publishes it (closes, syncs, renames) soon after its first result.

    A thread of its own publishes what is due, so each method takes the lock; `published` is called with the path and
    the Variables in it, possibly from that thread. It is there from the beginning on, as user code may leave a
    process in which none can be started any more. Methods raise FragmentFailed.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        token: str,
        published: Callable[[Path, list[str]], None],
        *,
        at_once: bool = False,
        origin: RunOrigin | None = None,
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._token = token
        self._published = published
        self._at_once = at_once
        self._origin = origin
        self._lock = threading.RLock()
        self._begun = threading.Condition(self._lock)
        self._fragment: _Fragment | None = None
        self._count = 0
        self._failure: FragmentFailed | None = None
        self._closed = False
        threading.Thread(target=self._publish_due, name="damnit publishing", daemon=True).start()

    def add(self, entry: Entry, record: dict[str, Any] | None) -> None:
        """Write one Variable's entry, and its record for `desk_computed`, if it is to have one.

        On any failure the entry leaves no trace, the others in the fragment stay as they are, and the exception
        passes on: CannotSave if it is the value's fault.
        """
        with self._lock:
            if self._fragment is not None and self._may_not_fit(entry.size):
                self._publish(self._fragment)
            fragment = self._current()
            try:
                fragment.file = entries.write(fragment.file, fragment.path, entry)
            except BaseException as error:
                self._erase(fragment, entry.name)
                full = _full_disk(error)
                if full is not None:
                    raise OSError(full, f"{os.strerror(full)} in {self._folder}") from error
                raise
            fragment.entries += 1
            if record is not None:
                fragment.records[entry.name] = {**record, **self._facts(entry.name)}

    def _facts(self, name: str) -> Mapping[str, Any]:
        return {} if self._origin is None else self._origin.values.get(name, {})

    def settle(self) -> None:
        """To be called when a Variable has finished: publishes what has waited long enough."""
        with self._lock:
            self._raise_failure()
            if self._fragment is not None and time.monotonic() - self._fragment.opened >= self._age():
                self._publish(self._fragment)

    def publish(self) -> None:
        """Publish what is there, at once."""
        with self._lock:
            self._raise_failure()
            if self._fragment is not None:
                self._publish(self._fragment)

    def close(self) -> None:
        """Publish what is there; nothing can be added any more."""
        with self._lock:
            self._closed = True
            self._begun.notify()
            self.publish()

    def _age(self) -> float:
        if self._at_once:
            return 0.0
        return PUBLISH_AGES[min(self._count, len(PUBLISH_AGES) - 1)]

    def _may_not_fit(self, size: int) -> bool:
        """Whether a result might fail for want of space and, as HDF5 then fails at all, take others with it."""
        if size <= entries.FLUSH_ABOVE:
            return False
        free = os.statvfs(self._folder)
        return size > ALONE_ABOVE or 4 * size > free.f_bavail * free.f_frsize

    def _current(self) -> _Fragment:
        self._raise_failure()
        if self._fragment is None:
            path = self._folder / writing_name(self._stem, self._token, self._count)
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                file = h5py.File(path, "w-")
                for place in entries.PLACES:  # readers of fragments look for them, empty or not
                    file.create_group(place)
            except (OSError, RuntimeError) as error:
                raise FragmentFailed(f"{path} cannot be written: {error}") from error
            self._fragment = _Fragment(path, file, time.monotonic() + self._age() + PUBLISH_GRACE)
            self._begun.notify()
        return self._fragment

    def _erase(self, fragment: _Fragment, name: str) -> None:
        if not fragment.entries:
            self._discard(fragment)
            return
        try:
            if not fragment.file:  # it was closed for a netCDF group
                fragment.file = h5py.File(fragment.path, "r+")
            entries.erase(fragment.file, name)
        except (OSError, RuntimeError, KeyError) as error:
            self._abandon(fragment, error)

    def _publish_due(self) -> None:
        with self._lock:
            while not self._closed:
                fragment = self._fragment
                if fragment is None or fragment.due > time.monotonic():
                    self._begun.wait(None if fragment is None else fragment.due - time.monotonic())
                    continue
                try:
                    self._publish(fragment)
                except FragmentFailed as failure:
                    self._failure = failure  # raised in the thread that computes, at its next call

    def _publish(self, fragment: _Fragment) -> None:
        try:
            fragment.file.attrs["provenance"] = PROVENANCE
            fragment.file.attrs["desk_computed"] = json.dumps(fragment.records)
            if self._origin is not None:
                fragment.file.attrs["desk_origin"] = json.dumps(self._origin.shared)
            fragment.file.close()
            _sync(fragment.path)
            ready = fragment.path.with_name(fragment.path.name.replace(".writing.h5", ".ready.h5"))
            fragment.path.rename(ready)
        except (OSError, RuntimeError) as error:  # h5py raises either when a flush fails
            self._abandon(fragment, error)
        self._fragment = None
        self._count += 1
        self._published(ready, list(fragment.records))

    def _abandon(self, fragment: _Fragment, error: BaseException) -> None:
        """Give the fragment up: a file that HDF5 could not write must not be taken for a result."""
        self._discard(fragment)
        full = _full_disk(error)
        self._failure = FragmentFailed(f"{fragment.path} cannot be written: {os.strerror(full) if full else error}")
        raise self._failure from error

    def _discard(self, fragment: _Fragment) -> None:
        """Close and remove the file, which may be one that cannot be written."""
        self._fragment = None
        with contextlib.suppress(OSError, RuntimeError):  # what fails with it has been reported
            os.truncate(fragment.path, 0)  # makes room for what HDF5 writes when it closes a file
            fragment.file.close()
        fragment.path.unlink(missing_ok=True)

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


def writing_name(stem: str, token: str, count: int) -> str:
    """The name of a process's fragment number `count`: known to whoever cleans up behind a killed process."""
    return f"{stem}.{token}{count:x}.writing.h5"


def _full_disk(error: BaseException) -> int | None:
    """The number of the error if it says that there is no space; HDF5 has that somewhere in its text."""
    return next((number for number in (errno.ENOSPC, errno.EDQUOT) if os.strerror(number) in str(error)), None)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""What the checks of a folder share, and what each gives."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level, Progress
from damnit_backend.core.settings import Settings
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import Lease, read_lease
from damnit_backend.store.opening import open_database, open_for_reading

LISTED = 12
"""So many names are listed with a finding; of more, their number is told."""
_PROGRESS_SECONDS = 0.1

Mend = Callable[[], str]
"""Mends what was found and says what it did. UserError if it cannot."""


class CannotCheckError(Exception):
    """The check needs the database, of which another check says that it cannot be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of one check, and how to mend it if that is safe."""

    level: Level
    text: str
    where: str = ""
    advice: str = ""
    """What people can do; ``FOLDER`` in it stands for the folder's path."""
    details: tuple[str, ...] = ()
    mend: Mend | None = None
    mend_text: str = ""
    """What mending would do, in words: ``make it anew``."""


@dataclass
class Examination:
    """One look at a folder. ``quick`` leaves out what takes long with many runs."""

    folder: Folder
    settings: Settings
    quick: bool = False
    report_progress: Callable[[Progress], None] = lambda _: None
    title: str = ""
    """Of the check that runs now."""
    database_problem: str = ""
    """Why the database cannot be read, once that is known."""
    _told: float = field(default=0.0, init=False)

    def progress(self, done: int, total: int) -> None:
        """Say how far the check has come; may be called as often as convenient."""
        now = time.monotonic()
        if done in (0, total) or now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            self.report_progress(Progress(self.title, done, total))

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database, opened for reading. CannotCheckError if it cannot be read at all."""
        if self.database_problem:
            raise CannotCheckError(self.database_problem)
        try:
            database = open_for_reading(self.folder)
        except UserError as error:
            raise CannotCheckError(error.message) from error
        with database:
            yield database

    @contextmanager
    def mending(self) -> Iterator[Database]:
        """The database, opened to be written. UserError if this user may not."""
        with open_database(self.folder) as database:
            if database.read_only:
                raise UserError("You may not write into this folder.", database.notice or "Ask its owner to mend it.")
            yield database

    def lease(self) -> Lease | None:
        """The claim of the folder's listener, alive or not."""
        with self.database() as database:
            return read_lease(database)

    def is_served(self) -> bool:
        """Whether a listener serves the folder now."""
        lease = self.lease()
        return lease is not None and lease.is_alive(time.time())


def shortened(names: tuple[str, ...]) -> tuple[str, ...]:
    """The first names, and how many there are more."""
    if len(names) <= LISTED:
        return names
    return (*names[: LISTED - 1], f"and {len(names) - LISTED + 1} more")


def counted(number: int, thing: str, things: str = "") -> str:
    """A number of things in words: ``1 run``, ``3 runs``."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"

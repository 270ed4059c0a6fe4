"""Is the journal of the database one that its file system allows?"""

from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level
from damnit_backend.store.filesystems import file_system
from damnit_backend.store.integrity import present_journal_mode
from damnit_backend.store.journal import wanted_journal


def check(examination: Examination) -> Iterator[Found]:
    """A write-ahead log on a network file system can destroy the database; elsewhere it is better."""
    where = str(examination.folder.database)
    kind = file_system(examination.folder.path) or "an unknown file system"
    with examination.database() as database:
        present = present_journal_mode(database)
        wanted = wanted_journal(database)
    if present == wanted:
        yield Found(Level.OK, f"The journal, {present}, is right for {kind}.", where)
        return

    def mend() -> str:
        with examination.mending() as database:
            database.set_journal_mode(wanted)
            if present_journal_mode(database) != wanted:
                raise UserError("The journal cannot be changed while others use the database.", "Close them first.")
        return f"changed it to {wanted}"

    level = Level.ERROR if present == "WAL" else Level.NOTICE
    risk = "several hosts may destroy it" if present == "WAL" else "people and listener wait for each other"
    text = f"The journal is {present}, which on {kind} should be {wanted}: {risk}."
    yield Found(level, text, where, mend=mend, mend_text=f"change it to {wanted}")

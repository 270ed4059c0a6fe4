"""How the services reach the folder's database: each task opens its own connection, in its own thread."""

from dataclasses import dataclass

from damnit_backend.core.errors import UserError
from damnit_backend.store.database import Database
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_database
from damnit_backend.store.settings import folder_proposal, get_setting


@dataclass(frozen=True, slots=True)
class FolderAccess:
    """A folder that was found to be in order."""

    folder: Folder
    read_only: bool
    proposal: int | None = None
    identity: str = ""
    """What tells the folder from others, wherever it is moved. Empty if nothing does."""
    notice: str = ""
    """Why it is read-only, in a sentence."""

    def database(self) -> Database:
        """A connection for the calling thread; close it soon. The checks of the first opening are not repeated."""
        if not self.folder.database.is_file():
            raise UserError(f"{self.folder.database} is gone.", "Was the folder moved? Open it at its new place.")
        return Database(self.folder, read_only=self.read_only)


def check_access(folder: Folder) -> FolderAccess:
    """Check a folder. Blocking; UserError if something is wrong with it."""
    with open_database(folder) as database:
        identity = str(get_setting(database, "db_id") or "")
        return FolderAccess(folder, database.read_only, folder_proposal(database), identity, database.notice)

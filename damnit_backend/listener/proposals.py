"""Where the data of a proposal are, for a folder inside or outside of it."""

from pathlib import Path

from damnit_backend.core.settings import Settings
from damnit_backend.store.folder import USUAL_PLACE, Folder, find_proposal


class Proposals:
    """Finds proposal directories and remembers them."""

    def __init__(self, folder: Folder, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._known: dict[int, Path] = {}

    def path(self, proposal: int) -> Path:
        """The directory of a proposal: the one that the folder lies in, else looked up by number."""
        if proposal not in self._known:
            self._known[proposal] = enclosing_proposal(self._folder, proposal) or find_proposal(
                proposal, self._settings
            )
        return self._known[proposal]


def enclosing_proposal(folder: Folder, proposal: int) -> Path | None:
    """The proposal's directory if the folder lies in it, as it usually does (`usr/Shared/amore`)."""
    name = f"p{proposal:06d}"
    for parent in folder.path.resolve().parents[: len(USUAL_PLACE.parts) + 3]:
        if parent.name == name and (parent / "raw").is_dir():
            return parent
    return None

"""Where things lie in a DAMNIT folder, and how a folder is found from a proposal number."""

import re
from dataclasses import dataclass
from pathlib import Path

from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.settings import Settings, data_root

USUAL_PLACE = Path("usr", "Shared", "amore")


@dataclass(frozen=True, slots=True)
class Folder:
    """Names of the parts of a DAMNIT folder. Nothing here touches the disk."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "runs.sqlite"

    @property
    def context_file(self) -> Path:
        return self.path / "context.py"

    @property
    def results(self) -> Path:
        return self.path / "extracted_data"

    @property
    def former(self) -> Path:
        """Former full results, which the history names."""
        return self.results / "former"

    @property
    def logs(self) -> Path:
        return self.path / "process_logs"

    def run_file(self, key: RunKey) -> Path:
        return self.results / f"p{key.proposal}_r{key.run}.h5"

    def run_log(self, key: RunKey) -> Path:
        return self.logs / f"r{key.run}-p{key.proposal}.out"

    @property
    def listener_log(self) -> Path:
        return self.logs / "listener.log"


def has_database(folder: Folder) -> bool:
    """Whether the directory is a DAMNIT folder. UserError if this user may not even look."""
    try:
        return folder.database.is_file()
    except (OSError, ValueError) as error:
        raise UserError(
            f"{str(folder.path)!r} cannot be looked into: {error}.", "Check the path, or ask its owner."
        ) from error


def find_proposal(proposal: int, settings: Settings) -> Path:
    """The directory of a proposal: `<root>/<instrument>/<cycle>/p<6 digits>`."""
    root = data_root(settings)
    if root is None:
        raise UserError(
            f"Where proposal {proposal} lies is not known.",
            "Name the folder itself, or set data_root in damnit.toml or XFEL_DATA_ROOT in the environment.",
        )
    found = sorted(root.glob(f"*/*/p{proposal:06d}"))
    if not found:
        raise UserError(
            f"There is no proposal {proposal} below {root}.", "Check the number, or name the folder itself."
        )
    return found[-1]


def named_path(text: str) -> Path:
    """A path as people write it, such as ``~/data``. UserError if there is no such home.

    Blocking: where home directories are may have to be asked of another host.
    """
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise UserError(f"There is no folder {text}: {error}", "Check the spelling.") from error


def resolve_folder(text: str, settings: Settings) -> Folder:
    """The folder that people mean: its path, a proposal number, or a directory in which the only one lies."""
    digits = text.removeprefix("p")
    if re.fullmatch("[0-9]{1,9}", digits) and not Path(text).exists():
        return Folder(find_proposal(int(digits), settings) / USUAL_PLACE)
    path = named_path(text)
    named = Folder(path)
    if has_database(named):
        return named
    for pattern in (str(USUAL_PLACE), f"*/*/p[0-9]*/{USUAL_PLACE}"):
        inside = [Folder(found) for found in sorted(path.glob(pattern))]
        existing = [folder for folder in inside if has_database(folder)]
        if len(existing) == 1:
            return existing[0]
    return named


def require_folder(text: str, settings: Settings) -> Folder:
    """`resolve_folder` for what must exist already."""
    folder = resolve_folder(text, settings)
    if not folder.path.is_dir():
        raise UserError(f"There is no folder {folder.path}.", "Check the spelling, or make one with: damnit init")
    if not has_database(folder):
        raise UserError(
            f"{folder.path} is not a DAMNIT folder: it has no runs.sqlite.",
            "Open another one, or make it one with: damnit init",
        )
    return folder

"""How a process of ours starts another one."""

import sys


def damnit_command(*arguments: object) -> list[str]:
    """The `damnit` command of this very installation, whatever lies in the working directory.

    ``-P`` keeps the working directory off the path: a user's `selectors.py` in a DAMNIT folder is not ours.
    """
    return [sys.executable, "-P", "-m", "damnit_backend.cli", *map(str, arguments)]

"""Find or make the environment of the reference program, and print its Python interpreter.

Used by the tests' fixture, and on its own to make the environment before they run:

    python tests/compat/make_reference.py

The interpreter named by $DAMNIT_REFERENCE_PYTHON is taken as it is. Otherwise the environment is made once in the
user's cache folder (about 1.5 GB); what is half made, or made for other versions, is made anew. Exits with 1 and a
sentence on stderr if there is no way.

With it comes EXtra, European XFEL's library of components. It needs DAMNIT 0.4.0, whose `damnit` command would take
the place of ours in the environment of the tests.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

REQUIREMENTS = ("damnit[backend,gui]==0.4.0", "euxfel-extra==2026.1.1")
CONSTRAINTS = Path(__file__).with_name("reference_constraints.txt")
INTERPRETERS = ("python3.12", "python3.11", "python3.13", sys.executable)
CHECK = "import importlib.metadata as m, PyQt6.QtWidgets; assert m.version('damnit') == '0.4.0'"


class NoReference(Exception):
    """There is no reference program here; the message says why."""


def works(python: Path | str, code: str = "import venv, ensurepip") -> bool:
    """Whether that interpreter starts and runs the code; a missing one does not."""
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, timeout=120, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold a lock file, so that two test runs at once make one environment."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(command: list[str | Path], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise NoReference(f"{what} failed: {lines[-1]}")


def make(folder: Path) -> None:
    """Install the reference program into a new virtual environment at that folder."""
    base = next((name for name in INTERPRETERS if works(name)), None)
    if base is None:
        raise NoReference(f"none of these Pythons can make a virtual environment: {', '.join(INTERPRETERS)}")
    shutil.rmtree(folder, ignore_errors=True)
    run([base, "-m", "venv", folder], "making the environment")
    pip: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    run([*pip, "--constraint", CONSTRAINTS, *REQUIREMENTS], f"installing {' and '.join(REQUIREMENTS)}")
    if not works(folder / "bin" / "python", CHECK):
        raise NoReference(f"{REQUIREMENTS[0]} was installed in {folder}, but does not start (system libraries of Qt?)")


def reference_python() -> Path:
    """The interpreter of an environment that holds the reference program."""
    if named := os.environ.get("DAMNIT_REFERENCE_PYTHON"):
        if not works(named, CHECK):
            raise NoReference(f"$DAMNIT_REFERENCE_PYTHON is {named}, which has no working DAMNIT 0.4.0")
        return Path(named)
    folder = platformdirs.user_cache_path("damnit-desktop") / "reference-0.4.0"
    complete = folder / "complete"
    wanted = "\n".join(REQUIREMENTS) + "\n" + CONSTRAINTS.read_text(encoding="utf-8")
    with only_one(folder.with_name(f"{folder.name}.lock")):
        if not (complete.exists() and complete.read_text(encoding="utf-8") == wanted):
            make(folder)
            complete.write_text(wanted, encoding="utf-8")
    return folder / "bin" / "python"


def main() -> int:
    try:
        print(reference_python())
    except NoReference as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

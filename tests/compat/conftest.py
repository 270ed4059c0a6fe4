"""The reference program (DAMNIT 0.4.0) as fixtures, and folders made by it and by ours.

It runs as a program, in an environment of its own, with two packages of `standins/` on its path: a Kafka client
without a broker and a Plotly exporter without a browser. Its interpreter runs the scripts in `scripts/`, which answer
in JSON.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from extra_data.tests.mockdata import write_file
from extra_data.tests.mockdata.xgm import XGM

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
PROPOSAL = 1234
EDITS = {
    "Comment": "beam looks good – 5 µJ",
    "User/boolean": "yes",
    "User/integer": "-42",
    "User/number": "3.25",
    "User/string": "broken",
    "User/cleared": "x",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests below this folder; making the environment, a fixture, is not subject to their time limit."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("compat")
            item.add_marker(pytest.mark.timeout(120, func_only=True))


def run(command: list[str | Path], environment: dict[str, str], cwd: Path | None = None) -> str:
    """What a command printed; all that it said is the failure's text if it fails or does not end."""
    options: dict[str, Any] = {"env": environment, "cwd": cwd, "capture_output": True, "text": True, "timeout": 100}
    try:
        done = subprocess.run(command, check=True, **options)
    except subprocess.SubprocessError as error:
        said = f"{getattr(error, 'stdout', '')}\n{getattr(error, 'stderr', '')}"
        pytest.fail(f"{error}\n{said}", pytrace=False)
    return str(done.stdout)


@dataclass(frozen=True)
class Program:
    """One of the two programs: an interpreter, the module with its API, and the environment it runs in."""

    python: Path
    module: str
    environment: dict[str, str] = field(repr=False)

    def command(self, *arguments: str | Path, cwd: Path | None = None) -> str:
        """Run its command line."""
        return run([self.python.with_name("damnit"), *arguments], self.environment, cwd)

    def run(self, command: list[str | Path], environment: dict[str, str], cwd: Path) -> str:
        """Run any command; what it printed."""
        return run(command, environment, cwd)

    def script(self, name: str, *arguments: str | Path) -> Any:
        """Run a script of `scripts/` in its interpreter; the JSON it printed."""
        printed = run([self.python, SCRIPTS / name, *arguments], self.environment)
        return json.loads(printed) if printed else None

    def read(self, folder: Path) -> Any:
        """All that its API says of a folder."""
        return self.script("read_folder.py", self.module, folder)

    def window(self, folder: Path, picture: Path, *, edits: Any = (), inspect: Any = ()) -> Any:
        """What the reference program's window shows of a folder, after cells were edited and double-clicked."""
        return self.script("open_window.py", folder, picture, json.dumps(list(edits)), json.dumps(list(inspect)))


@pytest.fixture(scope="session")
def proposals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with proposal 1234: raw runs 1 and 2, of one XGM."""
    root = tmp_path_factory.mktemp("data")
    for number in (1, 2):
        folder = root / "SA1" / "202401" / f"p{PROPOSAL:06d}" / "raw" / f"r{number:04d}"
        folder.mkdir(parents=True)
        write_file(folder / f"RAW-R{number:04d}-DA01-S00000.h5", [XGM("SA1_XTD2_XGM/DOOCS/MAIN")], ntrains=40)
    return root


@pytest.fixture(scope="session")
def surroundings(proposals: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables of both programs: the data root, no screen, and a home directory of their own."""
    home = tmp_path_factory.mktemp("home")
    mine = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(home),
        "XFEL_DATA_ROOT": str(proposals),
        "EXTRA_DATA_DATA_ROOT": str(proposals),
        "QT_QPA_PLATFORM": "offscreen",
        "MPLBACKEND": "agg",
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | mine


@pytest.fixture(scope="session")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A context file with every kind of value and definition, joined from its parts."""
    names = ("values.py", "cells.py", "definitions.py")
    parts = [(HERE / "contexts" / name).read_text(encoding="utf-8") for name in names]
    path = tmp_path_factory.mktemp("context") / "every_kind.py"
    path.write_text("\n\n".join(parts), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def reference(surroundings: dict[str, str]) -> Program:
    """The reference program. Where it cannot be had, its tests are skipped; in CI they fail."""
    found = subprocess.run([sys.executable, HERE / "make_reference.py"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        reason = f"no reference program: {found.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    environment = surroundings | {"PYTHONPATH": str(HERE / "standins"), "MPLBACKEND": ""}
    return Program(Path(found.stdout.strip()), "damnit", environment)


@pytest.fixture(scope="session")
def ours(surroundings: dict[str, str]) -> Program:
    """Our program, of the environment in which the tests run."""
    return Program(Path(sys.executable), "damnit_backend.api", surroundings)


@pytest.fixture(scope="session")
def computed_by_reference(reference: Program, every_kind: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the reference program with a fragment of run 1 that waits to be merged. Shared: copy it."""
    folder = tmp_path_factory.mktemp("computed") / "amore"
    reference.command("init", "--proposal", str(PROPOSAL), "--context", every_kind, folder)
    reference.command("db-config", "context_python", reference.python, cwd=folder)
    reference.command("reprocess", "--direct", "1", cwd=folder)
    assert list(folder.glob("extracted_data/*.ready.h5"))
    return folder


@pytest.fixture(scope="session")
def made_by_reference(
    reference: Program, computed_by_reference: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder of the reference program: run 1 processed, and cells edited in its window. Shared: copy it."""
    folder = Path(shutil.copytree(computed_by_reference, tmp_path_factory.mktemp("reference") / "amore"))
    reference.command("combiner", "now", folder)
    reference.script("edit_folder.py", folder)
    edits = [[1, title, text] for title, text in EDITS.items()] + [[1, "User/cleared", ""]]
    shown = reference.window(folder, folder.with_suffix(".png"), edits=edits)
    assert shown["edits"] == [True] * len(edits)
    return folder


@pytest.fixture
def copy_of_reference(made_by_reference: Path, tmp_path: Path) -> Path:
    """A copy of the reference program's folder, to do with as a test likes."""
    return Path(shutil.copytree(made_by_reference, tmp_path / "amore"))


@pytest.fixture
def older(copy_of_reference: Path) -> Callable[[int], Path]:
    """Turns the copy of the reference program's folder into one of format version 1, 2 or 3."""

    def downgrade(version: int) -> Path:
        sql = sqlite3.connect(copy_of_reference / "runs.sqlite")
        with sql:
            sql.execute("DROP TRIGGER delete_orphan_tags_after_variable_tag_delete")
            if version < 3:
                sql.execute("DROP TABLE variable_tags")
                sql.execute("DROP TABLE tags")
            if version < 2:
                sql.execute("ALTER TABLE run_variables DROP COLUMN attributes")
            sql.execute("UPDATE metameta SET value = ? WHERE key = 'data_format_version'", (version,))
        sql.close()
        return copy_of_reference

    return downgrade


@pytest.fixture(scope="session")
def made_by_us(ours: Program, every_kind: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of our program: run 1 processed with the same context file. Shared: copy it to write into it."""
    folder = tmp_path_factory.mktemp("ours") / "amore"
    ours.command("init", "--proposal", str(PROPOSAL), "--context", every_kind, folder)
    ours.command("reprocess", folder, "1")
    return folder


@pytest.fixture
def copy_of_ours(made_by_us: Path, tmp_path: Path) -> Path:
    """A copy of our folder."""
    return Path(shutil.copytree(made_by_us, tmp_path / "ours"))

"""A sequence of edits to a context file: after each, exactly what it made stale is known, said, and computed."""

import subprocess
import sys
from pathlib import Path

import pytest

from damnit_backend.api import Damnit
from damnit_backend.cli.stale import load_today
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.settings import Settings
from damnit_backend.store.database import Database
from damnit_backend.store.parameters import set_parameter_default
from damnit_backend.store.provenance import read_provenance
from damnit_backend.store.settings import set_setting
from damnit_backend.store.stale_values import read_stale
from damnit_backend.store.stale_words import explained
from damnit_backend.store.table import read_table

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

CONTEXT = '''
from damnit_ctx import Group, Variable
from shared import shift

FACTOR = 2


def scaled(value):
    return value * FACTOR


@Variable("Trains", summary="max")
def trains(run):
    """How many."""
    return len(run.train_ids)


@Variable()
def double(run, n: "var#trains"):
    return scaled(n)


@Variable()
def above(run, n: "var#double", limit: "param#limit" = 10):
    return n > limit


@Variable()
def shifted(run):
    return shift(1)


@Variable(transient=True)
def between(run, n: "var#trains"):
    return n + 1


@Variable()
def after(run, n: "var#between"):
    return n


@Group
class Detector:
    gain: float = 1.0
    offset: float = 0.0

    @Variable()
    def level(self, run):
        return self.gain

    @Variable()
    def zero(self, run):
        return self.offset


detector = Detector()
'''
SHARED = "def shift(x):\n    return x + 1\n"
ALL = {"trains", "double", "above", "shifted", "after", "detector.level", "detector.zero"}


@pytest.fixture
def sequence(beamtime, make_folder, stage):
    for run in (1, 2):
        beamtime.write_raw(run)
    folder = make_folder(CONTEXT)
    (folder.path / "shared.py").write_text(SHARED)
    return Sequence(folder, stage, beamtime.options.proposal)


class Sequence:
    """The folder, and what people do with it."""

    def __init__(self, folder, stage, proposal):
        self.folder = folder
        self._proposal = proposal
        self._stage = stage
        self.runs = (1,)

    def damnit(self, *arguments):
        """The output of a command that must succeed."""
        command = [sys.executable, "-m", "damnit_backend.cli", *map(str, arguments)]
        done = subprocess.run(command, env=self._stage.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def edit(self, old, new, file="context.py"):
        path = self.folder.path / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def stale(self):
        """Why each value of a run is stale; the runs are all alike."""
        today = load_today(self.folder, Settings())
        known = {variable.name: variable for variable in today.variables}
        with Database(self.folder, read_only=True) as database:
            found = read_stale(database, known=known)
            words = explained(database, found, {name: variable.text for name, variable in known.items()})
        of_runs = [{key.name: why for key, why in words.items() if key.run == run} for run in self.runs]
        assert all(of_run == of_runs[0] for of_run in of_runs)
        return of_runs[0]

    def started(self):
        with Database(self.folder, read_only=True) as database:
            return {name: made.started for name, made in read_provenance(database, RunKey(self._proposal, 1)).items()}

    def computes(self):
        """The names of what `reprocess --stale` computes anew; nothing is stale then."""
        before = self.started()
        self.damnit("reprocess", self.folder.path, "--stale")
        after = self.started()
        assert self.stale() == {}
        return {name for name in after if after[name] != before.get(name)}

    def value(self, name):
        with Database(self.folder, read_only=True) as database:
            return read_table(database).cells[CellKey(self._proposal, 1, name)].value


def second_environment(place: Path) -> Path:
    """Another virtual environment with this one's packages; its interpreter."""
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "python").symlink_to(sys.executable)
    (place / "lib").symlink_to(Path(sys.prefix) / "lib")
    (place / "pyvenv.cfg").write_text((Path(sys.prefix) / "pyvenv.cfg").read_text())
    return place / "bin" / "python"


def test_that_each_edit_makes_exactly_what_it_concerns_stale(sequence):
    sequence.damnit("reprocess", sequence.folder.path, "all")
    sequence.runs = (1, 2)
    assert sequence.started().keys() == ALL
    assert sequence.stale() == {}

    sequence.edit("FACTOR = 2", "# Two of them.\nFACTOR = 2")
    sequence.edit("return value * FACTOR", "return (value\n            * FACTOR)")
    sequence.edit('"""How many."""', '"""The number of trains."""')
    assert sequence.stale() == {}
    assert "Nothing is stale" in sequence.damnit("reprocess", sequence.folder.path, "--stale")

    sequence.edit("* FACTOR)", "* FACTOR + 1)")
    assert sequence.stale() == {"double": "scaled changed", "above": "it needs double, which is stale"}
    assert sequence.computes() == {"double", "above"}

    sequence.edit("FACTOR = 2", "FACTOR = 3")
    sequence.edit("x + 1", "x + 2", "shared.py")
    assert sequence.stale() == {
        "double": "FACTOR changed",
        "above": "it needs double, which is stale",
        "shifted": "shift changed",
    }
    assert sequence.computes() == {"double", "above", "shifted"}
    assert sequence.value("shifted") == 3

    sequence.edit("return n + 1", "return n + 2")
    assert set(sequence.stale()) == {"after"}
    assert sequence.computes() == {"after"}

    sequence.edit("detector = Detector()", "detector = Detector(title='The detector', gain=1.5)")
    assert set(sequence.stale()) == {"detector.level"}
    assert sequence.computes() == {"detector.level"}

    with Database(sequence.folder) as database:
        set_parameter_default(database, "limit", 1000)
    assert sequence.stale() == {"above": "parameter limit has another value"}
    assert sequence.computes() == {"above"}
    assert sequence.value("above") is False

    # What a stale Variable needs and was never computed is computed with it.
    sequence.edit("return shift(1)", "return shift(n)")
    sequence.edit("def shifted(run)", 'def five(run):\n    return 5\n\n\n@Variable()\ndef shifted(run, n: "var#five")')
    assert sequence.stale() == {"shifted": "its own code changed"}
    assert sequence.computes() == {"five", "shifted"}
    assert sequence.value("shifted") == 7

    sequence.edit("def double(run", "def twice(run")
    sequence.edit('"var#double"', '"var#twice"')
    assert sequence.stale() == {}
    sequence.edit('summary="max"', 'summary="min"')
    assert set(sequence.stale()) == {"trains", "above", "after"}
    assert sequence.computes() == {"trains", "twice", "above", "after"}


def test_that_the_code_that_made_a_value_is_printed_also_when_the_file_has_changed(sequence):
    sequence.damnit("reprocess", sequence.folder.path, "1")
    sequence.edit("return value * FACTOR", "return value / FACTOR")
    sequence.edit("x + 1", "x + 2", "shared.py")

    printed = sequence.damnit("code", sequence.folder.path, 1, "double", "--packages")
    assert "def double(run" in printed
    assert "return value * FACTOR" in printed
    assert "def trains" not in printed
    assert "# package     numpy" in printed
    assert f"# python      {sys.version.split()[0]}" in printed

    whole = sequence.damnit("code", sequence.folder.path, 1, "shifted", "--whole")
    assert whole.count("@Variable") == CONTEXT.count("@Variable")
    assert "# ---- shared.py\ndef shift(x):\n    return x + 1\n" in whole

    dry = sequence.damnit("reprocess", sequence.folder.path, "--stale", "--dry-run")
    assert "scaled changed" in dry
    assert "3 values in 1 runs are stale" in dry
    assert sequence.value("shifted") == 2

    data = Damnit(sequence.folder.path)[1, "double"]
    assert data.code() is not None
    assert data.provenance().stage == "raw"


def test_that_another_interpreter_makes_nothing_stale_and_is_seen(sequence, tmp_path):
    sequence.damnit("reprocess", sequence.folder.path, "1")
    other = second_environment(tmp_path / "environment")
    with Database(sequence.folder) as database:
        set_setting(database, "context_python", str(other))
    before = Damnit(sequence.folder.path)[1, "trains"].provenance()

    assert sequence.stale() == {}
    sequence.damnit("reprocess", sequence.folder.path, "1")
    after = Damnit(sequence.folder.path)[1, "trains"].provenance()
    assert after.code == before.code
    assert after.environment != before.environment
    assert str(other) in sequence.damnit("code", sequence.folder.path, 1, "trains")

"""Runs computed more than once by both programs: later data, some of the Variables, another context file."""

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from extra_data.tests.mockdata import write_file
from extra_data.tests.mockdata.xgm import XGM

HEADER = "from damnit_ctx import Cell, Skip, Variable\nimport numpy as np\n"
FIRST = """
@Variable(title="Now/Base")
def base(run):
    return 10

@Variable(title="Now/Needs base")
def needs_base(run, base: "var#base"):
    return base + 1

@Variable(title="now/value to nothing")
def value_to_nothing(run):
    return 1

@Variable(title="Now/Value to error")
def value_to_error(run):
    return Cell(np.arange(9.0), preview=np.arange(3))

@Variable(title="Now/Value to skip")
def value_to_skip(run):
    return 2

@Variable(title="Now/Error to value")
def error_to_value(run):
    raise ValueError("not yet")

@Variable(title="Now/Error to nothing")
def error_to_nothing(run):
    raise ValueError("not yet")

@Variable(title="Now/Number to array", units="mm", tags="old")
def number_to_array(run):
    return 4

@Variable(title="Later/Untouched")
def untouched(run):
    return 5

@Variable(title="Later/Left out")
def left_out(run):
    return 6
"""
SECOND = """
@Variable(title="Now/Base")
def base(run):
    return 20

@Variable(title="Now/Needs base")
def needs_base(run, base: "var#base", quiet: "var#quiet"):
    return base + quiet

@Variable(title="now/value to nothing")
def value_to_nothing(run):
    return None

@Variable(title="Now/Value to error")
def value_to_error(run):
    raise ValueError("no longer")

@Variable(title="Now/Value to skip")
def value_to_skip(run):
    raise Skip("no longer")

@Variable(title="Now/Error to value")
def error_to_value(run):
    return Cell(3, bold=True)

@Variable(title="Now/Error to nothing")
def error_to_nothing(run):
    return None

@Variable(title="Now/Number to array", units="m", tags=["new", "newer"], description="An array")
def number_to_array(run):
    return np.arange(12.0)

@Variable(title="Later/Untouched")
def untouched(run):
    return 50

@Variable(title="Later/Needed")
def quiet(run):
    return 1
"""


class Both:
    """A folder of each program with the same context file."""

    def __init__(self, twins: Any, ours: Any, reference: Any, proposal: int) -> None:
        self.twins = twins
        self._ours = ours
        self._reference = reference
        self._proposal = proposal

    def write(self, text: str) -> None:
        for folder in (self.twins.mine, self.twins.theirs):
            (folder / "context.py").write_text(text)

    def process(self, run: int, stage: str = "all", match: str = "") -> None:
        mine = [*(["--stage", stage] if stage != "all" else []), *(["--match", match] if match else [])]
        self._ours.command("reprocess", self.twins.mine, str(run), *mine)
        self._reference.process(self.twins.theirs, self._proposal, [run], stage, *(["--match", match] if match else []))


@pytest.fixture
def make_both(ours: Any, by_reference: Any, make_twins: Any) -> Any:
    def make(proposal: int) -> Both:
        return Both(make_twins(proposal), ours, by_reference, proposal)

    return make


def differing(compared: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: parts for name, parts in compared.items() if parts}


def assert_former_stays_only_there(found: dict[str, dict[str, Any]]) -> None:
    """What became nothing has its former value or error there, and nothing here, see docs/compatibility.md."""
    assert found.keys() == {"value_to_nothing", "error_to_nothing"}
    assert {mine for parts in found.values() for mine, _ in parts.values()} == {"nothing"}
    assert found["value_to_nothing"]["sql value"] == ("nothing", 1)
    assert found["error_to_nothing"]["sql error"] == ("nothing", "not yet")


def test_that_new_results_take_the_place_of_former_ones(make_both: Any, compare: Any) -> None:
    both = make_both(2304)
    both.write(HEADER + FIRST)
    both.process(318)
    assert differing(compare(both.twins, 2304, 318)) == {}

    both.write(HEADER + SECOND)
    both.process(318)

    assert_former_stays_only_there(differing(compare(both.twins, 2304, 318)))


def test_that_a_part_of_the_titles_chooses_the_same_variables(make_both: Any, compare: Any) -> None:
    both = make_both(2304)
    both.write(HEADER + FIRST)
    both.process(318)
    both.write(HEADER + SECOND)
    both.process(318, match="now/")

    assert_former_stays_only_there(differing(compare(both.twins, 2304, 318)))
    with sqlite3.connect(both.twins.mine / "runs.sqlite") as sql:
        assert sql.execute("SELECT value FROM run_variables WHERE name = 'untouched'").fetchall() == [(5,)]
        assert sql.execute("SELECT value FROM run_variables WHERE name = 'needs_base'").fetchall() == [(21,)]
    sql.close()


def test_that_later_calibrated_data_add_to_what_there_is(make_both: Any, compare: Any, example_runs: Path) -> None:
    (whole,) = example_runs.glob("SQS/*/p002306")
    later = whole.with_name("p002307")
    shutil.copytree(whole / "raw", later / "raw", dirs_exist_ok=True)
    both = make_both(2307)
    both.write((Path(__file__).parents[1] / "people" / "stages.py").read_text())
    both.process(210, "raw")
    early = compare(both.twins, 2307, 210)
    shutil.copytree(whole / "proc", later / "proc")

    both.process(210, "proc")

    assert differing(early) == {}
    assert differing(compare(both.twins, 2307, 210)) == {}


def write_without_times(folder: Path, *modified: float) -> None:
    """A run of files in a format that knew no times, last written then."""
    folder.mkdir()
    for number, seconds in enumerate(modified):
        path = folder / f"RAW-R{folder.name[1:]}-DA0{number}-S00000.h5"
        write_file(path, [XGM(f"SA3_XTD10_XGM/XGM/{number}")], ntrains=5, chunksize=5, format_version="0.5")
        os.utime(path, (seconds, seconds))


def test_that_a_run_of_files_without_times_begins_with_its_oldest_file(
    make_both: Any, compare: Any, example_runs: Path
) -> None:
    (proposal,) = example_runs.glob("SA3/*/p002304")
    write_without_times(proposal / "raw" / "r0320", 1.6e9, 1.6e9 + 50)
    write_without_times(proposal / "raw" / "r0321", 1.6e9 + 50, 1.6e9)
    both = make_both(2304)
    both.write(HEADER + FIRST)
    both.process(320)
    both.process(321)

    assert differing(compare(both.twins, 2304, 320)) == {}
    # there it is the first file's time, here that of the oldest
    found = differing(compare(both.twins, 2304, 321))
    assert found.keys() == {"start_time"}
    assert found["start_time"]["sql run_info"] == ([(1.6e9,)], [(1.6e9 + 50,)])

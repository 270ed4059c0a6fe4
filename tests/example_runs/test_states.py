"""Runs that are not, or not yet, what a context file expects: what is there is computed, and what is not is told."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from extra_data import SourceNameError, open_run
from extra_data.components import LPD1M
from extra_data.tests.make_examples import make_lpd_run_mini_missed_train
from extra_data.tests.mockdata import write_file
from extra_data.tests.mockdata.motor import Motor
from extra_data.tests.mockdata.xgm import XGM

from damnit_backend.api import Damnit

CONTEXT = """\
from damnit_ctx import Variable

@Variable(title="Trains")
def n_trains(run):
    return len(run.train_ids)

@Variable(title="XGM", units="µJ")
def energy(run):
    return run["SA1_XTD2_XGM/DOOCS/MAIN:output", "data.intensityTD"].ndarray().mean()

@Variable(title="Motor")
def motor(run):
    return run["TEST/MOTOR/X", "actualPosition"].ndarray().mean()

@Variable(title="Calibrated", data="proc")
def calibrated(run):
    return run["TEST/MOTOR/CORRECTED", "actualPosition"].ndarray().mean()
"""


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    path = tmp_path / "TST" / "202401" / "p002399"
    (path / "raw").mkdir(parents=True)
    return path


def write(proposal: Path, run: int, aggregator: str, device: Any, **options: Any) -> Path:
    """A file of a run, with 20 trains if nothing else is said."""
    stage = "proc" if aggregator == "CORR" else "raw"
    folder = proposal / stage / f"r{run:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{'CORR' if stage == 'proc' else 'RAW'}-R{run:04d}-{aggregator}-S00000.h5"
    write_file(path, [device], **({"ntrains": 20, "chunksize": 10, "format_version": "1.2"} | options))
    return path


def write_run(proposal: Path, run: int, **options: Any) -> tuple[Path, Path]:
    """The raw files of a run: one with an XGM, one with a motor."""
    return (
        write(proposal, run, "DA01", XGM("SA1_XTD2_XGM/DOOCS/MAIN"), **options),
        write(proposal, run, "DA02", Motor("TEST/MOTOR/X"), **options),
    )


def outcomes(table: Any, run: int) -> dict[str, Any]:
    """Each variable's value, or the class of its error."""
    variables = table[run]
    found = {name: variables[name] for name in variables}
    return {name: data.error.error_cls if data.error else data.summary() for name, data in found.items()}


def test_that_calibrated_data_that_come_later_add_their_variables_only(proposal: Path, make_table: Any) -> None:
    write_run(proposal, 1)
    table = make_table(proposal, CONTEXT)
    table.process(1)
    assert outcomes(table, 1) == {"n_trains": 20, "energy": 0.0, "motor": 0.0}

    write(proposal, 1, "CORR", Motor("TEST/MOTOR/CORRECTED"))
    log = len(table.log(1))
    table.process(1, stage="proc")

    assert outcomes(table, 1) == {"n_trains": 20, "energy": 0.0, "motor": 0.0, "calibrated": 0.0}
    assert "all data: 1 Variables" in table.log(1)[log:]


def test_that_a_missing_source_is_told_in_the_words_of_extra_data(proposal: Path, make_table: Any) -> None:
    write(proposal, 1, "DA01", XGM("SA1_XTD2_XGM/DOOCS/MAIN"))
    table = make_table(proposal, CONTEXT)
    (job,) = table.process(1)

    with pytest.raises(SourceNameError) as raised:
        open_run(str(proposal), 1)["TEST/MOTOR/X", "actualPosition"]
    error = table[1]["motor"].error
    assert (error.error_cls, error.message) == ("SourceNameError", str(raised.value))
    assert "TEST/MOTOR/X" in error.message
    assert job.state == "done"


def test_that_a_truncated_file_costs_its_own_sources_only(proposal: Path, make_table: Any) -> None:
    _, motor = write_run(proposal, 1)
    os.truncate(motor, motor.stat().st_size // 2)
    table = make_table(proposal, CONTEXT)

    table.process(1)

    assert outcomes(table, 1) == {"n_trains": 20, "energy": 0.0, "motor": "SourceNameError"}
    assert motor.name in table.log(1)


@pytest.mark.parametrize("damage", ["truncated", "no files", "no data"])
def test_that_a_run_that_cannot_be_opened_says_why(
    proposal: Path, make_table: Any, damage: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write_run(proposal, 2)
    for path in write_run(proposal, 1):
        if damage == "truncated":
            os.truncate(path, 1000)
        elif damage == "no data":
            path.write_bytes(b"")
        else:
            path.unlink()
    table = make_table(proposal, CONTEXT)

    broken, fine = table.process(1, 2)

    assert (broken.state, fine.state) == ("failed", "done")
    assert "EXtra-data cannot open run 1" in broken.message
    assert outcomes(table, 2)["n_trains"] == 20
    assert "Traceback" not in capfd.readouterr().err


def test_that_a_run_without_trains_has_what_can_be_said_of_it(proposal: Path, make_table: Any) -> None:
    files = write_run(proposal, 1, ntrains=0)
    for number, path in enumerate(files):
        os.utime(path, (1.7e9 + number, 1.7e9 + number))
    table = make_table(proposal, CONTEXT)

    (job,) = table.process(1)

    assert job.state == "done"
    assert table[1]["n_trains"].read() == 0
    (start,) = Damnit(table.folder.path).table()["start_time"]
    assert start.timestamp() == 1.7e9


def test_that_aliases_of_the_proposal_are_known(proposal: Path, make_table: Any) -> None:
    write_run(proposal, 1)
    (proposal / "usr").mkdir()
    (proposal / "usr" / "extra-data-aliases.yml").write_text(
        "XGM/energy: [SA1_XTD2_XGM/DOOCS/MAIN:output, data.intensityTD]\n"
    )
    context = (
        "from damnit_ctx import Variable\n"
        "@Variable()\ndef energy(run):\n    return run.alias['XGM/energy'].ndarray().shape[0]\n"
        "@Variable()\ndef unknown(run):\n    return run.alias['nothing'].ndarray()\n"
    )
    table = make_table(proposal, context)

    table.process(1)

    assert outcomes(table, 1) == {"energy": 20, "unknown": "AliasError"}
    assert "nothing" in table[1]["unknown"].error.message


GROW = """
import sys, h5py
with h5py.File(sys.argv[1], "r+") as file:
    file["CONTROL/TEST/MOTOR/X/actualPosition/value"][:] = 5
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_that_a_file_that_is_still_written_is_right_once_it_is_closed(proposal: Path, make_table: Any) -> None:
    _, motor = write_run(proposal, 1)
    table = make_table(proposal, CONTEXT)
    writer = subprocess.Popen([sys.executable, "-c", GROW, motor], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"open\n"

    table.process(1)
    during = outcomes(table, 1)
    writer.communicate(b"\n")
    table.process(1)

    assert during.pop("motor") in (0.0, 5.0, "SourceNameError")  # as the file lets it be read
    assert during == {"n_trains": 20, "energy": 0.0}
    assert outcomes(table, 1) == {"n_trains": 20, "energy": 0.0, "motor": 5.0}


def test_that_a_run_that_grew_has_the_results_of_all_its_files(proposal: Path, make_table: Any) -> None:
    first, _ = write_run(proposal, 1)
    table = make_table(proposal, CONTEXT)
    table.process(1)

    second = first.with_name(first.name.replace("S00000", "S00001"))
    write_file(second, [XGM("SA1_XTD2_XGM/DOOCS/MAIN")], ntrains=5, firsttrain=10020, chunksize=5, format_version="1.2")
    table.process(1)

    assert table[1]["n_trains"].read() == 25


COUNTING = """\
import extra_data
from extra_data.file_access import FileAccess
from damnit_ctx import Variable

opened, files = [], set()
open_run = extra_data.open_run

def counting(*arguments, **options):
    run = open_run(*arguments, **options)
    opened.append(run)
    files.update(id(file) for file in run.files)
    return run

extra_data.open_run = counting

"""
VARIABLE = """\
@Variable()
def motor_NUMBER(run):
    run["TEST/MOTOR/NUMBER", "actualPosition"].ndarray()
    return f"{len(opened)} {len(files)} {len({id(file) for file in run.files} - files)}"

"""


def test_that_a_run_of_many_files_is_opened_once_for_all_variables(proposal: Path, make_table: Any) -> None:
    for number in range(50):
        write(proposal, 1, f"DA{number:02d}", Motor(f"TEST/MOTOR/{number}"), ntrains=2)
    variable = (
        "@Variable()\ndef motor_{0}(run):\n    run['TEST/MOTOR/{0}', 'actualPosition'].ndarray()\n    return {1}\n"
    )
    counts = "f'{len(opened)} {len(files)} {len({id(file) for file in run.files} - files)}'"
    table = make_table(proposal, COUNTING + "".join(variable.format(number, counts) for number in range(50)))

    table.process(1)

    assert set(outcomes(table, 1).values()) == {"1 50 0"}


CLUSTER = """\
from damnit_ctx import Variable

order = []

@Variable(cluster=True)
def heavy(run):
    order.append("heavy")
    return ", ".join(order)

@Variable()
def after_heavy(run, heavy: "var#heavy"):
    order.append("after_heavy")
    return ", ".join(order)

@Variable()
def quick(run):
    order.append("quick")
    return ", ".join(order)
"""


def test_that_without_a_cluster_its_variables_are_computed_here_after_all_others(
    proposal: Path, make_table: Any
) -> None:
    write(proposal, 1, "DA01", Motor("TEST/MOTOR/X"))
    table = make_table(proposal, CLUSTER)

    (job,) = table.process(1)

    assert job.state == "done"
    assert outcomes(table, 1) == {
        "quick": "quick",
        "heavy": "quick, heavy",
        "after_heavy": "quick, heavy, after_heavy",
    }


LABELLED = """\
from damnit_ctx import Cell, Variable
from extra_data.components import LPD1M

@Variable(title="Corner of each frame", units="ADU")
def corner(run):
    return LPD1M(run, min_modules=1, raw=True)["image.data"].xarray()[:, :, 0, 0]

@Variable(title="One module")
def module(run, corner: "var#corner"):
    return Cell(corner.isel(module=1).rename("counts"), preview=corner.isel(module=0))
"""


def test_that_frames_labelled_by_train_and_pulse_come_back(proposal: Path, make_table: Any) -> None:
    folder = proposal / "raw" / "r0450"
    folder.mkdir()
    make_lpd_run_mini_missed_train(folder)
    table = make_table(proposal, LABELLED)

    table.process(450)

    corner = LPD1M(open_run(str(proposal), 450), min_modules=1, raw=True)["image.data"].xarray()[:, :, 0, 0]
    found = table[450]["corner"].read()
    xr.testing.assert_identical(found.assign_attrs(corner.attrs), corner)
    assert found.sel(train_pulse=(10004, 8), module=1) == 4
    xr.testing.assert_identical(table[450]["module"].read(), corner.isel(module=1).rename("counts"))
    xr.testing.assert_identical(table[450]["module"].preview_data(), corner.isel(module=0))
    assert len(table[450]["module"].summary()) == corner.sizes["train_pulse"]

"""What costs DAMNIT 0.4.0 all results of a run: here it is the matter of one Variable, or of none."""

from pathlib import Path
from typing import Any

import pytest

from damnit_backend.api import Damnit

PROPOSAL, RUN = 2304, 318
HEADER = """\
import os
import numpy as np
import xarray as xr
from damnit_ctx import Cell, Variable

FRAMES = xr.DataArray(np.eye(2), dims=("a", "b"), coords={"a": [1, 2], "b": [3, 4]})

@Variable(title="Fine")
def fine(run):
    return 1
"""
COSTLY = {
    "labelled": "    return FRAMES.stack(train_pulse=('a', 'b'))",
    "numpy_text": "    return np.str_('text')",
    "duration": "    return np.timedelta64(5, 's')",
    "function_as_summary": "    return Cell(np.arange(3), summary=np.mean)",
}
REFUSED = {
    "annotated": "def annotated(run, factor: int = 2):\n    return factor",
    "annotated_return": "def annotated_return(run) -> float:\n    return 2.0",
    "by_file": "def by_file(run, name=os.path.basename(__file__)):\n    return name",
}
CLUSTER = "@Variable(cluster=True)\ndef on_cluster(run):\n    return 7"


def variable(name: str) -> str:
    return f"@Variable()\n{REFUSED.get(name) or f'def {name}(run):{chr(10)}{COSTLY[name]}'}\n"


def written(folder: Path, text: str) -> Path:
    (folder / "context.py").write_text(HEADER + text)
    return folder


@pytest.fixture(scope="module")
def mine_folder(ours: Any, make_twins: Any) -> Path:
    """All of it in one context file, computed by our program."""
    folder = written(make_twins(PROPOSAL).mine, "".join(map(variable, (*COSTLY, *REFUSED))) + CLUSTER)
    ours.command("reprocess", folder, str(RUN))
    return folder


@pytest.fixture
def mine(mine_folder: Path) -> Any:
    """Its run."""
    return Damnit(mine_folder)[RUN]


@pytest.mark.parametrize("name", [*COSTLY, *REFUSED])
def test_that_the_other_program_stores_nothing(name: str, by_reference: Any, tmp_path: Path) -> None:
    folder = written(by_reference.make(tmp_path / "theirs", PROPOSAL), variable(name))

    with pytest.raises(pytest.fail.Exception, match="non-zero exit status"):
        by_reference.process(folder, PROPOSAL, [RUN], "all")

    assert not list(folder.glob("extracted_data/*.h5"))


def test_that_the_other_program_does_not_compute_for_a_cluster_without_slurm(
    reference: Any, tmp_path: Path, by_reference: Any
) -> None:
    folder = written(by_reference.make(tmp_path / "theirs", PROPOSAL), CLUSTER)

    with pytest.raises(pytest.fail.Exception, match="sbatch"):
        reference.command("reprocess", "--direct", str(RUN), cwd=folder)
    reference.command("combiner", "now", folder)

    assert reference.read(folder)["runs"][str(RUN)]["variables"].keys() == {"fine", "start_time"}


def test_that_here_everything_else_is_stored(mine: Any) -> None:
    values = {name: mine[name].summary() for name in ("fine", "annotated", "annotated_return", "by_file", "on_cluster")}
    assert values == {"fine": 1, "annotated": 2, "annotated_return": 2.0, "by_file": "context.py", "on_cluster": 7}


def test_that_the_other_program_reads_what_it_cannot_write(reference: Any, mine_folder: Path) -> None:
    labelled = reference.read(mine_folder)["runs"][str(RUN)]["variables"]["labelled"]["read"]["dataarray"]

    assert labelled["dims"] == ["train_pulse"]
    assert labelled["coords"].keys() == {"a", "b"}


def test_that_here_each_says_what_is_wrong_with_it(mine: Any) -> None:
    errors = {name: mine[name].error for name in COSTLY}
    assert errors.pop("numpy_text") is errors.pop("labelled") is None
    assert mine["numpy_text"].read() == "text"
    assert mine["labelled"].read().indexes["train_pulse"].names == ["a", "b"]
    assert "seconds" in errors["duration"].message
    assert "summary" in errors["function_as_summary"].message

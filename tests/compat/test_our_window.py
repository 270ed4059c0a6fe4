"""Our window opens a folder of DAMNIT 0.4.0, as a process of its own without a screen, and takes nothing from it."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

OF_RUN = "SELECT * FROM {table} WHERE proposal = 1234 AND run = 1"


def rows_of_run(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the database holds of run 1 and of the columns; times included."""
    sql = sqlite3.connect(folder / "runs.sqlite")
    queries = {table: OF_RUN.format(table=table) for table in ("run_info", "run_variables")}
    queries |= {table: f"SELECT * FROM {table}" for table in ("variables", "tags", "variable_tags", "time_comments")}
    rows = {table: sorted(sql.execute(query).fetchall(), key=repr) for table, query in queries.items()}
    sql.close()
    return rows


@pytest.fixture
def picture(ours, copy_of_reference: Path, tmp_path: Path) -> Iterator[Path]:
    """A picture of our window with the reference program's folder, taken when its run was complete."""
    path = tmp_path / "window.png"
    options = ["--theme", "light", "--size", "1600x1000", "--quit-when-runs", "1", "--quit-after", "60"]
    try:
        ours.command("gui", copy_of_reference, "--screenshot", path, *options)
        yield path
    finally:
        ours.command("stop", copy_of_reference)


@pytest.mark.usefixtures("picture")
def test_that_our_window_changes_nothing_that_the_other_program_stored(
    copy_of_reference: Path, made_by_reference: Path
) -> None:
    assert rows_of_run(copy_of_reference) == rows_of_run(made_by_reference)
    result = "extracted_data/p1234_r1.h5"
    assert (copy_of_reference / result).read_bytes() == (made_by_reference / result).read_bytes()
    assert (copy_of_reference / "context.py").read_bytes() == (made_by_reference / "context.py").read_bytes()


@pytest.mark.usefixtures("picture")
def test_that_the_other_program_opens_the_folder_after_our_window_did(
    reference, copy_of_reference: Path, made_by_reference: Path, tmp_path: Path
) -> None:
    untouched = Path(shutil.copytree(made_by_reference, tmp_path / "untouched"))
    before = reference.window(untouched, tmp_path / "before.png")["rows"]["1"]
    after = reference.window(copy_of_reference, tmp_path / "after.png")["rows"]["1"]
    assert after == before
    assert reference.read(copy_of_reference)["runs"]["1"] == reference.read(made_by_reference)["runs"]["1"]


def test_that_our_window_draws_the_table(picture: Path) -> None:
    with Image.open(picture) as image:
        assert image.size == (1600, 1000)
        colours = image.convert("RGB").getcolors(1600 * 1000)
    assert colours is not None
    assert len(colours) > 200

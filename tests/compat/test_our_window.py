"""Our window opens a folder of DAMNIT 0.4.0, as a process of its own without a screen, and takes nothing from it."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

OF_RUN = "SELECT * FROM {table} WHERE proposal = 1234 AND run = 1"


def rows_of_run(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the database holds of run 1 and of the columns; times included."""
    sql = sqlite3.connect(folder / "runs.sqlite")
    queries = {table: OF_RUN.format(table=table) for table in ("run_info", "run_variables")}
    # The column `attributes` of the table `variables` is not among these: we note units in it.
    queries["variables"] = "SELECT name, type, title, description FROM variables"
    queries |= {table: f"SELECT * FROM {table}" for table in ("tags", "variable_tags", "time_comments")}
    rows = {table: sorted(sql.execute(query).fetchall(), key=repr) for table, query in queries.items()}
    sql.close()
    return rows


@dataclass(frozen=True)
class Opened:
    """A folder of the reference program that our window had open until its run was complete, and a picture of it."""

    folder: Path
    picture: Path


@pytest.fixture(scope="module")
def opened(ours, made_by_reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    place = tmp_path_factory.mktemp("window")
    made = Opened(Path(shutil.copytree(made_by_reference, place / "amore")), place / "window.png")
    options = ["--theme", "light", "--size", "1600x1000", "--quit-when-runs", "1", "--quit-after", "40"]
    try:
        ours.command("gui", made.folder, "--screenshot", made.picture, *options)
        yield made
    finally:
        ours.command("stop", made.folder)


def test_that_our_window_changes_nothing_that_the_other_program_stored(opened: Opened, made_by_reference: Path) -> None:
    assert rows_of_run(opened.folder) == rows_of_run(made_by_reference)
    for name in ("extracted_data/p1234_r1.h5", "context.py"):
        assert (opened.folder / name).read_bytes() == (made_by_reference / name).read_bytes()


def test_that_the_other_program_opens_the_folder_after_our_window_did(
    reference, opened: Opened, made_by_reference: Path, tmp_path: Path
) -> None:
    untouched = Path(shutil.copytree(made_by_reference, tmp_path / "untouched"))
    before = reference.window(untouched, tmp_path / "before.png")["rows"]["1"]
    after = reference.window(opened.folder, tmp_path / "after.png")["rows"]["1"]
    assert after == before
    assert reference.read(opened.folder)["runs"]["1"] == reference.read(made_by_reference)["runs"]["1"]


def test_that_our_window_draws_the_table(opened: Opened) -> None:
    with Image.open(opened.picture) as image:
        assert image.size == (1600, 1000)
        colours = image.convert("RGB").getcolors(1600 * 1000)
    assert colours is not None
    assert len(colours) > 200

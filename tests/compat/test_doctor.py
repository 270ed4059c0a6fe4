"""Folders that DAMNIT 0.4.0 made are found in order, before and after our store has added its tables."""

import pytest

from damnit_backend.care.doctor import examine_folder
from damnit_backend.care.rebuild import rebuild_database
from damnit_backend.core.settings import Settings
from damnit_backend.store.folder import Folder
from damnit_backend.store.opening import open_database, open_for_reading
from damnit_backend.store.table import read_table

CHECKS = ("database", "schema", "journal", "results", "fragments", "leftovers")


def problems(folder: Folder) -> list[tuple[str, tuple[str, ...]]]:
    report = examine_folder(folder, Settings(), only=CHECKS)
    return [(finding.text, finding.details) for finding in report.findings if finding.is_problem]


@pytest.mark.parametrize("opened", [False, True])
def test_a_folder_of_the_reference_is_well(copy_of_reference, opened):
    folder = Folder(copy_of_reference)
    if opened:
        open_database(folder).close()
    assert problems(folder) == []


def test_its_lost_database_comes_back_from_its_files(copy_of_reference):
    folder = Folder(copy_of_reference)
    with open_for_reading(folder) as database:
        before = {key for key, cell in read_table(database).cells.items() if cell.provenance == "context.py"}
    folder.database.unlink()
    rebuild_database(folder)
    with open_for_reading(folder) as database:
        assert before <= read_table(database).cells.keys()
    assert problems(folder) == []

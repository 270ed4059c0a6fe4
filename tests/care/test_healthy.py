"""A folder in which nothing is wrong."""

from damnit_backend.care.checks.catalogue import CHECKS
from damnit_backend.core.findings import Level


def test_a_healthy_folder_is_well(examine):
    report = examine()
    assert [f for f in report.findings if f.level is not Level.OK] == []
    assert {f.check for f in report.findings} == {check.name for check in CHECKS}


def test_a_quick_look_at_a_healthy_folder_is_well(examine):
    report = examine(quick=True)
    assert [f for f in report.findings if f.level is not Level.OK] == []


def test_there_is_nothing_to_mend_in_a_healthy_folder(examine, damnit_folder):
    before = damnit_folder.database.read_bytes()
    report = examine(fix=True)
    assert report.problems == 0
    assert not any(f.mended for f in report.findings)
    assert damnit_folder.database.read_bytes() == before


def test_examining_leaves_nothing_behind(examine, damnit_folder):
    before = sorted(path for path in damnit_folder.path.rglob("*"))
    examine()
    after = sorted(path for path in damnit_folder.path.rglob("*") if not path.name.endswith(("-wal", "-shm")))
    assert [p for p in after if "__pycache__" not in p.parts] == before


def test_progress_is_told_for_each_check(damnit_folder):
    from damnit_backend.care.doctor import examine_folder
    from damnit_backend.core.settings import Settings

    told = []
    examine_folder(damnit_folder, Settings(), quick=True, progress=told.append)
    assert {progress.title for progress in told} == {check.title for check in CHECKS}
    assert [p for p in told if p.title == "Results"][-1].done == 3

import os
from pathlib import Path

import pytest

from damnit_backend.triggers.run_directory import list_runs, signature


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    path = tmp_path / "p001234"
    for place in (
        "raw/r0001",
        "raw/r0012",
        "proc/r0001",
        "raw/scratch",
        "raw/r12345678",
        "raw/xr0001",
        "raw/r0001.old",
    ):
        (path / place).mkdir(parents=True)
    (path / "raw" / "r0003").write_text("a file")
    return path


def test_that_runs_of_both_stages_are_found_and_nothing_else(proposal):
    found = sorted((run.run, run.stage, run.path) for run in list_runs(proposal))
    assert found == [
        (1, "proc", proposal / "proc" / "r0001"),
        (1, "raw", proposal / "raw" / "r0001"),
        (12, "raw", proposal / "raw" / "r0012"),
    ]


def test_that_missing_stages_are_empty_and_a_missing_proposal_is_an_error(tmp_path):
    assert list_runs(tmp_path) == []
    with pytest.raises(FileNotFoundError, match="gone"):
        list_runs(tmp_path / "gone")


def test_that_a_dangling_link_hides_no_runs(proposal):
    (proposal / "raw" / "r0009").symlink_to(proposal / "nowhere")
    (proposal / "raw" / "r0010").symlink_to(proposal / "raw" / "r0001")
    assert {run.run for run in list_runs(proposal) if run.stage == "raw"} == {1, 10, 12}


def test_that_a_stage_which_is_a_file_is_an_error_that_names_it(tmp_path):
    (tmp_path / "raw").write_text("")
    with pytest.raises(OSError, match="raw"):
        list_runs(tmp_path)


def test_that_a_directory_without_data_has_no_signature(proposal):
    run = proposal / "raw" / "r0001"
    assert signature(run) == ""
    (run / "notes.txt").write_text("x")
    (run / "RAW.h5.tmp").write_text("x")
    assert signature(run) == ""


def test_that_any_change_of_a_data_file_changes_the_signature(proposal):
    run = proposal / "raw" / "r0001"
    found = {signature(run)}
    file = run / "RAW-R0001-DA01-S00000.h5"

    def changed() -> None:
        before = len(found)
        found.add(signature(run))
        assert len(found) == before + 1

    file.write_bytes(b"a")
    os.utime(file, ns=(1, 1))
    changed()
    file.write_bytes(b"ab")
    os.utime(file, ns=(1, 1))
    changed()
    os.utime(file, ns=(2, 2))
    changed()
    (run / "RAW-R0001-DA02-S00000.h5").write_bytes(b"a")
    changed()
    file.rename(run / "RAW-R0001-DA03-S00000.h5")
    changed()


def test_that_the_same_files_have_the_same_signature(proposal):
    run = proposal / "raw" / "r0001"
    for number in range(5):
        (run / f"RAW-{number}.h5").write_bytes(b"a")
    assert signature(run) == signature(run)


def test_that_a_file_whose_target_is_gone_does_not_hide_the_others(proposal):
    run = proposal / "raw" / "r0001"
    (run / "RAW-1.h5").write_bytes(b"a")
    (run / "RAW-0.h5").symlink_to(run / "offline")
    assert signature(run).startswith("1-")


@pytest.mark.skipif(os.getuid() != 0, reason="root becomes another user here")
def test_that_an_unreadable_run_is_an_error_of_its_own(proposal, tmp_path):
    run = proposal / "raw" / "r0001"
    (run / "RAW-1.h5").write_bytes(b"a")
    for path in (tmp_path, *tmp_path.parents[:3]):
        path.chmod(path.stat().st_mode | 0o055)
    run.chmod(0o700)
    pid = os.fork()
    if pid == 0:
        os.setuid(65534)
        try:
            code = 0 if len(list_runs(proposal)) == 3 else 2
            signature(run)
        except PermissionError:
            os._exit(code)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_links_that_lead_nowhere_or_in_circles_do_not_hide_other_runs(tmp_path):
    raw = tmp_path / "raw"
    (raw / "r0001").mkdir(parents=True)
    (raw / "r0002").symlink_to("r0002")
    (raw / "r0003").symlink_to("nowhere")
    (raw / "r0004").symlink_to("r0001")
    assert sorted(found.run for found in list_runs(tmp_path)) == [1, 4]

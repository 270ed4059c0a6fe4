"""Damage to files of results, and disagreement with the table."""

import os
import shutil

import h5py
import pytest

from damnit_backend.care.file_readers import FileReaders
from damnit_backend.core.findings import Level
from damnit_backend.core.keys import CellKey
from damnit_backend.store.examine import Depth
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.table import read_table


def file_of(folder, run: int):
    return folder.results / f"p1234_r{run}.h5"


def cells_of(folder):
    with open_for_reading(folder) as database:
        return read_table(database).cells


@pytest.mark.parametrize("kept", [0, 7, 2000, 30000])
def test_a_cut_off_file_is_set_aside_and_its_values_stay(damnit_folder, problems, examine, kept):
    path = file_of(damnit_folder, 2)
    content = path.read_bytes()
    path.write_bytes(content[:kept])
    before = cells_of(damnit_folder)
    (finding,) = problems("results")
    assert finding.level is Level.ERROR
    assert finding.details[0].startswith("p1234_r2.h5: ")
    assert finding.advice.endswith(" 2")
    report = examine("results", fix=True)
    assert any("set 1 file aside" in f.mended for f in report.findings)
    (kept_file,) = damnit_folder.path.glob("set-aside/p1234_r2.h5.*")
    assert kept_file.read_bytes() == content[:kept]
    assert cells_of(damnit_folder).keys() == before.keys()
    (left,) = problems("results")
    assert "full results are missing" in left.text
    assert left.level is Level.WARNING


def test_a_result_that_cannot_be_decompressed_is_named(damnit_folder, problems):
    path = file_of(damnit_folder, 1)
    with h5py.File(path, "r") as file:
        dataset = file["image/data"]
        chunk = dataset.id.get_chunk_info(0) if dataset.chunks else None
        if chunk is None:  # small arrays are stored as they are: take a compressed one
            dataset = next(file[n] for n in ("stack/stack", "dataset/a") if file[n].chunks)
            chunk = dataset.id.get_chunk_info(0)
    with path.open("r+b") as raw:
        raw.seek(chunk.byte_offset)
        raw.write(b"\xff" * chunk.size)
    (finding,) = problems("results")
    assert "cannot be read" in finding.text
    assert finding.details[0].startswith("p1234 r1: ")


def test_bytes_that_are_no_table_are_noticed(damnit_folder, problems):
    with h5py.File(file_of(damnit_folder, 1), "r+") as file:
        file["frame/data"][...] = 7
    (finding,) = problems("results")
    assert finding.details[0].startswith("p1234 r1: frame: ")


def test_swapped_files_disagree_with_the_table(damnit_folder, problems):
    first, second = file_of(damnit_folder, 1), file_of(damnit_folder, 2)
    between = first.with_name("between")
    first.rename(between)
    second.rename(first)
    between.rename(second)
    (finding,) = problems("results")
    assert "other values" in finding.text
    assert finding.level is Level.ERROR
    assert {line.split(":")[0] for line in finding.details} == {"p1234 r1", "p1234 r2"}
    assert "number" in finding.details[0]


def test_a_quick_look_only_opens_the_files(damnit_folder, problems):
    with h5py.File(file_of(damnit_folder, 1), "r+") as file:
        file["frame/data"][...] = 7
    assert problems("results", quick=True) == []
    file_of(damnit_folder, 2).write_bytes(b"nothing")
    assert problems("results", quick=True)


def test_cells_that_are_missing_come_back_from_the_file(damnit_folder, problems, examine, plain_sql):
    before = cells_of(damnit_folder)
    sql = plain_sql()
    # As a crash or another program does it: nothing notes it down.
    triggers = [name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in triggers:
        sql.execute(f'DROP TRIGGER "{name}"')
    sql.execute("DELETE FROM run_variables WHERE run = 3 AND name IN ('trace', 'broken', 'text')")
    assert examine("schema", fix=True).problems == 0
    (finding,) = problems("results")
    assert finding.details == ("p1234 r3: broken, text, trace",)
    assert "added 3 values" in next(f.mended for f in examine("results", fix=True).findings if f.mended)
    after = cells_of(damnit_folder)
    assert after.keys() == before.keys()
    for name in ("trace", "broken", "text"):
        old, new = (cells[CellKey(1234, 3, name)] for cells in (before, after))
        assert (new.units, new.bold, new.max_diff, new.provenance) == (
            old.units,
            old.bold,
            old.max_diff,
            old.provenance,
        )
    assert problems("results") == []


def test_values_that_somebody_deleted_stay_deleted(damnit_folder, problems, examine, plain_sql):
    plain_sql().execute("DELETE FROM run_variables WHERE run = 3 AND name = 'trace'")
    assert problems("results") == []
    examine(fix=True)
    assert CellKey(1234, 3, "trace") not in cells_of(damnit_folder)


def test_results_of_a_run_that_is_not_in_the_table_are_added(damnit_folder, problems, examine):
    shutil.copy(file_of(damnit_folder, 1), file_of(damnit_folder, 77))
    (finding,) = problems("results")
    assert finding.details == ("p1234 r77",)
    assert examine("results", fix=True).problems == 0
    assert cells_of(damnit_folder)[CellKey(1234, 77, "n_trains")].value == 5
    assert problems("results") == []


def test_a_missing_file_is_a_warning_that_names_the_run(damnit_folder, problems):
    file_of(damnit_folder, 3).unlink()
    (finding,) = problems("results")
    assert finding.level is Level.WARNING
    assert finding.advice.endswith(" 3")


def test_a_missing_result_is_a_warning(damnit_folder, problems):
    with h5py.File(file_of(damnit_folder, 3), "r+") as file:
        del file["trace"], file[".reduced/trace"]
    (finding,) = problems("results")
    assert finding.details == ("p1234 r3: trace",)


def test_a_cell_that_cannot_be_decoded_is_an_error(problems, plain_sql):
    plain_sql().execute("UPDATE run_variables SET value = x'0102' WHERE run = 2 AND name = 'image'")
    texts = [finding.text for finding in problems("results")]
    assert any("table cannot be read" in text for text in texts)


def test_a_file_that_leads_to_others_is_not_followed(damnit_folder, problems, tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = 1
    with h5py.File(file_of(damnit_folder, 3), "r+") as file:
        file["trick"] = h5py.ExternalLink(str(secret), "/x")
    (finding,) = problems("results")
    assert "link" in finding.details[0]


def test_a_file_on_which_reading_hangs_is_reported(damnit_folder):
    pipe = damnit_folder.results / "p1234_r8.h5"
    os.mkfifo(pipe)
    with FileReaders(Depth.ALL, processes=1, patience=4.0) as readers:
        reports = dict(readers.examine([pipe, file_of(damnit_folder, 1)]))
    assert "without end" in reports[pipe].problem
    assert reports[file_of(damnit_folder, 1)].problem == ""


def test_a_reader_that_crashes_costs_one_file_only(damnit_folder, monkeypatch):
    killing = "import os, sys; sys.stdin.readline(); os.kill(os.getpid(), 11)"
    paths = [file_of(damnit_folder, run) for run in (1, 2, 3)]
    with FileReaders(Depth.NAMES, processes=1) as readers:
        with monkeypatch.context() as patch:
            patch.setattr("damnit_backend.care.file_readers.COMMAND", ("-c", killing))
            ((_, crashed),) = readers.examine(paths[:1])
        assert "signal 11" in crashed.problem
        assert [report.problem for _, report in readers.examine(paths)] == ["", "", ""]


def test_fragments_that_wait_without_a_listener_are_a_warning(damnit_folder, problems, examine):
    (damnit_folder.results / "p1234_r9.abc.ready.h5").write_bytes(file_of(damnit_folder, 1).read_bytes())
    (damnit_folder.results / "p1234_r9.abd.ready.h5").write_bytes(b"nothing")
    texts = [finding.text for finding in problems("fragments")]
    assert any("wait to be merged" in text for text in texts)
    assert any("cannot be read" in text for text in texts)
    assert any("not in the table" in f.text for f in examine("fragments").findings)


def test_only_what_is_old_and_held_by_nobody_is_removed(damnit_folder, problems, examine):
    old, young, held = (damnit_folder.results / f"p1234_r9.{name}.writing.h5" for name in ("old", "young", "held"))
    merging = damnit_folder.results / "p1234_r9.old.merging.h5"
    for path in (old, young, held, merging):
        path.touch()
    for path in (old, held, merging):
        os.utime(path, (1e9, 1e9))
    with held.open():
        assert [f.details for f in problems("fragments")] == [(old.name,), (merging.name,)]
        assert examine("fragments", fix=True).problems == 0
        assert held.exists()
    assert young.exists()
    assert not old.exists()
    assert not merging.exists()


def test_foreign_and_broken_files_are_worth_a_notice(damnit_folder, examine, problems):
    for name in ("notes.txt", "p01234_r1.h5", "p1234_r1.ab.broken.h5"):
        (damnit_folder.results / name).write_text("mine")
    notices = [f for f in examine("fragments").findings if f.level is Level.NOTICE]
    assert [f.details for f in notices] == [("p1234_r1.ab.broken.h5",), ("notes.txt", "p01234_r1.h5")]
    assert problems("fragments", "results") == []


def test_a_merge_that_is_under_way_is_no_disagreement(damnit_folder, problems):
    """A file that is new while its cells are old: at the second look, under the lock, both are there."""
    from damnit_backend.care import comparing

    looks = []
    path = file_of(damnit_folder, 1)
    content = path.read_bytes()

    def lockable(*_):
        looks.append(1)
        path.write_bytes(content)  # the merge ends

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing.Comparison, "_lockable", lockable)
        patch.setattr(comparing, "SECOND_LOOK_SECONDS", 0.0)
        shutil.copy(file_of(damnit_folder, 2), path)
        assert problems("results") == []
    assert looks

"""Backups: complete, consistent while others write, and never half there."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest

from damnit_backend.api import Damnit
from damnit_backend.care import backup as backup_module
from damnit_backend.care import snapshot as snapshot_module
from damnit_backend.care.backup import make_backup
from damnit_backend.care.contents import list_contents
from damnit_backend.control.command_line import damnit_command
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import CellKey
from damnit_backend.store.folder import Folder
from damnit_backend.store.lease import read_lease, take_lease
from damnit_backend.store.opening import open_database, open_for_reading
from damnit_backend.store.table import read_table

ROUNDS = int(os.environ.get("DAMNIT_BACKUP_ROUNDS", "2"))

WRITER = """
import itertools, json, sys
import h5py
from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.edits import write_edit
from damnit_backend.store.folder import Folder
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import open_database
from pathlib import Path

folder = Folder(Path(sys.argv[1]))
with open_database(folder) as database:
    for count in itertools.count():
        key = RunKey(1234, 1 + count % 7)
        path = folder.results / f"p1234_r{key.run}.{count:x}.writing.h5"
        with h5py.File(path, "w") as file:
            for place in (".reduced", ".preview", ".errors"):
                file.create_group(place)
            for name in ("number", "count"):
                file[f"{name}/data"] = float(count)
                file[f".reduced/{name}"] = float(count)
            file.attrs["provenance"] = "context.py"
        ready = path.rename(path.with_name(path.name.replace("writing", "ready")))
        if count % 5:
            merge_fragments(database, key, find_fragments(folder, key)[key])
        write_edit(database, CellKey(1234, 2, "comment"), f"comment {count}")
        print(count, flush=True)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "p1234.tar"


@pytest.fixture
def unpacked(target: Path, tmp_path: Path):
    """``unpacked()`` unpacks the backup with tar, and gives the folder that was in it."""

    def unpack(place: str = "unpacked") -> Folder:
        (tmp_path / place).mkdir()
        subprocess.run(["tar", "xf", target, "-C", tmp_path / place], check=True)
        return Folder(tmp_path / place / "amore")

    return unpack


@pytest.fixture
def writer(damnit_folder):
    """A process that merges results and edits comments as fast as it can."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(damnit_folder.path)], stdout=subprocess.PIPE)
    for _ in range(8):
        assert process.stdout.readline()
    yield process
    assert process.poll() is None, "the writer failed"
    process.kill()
    process.wait()
    process.stdout.close()


def files_below(path: Path) -> set[str]:
    return {str(p.relative_to(path)) for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts}


def test_an_unpacked_backup_holds_the_same_values(damnit_folder, target, unpacked, examine):
    make_backup(damnit_folder, target)
    copy = unpacked()
    old, new = Damnit(damnit_folder.path), Damnit(copy.path)
    assert new.table().equals(old.table())
    for name in ("trace", "image"):
        np.testing.assert_array_equal(new[2, name].read(), old[2, name].read())
    report = examine("database", "schema", "results", "fragments", "leftovers", folder=copy)
    assert report.problems == 0


def test_a_backup_lists_its_files_with_their_checksums(damnit_folder, target, unpacked):
    manifest = make_backup(damnit_folder, target)
    copy = unpacked()
    written = json.loads((copy.path / "backup.json").read_text())
    assert written["folder"] == str(damnit_folder.path)
    assert {file["name"] for file in written["files"]} == files_below(copy.path) - {"backup.json", "SHA256SUMS"}
    for file in manifest.files:
        assert hashlib.sha256((copy.path / file.name).read_bytes()).hexdigest() == file.sha256
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=copy.path, check=True)


def test_what_belongs_to_a_folder_is_in_the_backup(damnit_folder, target, unpacked):
    place = damnit_folder.path
    (place / "helpers").mkdir()
    (place / "helpers" / "tools.py").write_text("x = 1\n")
    (place / "helpers" / "notes.txt").write_text("no module\n")
    (place / "mine.py").write_text("y = 2\n")
    (place / "venv").mkdir()
    (place / "venv" / "pyvenv.cfg").touch()
    (place / "venv" / "big.py").touch()
    (place / "loop").symlink_to(place)
    os.mkfifo(place / "pipe")
    (place / "extracted_data" / "former").mkdir(exist_ok=True)
    (place / "extracted_data" / "former" / "p1234_r1.aa.h5").write_bytes(b"former")
    (place / "extracted_data" / "p1234_r9.bb.ready.h5").write_bytes(b"waiting")
    (place / "extracted_data" / "p1234_r9.cc.writing.h5").write_bytes(b"half")
    manifest = make_backup(damnit_folder, target)
    there = files_below(unpacked().path)
    wanted = {"helpers/tools.py", "mine.py", "context.py", "runs.sqlite", "extracted_data/p1234_r1.h5"}
    wanted |= {"extracted_data/former/p1234_r1.aa.h5", "extracted_data/p1234_r9.bb.ready.h5"}
    assert wanted <= there
    assert not [name for name in there if "venv" in name or "half" in name or "writing" in name or "notes" in name]
    assert {"loop", "pipe", "venv", "helpers", "process_logs"} <= set(manifest.left_out)


def test_logs_are_in_it_if_asked_for(damnit_folder, target, unpacked):
    make_backup(damnit_folder, target, with_logs=True)
    assert "process_logs/r1-p1234.out" in files_below(unpacked().path)


def test_nothing_is_left_in_the_folder(damnit_folder, target):
    before = sorted(damnit_folder.path.iterdir())
    make_backup(damnit_folder, target)
    assert sorted(p for p in damnit_folder.path.iterdir() if not p.name.startswith("runs.sqlite-")) == before
    assert list(target.parent.iterdir()) == [target]


def test_a_backup_is_never_overwritten(damnit_folder, target):
    target.write_text("precious")
    with pytest.raises(UserError, match="exists already"):
        make_backup(damnit_folder, target)
    assert target.read_text() == "precious"


def test_a_backup_that_somebody_else_made_meanwhile_is_kept(damnit_folder, target, monkeypatch):
    packed = backup_module._pack

    def slow(*arguments):
        target.write_text("precious")
        return packed(*arguments)

    monkeypatch.setattr(backup_module, "_pack", slow)
    with pytest.raises(UserError, match="exists by now"):
        make_backup(damnit_folder, target)
    assert target.read_text() == "precious"
    assert list(target.parent.iterdir()) == [target]


def test_the_copied_table_has_no_listener(damnit_folder, target, unpacked):
    with open_database(damnit_folder) as database:
        take_lease(database, "/run/socket", "somebody")
    make_backup(damnit_folder, target)
    with open_for_reading(unpacked()) as database:
        assert read_lease(database) is None


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_table_and_results_agree_while_others_write(
    damnit_folder, target, unpacked, examine, plain_sql, journal, request
):
    plain_sql().execute(f"PRAGMA journal_mode = {journal}")
    request.getfixturevalue("writer")
    for attempt in range(ROUNDS):
        make_backup(damnit_folder, target)
        copy = unpacked(f"unpacked{attempt}")
        report = examine("database", "schema", "results", folder=copy)
        assert [f for f in report.findings if f.is_problem] == []
        target.unlink()


@pytest.mark.usefixtures("writer")
def test_without_links_the_same_holds(damnit_folder, target, unpacked, examine, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(snapshot_module.os, "link", refuse)
    for attempt in range(ROUNDS):
        make_backup(damnit_folder, target)
        report = examine("database", "results", folder=unpacked(f"unpacked{attempt}"))
        assert report.problems == 0
        target.unlink()


def test_who_may_only_read_makes_one_when_nobody_writes(damnit_folder, target, unpacked, examine, monkeypatch):
    monkeypatch.setattr(backup_module.os, "access", lambda *_: False)
    monkeypatch.setattr(backup_module, "QUIET_SECONDS", 0.01)
    before = sorted(damnit_folder.path.iterdir())
    make_backup(damnit_folder, target)
    assert sorted(p for p in damnit_folder.path.iterdir() if not p.name.startswith("runs.sqlite-")) == before
    assert examine("database", "results", folder=unpacked()).problems == 0


@pytest.mark.usefixtures("writer")
def test_who_may_only_read_is_told_if_others_never_stop(damnit_folder, target, monkeypatch):
    monkeypatch.setattr(backup_module.os, "access", lambda *_: False)
    monkeypatch.setattr(backup_module, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(backup_module, "ATTEMPTS", 3)
    with pytest.raises(UserError, match="all the time"):
        make_backup(damnit_folder, target)
    assert list(target.parent.iterdir()) == []


def test_results_that_another_program_edits_in_place_are_noticed(damnit_folder, target, monkeypatch):
    file = damnit_folder.results / "p1234_r2.h5"
    packed = backup_module._pack

    def edited(*arguments):
        os.utime(file, (1, 1))
        return packed(*arguments)

    monkeypatch.setattr(backup_module, "_pack", edited)
    with pytest.raises(UserError, match="in its place"):
        make_backup(damnit_folder, target)
    assert list(target.parent.iterdir()) == []


def test_room_is_looked_for_first(damnit_folder, target, monkeypatch):
    monkeypatch.setattr(backup_module, "MARGIN", 1 << 60)
    with pytest.raises(UserError, match="are free in"):
        make_backup(damnit_folder, target)
    assert list(target.parent.iterdir()) == []


def test_a_disk_that_becomes_full_leaves_nothing(damnit_folder, target, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup_module, "sync", full)
    with pytest.raises(UserError, match="disk is full"):
        make_backup(damnit_folder, target)
    assert list(target.parent.iterdir()) == []
    assert not list(damnit_folder.path.glob(".backup-*"))


def test_a_missing_place_is_said(damnit_folder, tmp_path):
    with pytest.raises(UserError, match="No such file"):
        make_backup(damnit_folder, tmp_path / "nowhere" / "b.tar")


def test_names_with_any_characters_are_kept(damnit_folder, target, unpacked):
    name = "odd \n ü \udcff.py"
    (damnit_folder.path / name).write_text("z = 3\n")
    make_backup(damnit_folder, target)
    assert name in files_below(unpacked().path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing(damnit_folder, target, number):
    big = damnit_folder.results / "p1234_r8.h5"
    with big.open("wb") as file:
        file.truncate(3 << 30)  # takes seconds to pack, no space to hold
    process = subprocess.Popen(
        damnit_command("backup", damnit_folder.path, target, "--progress"), stderr=subprocess.PIPE, text=True
    )
    while "Packing" not in (line := process.stderr.readline()):
        assert line
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "nothing was left behind" in said
    assert list(target.parent.iterdir()) == []
    assert not list(damnit_folder.path.glob(".backup-*"))


def test_links_of_a_killed_backup_are_found_and_removed(damnit_folder, target, examine):
    big = damnit_folder.results / "p1234_r8.h5"
    with big.open("wb") as file:
        file.truncate(3 << 30)
    process = subprocess.Popen(
        damnit_command("backup", damnit_folder.path, target, "--progress"), stderr=subprocess.PIPE, text=True
    )
    while "Packing" not in (line := process.stderr.readline()):
        assert line
    process.kill()
    process.communicate(timeout=60)
    big.unlink()
    assert not target.exists()
    assert examine("leftovers").problems == 1
    assert examine("leftovers", fix=True).problems == 0
    assert not list(damnit_folder.path.glob(".backup-*"))
    assert examine("results").problems == 0


def test_listing_leaves_out_what_vanishes(damnit_folder):
    (damnit_folder.results / "gone.ready.h5").symlink_to("nowhere")
    contents = list_contents(damnit_folder, with_logs=False)
    assert "extracted_data/gone.ready.h5" in contents.left_out


def test_the_command_says_what_it_did(damnit_folder, target):
    done = subprocess.run(
        damnit_command("backup", damnit_folder.path, target), capture_output=True, text=True, check=True
    )
    assert f"tar xf {target}" in done.stdout
    assert "Left out: process_logs" in done.stdout
    with tarfile.open(target) as tar:
        assert tar.getnames()[0] == "amore/runs.sqlite"


def test_edits_made_during_a_backup_are_not_held_up(damnit_folder, target, writer):
    """The writer goes on: the longest pause between two of its rounds is short."""
    begin = time.monotonic()
    make_backup(damnit_folder, target)
    assert time.monotonic() - begin < 60
    with open_for_reading(damnit_folder) as database:
        before = read_table(database).cells[CellKey(1234, 2, "comment")].value
    assert writer.stdout.readline()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with open_for_reading(damnit_folder) as database:
            if read_table(database).cells[CellKey(1234, 2, "comment")].value != before:
                return
    raise AssertionError("the writer stands still")

"""Checks of what the folder stands in: permissions, disk, listener, queue, interpreter, proposal, broker, Slurm."""

import errno
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from damnit_backend.care.checks import listener as listener_check
from damnit_backend.care.checks import runtime as runtime_check
from damnit_backend.care.checks import slurm as slurm_check
from damnit_backend.care.checks import space as space_check
from damnit_backend.core.findings import Level
from damnit_backend.core.keys import RunKey
from damnit_backend.core.settings import Settings
from damnit_backend.store.jobs import Request, add_jobs
from damnit_backend.store.lease import read_lease
from damnit_backend.store.opening import open_database


def notices(report):
    return [finding for finding in report.findings if finding.level is Level.NOTICE]


@pytest.fixture
def lease(plain_sql):
    """``lease(host=…, pid=…, age=…)`` leaves the claim of a listener."""

    def leave(*, host: str = "", pid: int = 0, age: float = 0.0, path: str = "/run/none.sock") -> None:
        now = time.time()
        plain_sql().execute(
            "INSERT INTO desk_listeners VALUES (1, ?, ?, 'somebody', ?, 'token', ?, ?)",
            (host or socket.gethostname(), pid or os.getpid(), path, now - age, now - age),
        )

    return leave


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("mode", [0o666, 0o777])
def test_what_everybody_may_write_is_closed(damnit_folder, problems, examine, mode):
    for path in (damnit_folder.database, damnit_folder.results, damnit_folder.results / "p1234_r1.h5"):
        path.chmod(mode if path.is_file() else 0o777)
    (finding,) = problems("permissions")
    assert set(finding.details) == {"runs.sqlite", "extracted_data", "extracted_data/p1234_r1.h5"}
    assert examine("permissions", fix=True).problems == 0
    assert not damnit_folder.database.stat().st_mode & stat.S_IWOTH
    assert problems("permissions") == []


def test_what_the_group_may_not_read_is_opened(damnit_folder, problems, examine):
    damnit_folder.path.chmod(0o2770)
    for path in (damnit_folder.results, damnit_folder.logs):
        path.chmod(0o2770)
    for path in damnit_folder.path.rglob("*"):
        if path.is_file():
            path.chmod(0o660)
    damnit_folder.database.chmod(0o640)
    (damnit_folder.results / "p1234_r1.h5").chmod(0o600)
    texts = [finding.text for finding in problems("permissions")]
    assert any("may read the folder, but not" in text for text in texts)
    assert any("may write the folder, but not" in text for text in texts)
    assert examine("permissions", fix=True).problems == 0
    assert problems("permissions") == []
    assert stat.S_IMODE(damnit_folder.database.stat().st_mode) == 0o660


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_files_of_another_group_are_given_back(damnit_folder, examine):
    for path in (damnit_folder.path, damnit_folder.results, damnit_folder.logs):
        path.chmod(0o2775)
    stray = damnit_folder.results / "p1234_r1.h5"
    os.chown(stray, -1, 4321)
    (finding,) = [f for f in notices(examine("permissions")) if "group" in f.text]
    assert finding.details == ("extracted_data/p1234_r1.h5",)
    examine("permissions", fix=True)
    assert stray.stat().st_gid == damnit_folder.path.stat().st_gid


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_what_belongs_to_others_remains_a_problem(damnit_folder, examine):
    ours, theirs = damnit_folder.results / "p1234_r1.h5", damnit_folder.results / "p1234_r2.h5"
    for path in (ours, theirs):
        path.chmod(0o666)
    os.chown(theirs, 4321, -1)
    report = examine("permissions", fix=True)
    assert report.problems == 1
    assert "belong to other" in next(f.advice for f in report.findings if f.is_problem)
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o666


@pytest.mark.parametrize(
    ("free", "level"), [(space_check.FULL - 1, Level.ERROR), (space_check.SCARCE - 1, Level.WARNING)]
)
def test_a_disk_with_little_room_is_said(examine, monkeypatch, free, level):
    class Full:
        f_bavail, f_frsize, f_files, f_favail = free, 1, 10**6, 10**6

    monkeypatch.setattr(space_check.os, "statvfs", lambda _: Full)
    assert examine("space").findings[0].level is level


def test_few_free_entries_are_said(examine, monkeypatch):
    class Full:
        f_bavail, f_frsize, f_files, f_favail = 10**12, 1, 10**6, 5

    monkeypatch.setattr(space_check.os, "statvfs", lambda _: Full)
    assert "5 more files" in examine("space").findings[0].text


@pytest.mark.parametrize(("number", "word"), [(errno.EDQUOT, "quota"), (errno.EROFS, "Read-only")])
def test_what_forbids_writing_is_said(damnit_folder, problems, monkeypatch, number, word):
    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(space_check.os, "fsync", refuse)
    (finding,) = problems("space")
    assert word in finding.text
    assert not list(damnit_folder.path.glob(".probe*"))


def test_the_claim_of_a_dead_listener_is_removed(damnit_folder, examine, problems, lease, dead_pid):
    lease(pid=dead_pid, age=3600)
    (finding,) = notices(examine("listener"))
    assert f"process {dead_pid}" in finding.text
    assert problems("listener") == []
    examine("listener", fix=True)
    with open_database(damnit_folder) as database:
        assert read_lease(database) is None


def test_a_listener_of_another_host_that_is_silent_is_told(examine, lease):
    lease(host="exfl-onl-1", age=3600)
    (finding,) = notices(examine("listener"))
    assert "exfl-onl-1" in finding.text


def test_a_listener_of_another_host_that_lives_is_left_alone(damnit_folder, examine, lease):
    lease(host="exfl-onl-1", age=1)
    assert examine("listener", fix=True).problems == 0
    with open_database(damnit_folder) as database:
        assert read_lease(database) is not None


def test_a_heartbeat_from_the_future_tells_of_a_wrong_clock(problems, lease):
    lease(host="exfl-onl-1", age=-3600)
    assert "clocks of exfl-onl-1" in problems("listener")[0].advice


def test_a_listener_that_hangs_is_an_error(problems, lease):
    lease(age=0)
    assert problems("listener") == []


def test_a_process_that_lives_but_is_silent_is_an_error(problems, plain_sql, lease):
    lease(age=0)
    now = time.time()
    # This very process is older than the claim, and has given no sign of life.
    plain_sql().execute("UPDATE desk_listeners SET started = ?, heartbeat = ?", (now, now - 3600))
    assert problems("listener")[0].level is Level.ERROR


def test_a_clock_that_differs_from_the_file_servers_is_said(problems, monkeypatch):
    real = time.time
    monkeypatch.setattr(listener_check.time, "time", lambda: real() + 90)
    (finding,) = problems("listener")
    assert "90 s ahead" in finding.text
    assert finding.level is Level.ERROR


def test_work_that_nobody_does_is_a_warning(damnit_folder, problems):
    with open_database(damnit_folder) as database:
        add_jobs(database, [Request(RunKey(1234, 2)), Request(RunKey(1234, 3))])
    (finding,) = problems("jobs")
    assert "2 runs" in finding.text


def test_work_that_was_set_aside_is_named_with_its_reason(problems, plain_sql):
    plain_sql().execute(
        "INSERT INTO desk_jobs (proposal, run, live, asked_by, asked_at, state, attempts, message)"
        " VALUES (1234, 9, 0, '', 0, 'failed', 99, 'Started 99 times.')"
    )
    (finding,) = problems("jobs")
    assert finding.details == ("p1234 r9: Started 99 times.",)


def test_old_work_is_a_warning_although_a_listener_lives(problems, plain_sql, lease):
    lease()
    plain_sql().execute(
        "INSERT INTO desk_jobs (proposal, run, live, asked_by, asked_at, state) VALUES (1234, 9, 0, '', 0, 'queued')"
    )
    assert "more than a day" in problems("jobs")[0].text


def test_a_missing_interpreter_is_an_error(problems, plain_sql):
    plain_sql().execute("INSERT OR REPLACE INTO metameta VALUES ('context_python', '/nowhere/python')")
    (finding,) = problems("context")
    assert "/nowhere/python" in finding.text


def test_an_interpreter_without_packages_is_an_error(problems, plain_sql, tmp_path):
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {os.path.realpath(sys.executable)} -S "$@"\n')
    bare.chmod(0o755)
    plain_sql().execute("INSERT OR REPLACE INTO metameta VALUES ('context_python', ?)", (str(bare),))
    assert "numpy" in problems("context")[0].text


def test_a_broken_context_file_is_an_error_with_its_line(damnit_folder, problems):
    damnit_folder.context_file.write_text("from damnit_ctx import Variable\n\nx = = 1\n")
    (finding,) = problems("context")
    assert finding.details[0].startswith("line 3")


def test_a_missing_context_file_is_an_error(damnit_folder, problems):
    damnit_folder.context_file.unlink()
    assert problems("context")[0].level is Level.ERROR


def test_a_proposal_that_cannot_be_found_is_a_warning(problems, plain_sql, monkeypatch):
    monkeypatch.delenv("XFEL_DATA_ROOT", raising=False)
    plain_sql().execute("UPDATE metameta SET value = 4321 WHERE key = 'proposal'")
    (finding,) = problems("proposal")
    assert "4321" in finding.text


def test_a_folder_without_a_proposal_is_worth_a_notice(examine, plain_sql):
    plain_sql().execute("DELETE FROM metameta WHERE key = 'proposal'")
    assert notices(examine("proposal"))


def test_a_socket_without_a_private_place_is_an_error(problems, monkeypatch, tmp_path):
    (tmp_path / "damnit").mkdir()
    (tmp_path / "damnit").chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert "private directory" in problems("runtime")[0].text


def test_a_socket_path_that_is_too_long_is_an_error(problems, monkeypatch):
    monkeypatch.setattr(runtime_check, "LONGEST", 3)
    assert "too long" in problems("runtime")[0].text


def test_a_broker_that_does_not_answer_is_a_warning(problems, monkeypatch):
    monkeypatch.setattr("damnit_backend.care.checks.broker.ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    options = {"bootstrap.servers": f"127.0.0.1:{port},nonsense"}
    (finding,) = problems("broker", settings=Settings(kafka=options))
    assert f"127.0.0.1:{port}" in finding.text
    assert len(finding.details) == 2


def test_a_wrong_option_of_the_broker_is_said(problems):
    (finding,) = problems("broker", settings=Settings(kafka={"bootstrap.servers": "127.0.0.1:1", "no.such": "option"}))
    assert "no.such" in finding.text


@pytest.fixture
def slurm(plain_sql, tmp_path, monkeypatch):
    """``slurm(text)`` makes a folder that uses Slurm, whose programs are shell scripts."""

    def make(script: str | None) -> None:
        plain_sql().execute("INSERT INTO metameta VALUES ('slurm_partition', 'upex')")
        programs = tmp_path / "bin"
        programs.mkdir()
        if script is not None:
            for name in ("sbatch", "squeue"):
                (programs / name).write_text(f"#!/bin/sh\n{script}\n")
                (programs / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}:/bin" if script is not None else str(programs))

    return make


def test_slurm_that_answers_is_well(problems, slurm):
    slurm("exit 0")
    assert problems("slurm") == []


@pytest.mark.parametrize(
    ("script", "said"),
    [(None, "sbatch and squeue cannot be found"), ("echo down >&2; exit 1", "refuses"), ("exec sleep 60", "within")],
)
def test_slurm_that_does_not_is_a_warning(problems, slurm, monkeypatch, script, said):
    monkeypatch.setattr(slurm_check, "ANSWER_SECONDS", 0.5)
    slurm(script)
    (finding,) = problems("slurm")
    assert said in finding.text
    assert finding.level is Level.WARNING


def test_copies_that_never_ended_and_missing_former_results_are_told(damnit_folder, examine, plain_sql):
    left = damnit_folder.path / "runs.sqlite.v3.backup.ab.writing"
    left.touch()
    os.utime(left, (1e9, 1e9))
    plain_sql().execute(
        "INSERT INTO desk_history (kind, operation, replaced_at, former_file) VALUES ('value', 'update', 1, 'lost.h5')"
    )
    report = examine("leftovers", fix=True)
    assert not left.exists()
    (problem,) = [f for f in report.findings if f.is_problem]
    assert problem.details == ("lost.h5",)


def test_former_results_that_cannot_be_read_are_named_and_left(damnit_folder, examine, plain_sql):
    damnit_folder.former.mkdir(exist_ok=True)
    for name in ("p1234_r1.aa.h5", "p1234_r2.bb.h5"):
        shutil.copyfile(damnit_folder.results / "p1234_r1.h5", damnit_folder.former / name)
        plain_sql().execute(
            "INSERT INTO desk_history (kind, operation, replaced_at, former_file) VALUES ('value', 'update', 1, ?)",
            (name,),
        )
    assert examine("leftovers").problems == 0
    os.truncate(damnit_folder.former / "p1234_r2.bb.h5", 3000)
    report = examine("leftovers", fix=True)
    (problem,) = [f for f in report.findings if f.is_problem]
    assert [line.partition(":")[0] for line in problem.details] == ["p1234_r2.bb.h5"]
    assert (damnit_folder.former / "p1234_r2.bb.h5").exists()


def test_ctrl_c_ends_the_command(damnit_folder):
    from damnit_backend.control.command_line import damnit_command

    os.mkfifo(damnit_folder.results / "p1234_r8.h5")  # reading it takes without end
    process = subprocess.Popen(
        damnit_command("doctor", damnit_folder.path, "--progress"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    while "Results" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said

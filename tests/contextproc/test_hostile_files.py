"""Whatever a context file does when it is loaded: who checks it is told, within the limits, and nothing of it stays."""

import os
import stat
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from damnit_backend.contextproc import process
from damnit_backend.contextproc.checker import CheckResult, check_code
from damnit_backend.contextproc.conditions import Conditions
from damnit_backend.contextproc.process import ContextProcessError

HEADER = """
import atexit, ctypes, json, multiprocessing, os, pathlib, resource, shutil, signal, subprocess, sys, threading, time
import h5py
from damnit_ctx import Variable
def daemonize():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)
    os.wait()
def deep(n): return deep(n + 1)
def nested():
    inner = []
    for _ in range(10**6): inner = [inner]
    return inner
"""
END = "\n@Variable\ndef a(run):\n    return 1\n"
QUICK = Conditions(load_seconds=0.5, memory=500_000_000)
PATIENT = replace(QUICK, load_seconds=30.0)

ENDS = [
    ("os._exit(0)", "exit code 0"),
    ("os._exit(3)", "exit code 3"),
    ("os.abort()", "killed by signal 6 (SIGABRT)"),
    ("ctypes.string_at(0)", "killed by signal 11 (SIGSEGV)"),
    ("sys.setrecursionlimit(10**9); repr(nested())", "killed by signal 11 (SIGSEGV)"),
    ("os.kill(os.getppid(), signal.SIGKILL); time.sleep(9)", "killed by signal 9 (SIGKILL)"),
    ("os.kill(os.getppid(), signal.SIGTERM); time.sleep(9)", "killed by signal 15 (SIGTERM)"),
    ("os.kill(os.getpid(), signal.SIGALRM)", "killed by signal 14 (SIGALRM)"),
    ("os.kill(0, signal.SIGKILL)", "killed by signal 9 (SIGKILL)"),
    ("os.closerange(0, 10000)", "it closed the files that it needs to answer"),
    ("os.write = None", "'NoneType' object is not callable"),
]
HANGS = [
    "while True: pass",
    "time.sleep(1000)",
    "os.kill(os.getpid(), signal.SIGSTOP)",
    "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(1000)",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); daemonize(); subprocess.run(['sleep', '1000'])",
    "os.kill(os.getppid(), signal.SIGSTOP); time.sleep(1000)",
]
RAISES = [
    ("sys.exit('bye')", "sys.exit(bye)"),
    ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("raise type('N\\n ', (BaseException,), {})('odd')", "odd"),
    ("deep(0)", "RecursionError"),
    ("import no_such_package.part", f"no_such_package' in {sys.executable} (Python {sys.version.split()[0]})"),
    ("raise ValueError('m' * 100_000_000)", "ValueError: mmm"),
    ("kept = bytearray(10**12)", "Needed more than 0.5 GB of memory"),
    ("kept = []\nwhile True: kept.append(bytearray(10**6))", "Needed more than 0.5 GB of memory"),
]
LOADS = [
    "os.fork()",
    "if os.fork() == 0: time.sleep(1000)",
    "if os.fork() == 0: raise ValueError('a child that goes on')",
    "daemonize()",
    "subprocess.Popen(['sleep', '1000'], start_new_session=True)",
    "multiprocessing.get_context('fork').Process(target=time.sleep, args=(1000,)).start()",
    "threading.Thread(target=lambda: time.sleep(1000)).start()",
    "atexit.register(time.sleep, 1000)",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.setitimer(signal.ITIMER_REAL, 0.01)",
    "json.dumps = json.loads = h5py.File = None; sys.stdout = sys.stderr = 5",
    "os.chdir('/'); os.umask(0o777); os.environ.clear(); resource.setrlimit(resource.RLIMIT_NOFILE, (5, 4096))",
    "sys.stdout.write('x' * 5_000_000); os.write(1, b'\\xff\\0' * 2_000_000)",
    "subprocess.run(['head', '-c', '5000000', '/dev/zero'], stderr=1)",
]


@pytest.fixture
def checked(folder):
    """``checked(statement, conditions)`` checks a file with that statement; nothing that it started is left."""

    def check(statement: str, conditions: Conditions = PATIENT) -> CheckResult:
        mark = f"MARK{time.time_ns()}"
        os.environ["LIMITS_TEST_MARK"] = mark
        try:
            result = check_code(folder, conditions, HEADER + statement + END)
        finally:
            del os.environ["LIMITS_TEST_MARK"]
        left = [p for p in psutil.process_iter() if _mark_of(p) == mark and p.status() != psutil.STATUS_ZOMBIE]
        assert left == []
        return result

    return check


def _mark_of(one: psutil.Process) -> str | None:
    try:
        return one.environ().get("LIMITS_TEST_MARK")
    except (psutil.Error, OSError):
        return None


@pytest.mark.parametrize(("statement", "words"), ENDS)
def test_that_a_file_that_ends_its_interpreter_is_told_how(checked, statement, words):
    (problem,) = checked(statement).problems
    assert problem.message.startswith("The context file ended the interpreter: ")
    assert words in problem.message


@pytest.mark.parametrize("statement", HANGS)
def test_that_a_file_that_hangs_is_given_up(checked, statement):
    begin = time.monotonic()
    (problem,) = checked(statement, QUICK).problems
    assert problem.message.startswith(
        "The file was not loaded after 0.5 s, the limit here (its setting is load_seconds)"
    )
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(("statement", "words"), RAISES)
def test_that_what_a_file_raises_is_told_with_its_line(checked, statement, words):
    (problem,) = checked(statement).problems
    assert words in problem.message
    assert problem.line >= HEADER.count("\n") - 6
    assert len(problem.message) < 20_000


@pytest.mark.parametrize("statement", LOADS)
def test_that_a_file_that_only_leaves_something_behind_is_loaded(checked, statement):
    result = checked(statement)
    assert not result.problems
    assert [variable.name for variable in result.variables] == ["a"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x = 1\0\n", "null byte"),
        (b"x = '\xe4\xf6'\n", "cannot be read"),
        (b"\xff\xfex\0=\0001\0", "cannot be read"),
        (b"# coding: no-such-coding\n", "no-such-coding"),
        (b"x = 1\n" * 10_000_000, "larger than"),
        (b"x = " + b"(" * 100_000 + b"\n", ""),
    ],
)
def test_that_a_file_that_is_no_python_is_told_so(folder, content, words):
    folder.context_file.write_bytes(content)
    (problem,) = check_code(folder, PATIENT, None).problems
    assert words in problem.message


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + END.encode(), END.replace("\n", "\r\n").encode()])
def test_that_files_from_other_systems_are_loaded(folder, content):
    folder.context_file.write_bytes(b"from damnit_ctx import Variable\n" + content.removeprefix(b"\xef\xbb\xbf"))
    assert check_code(folder, PATIENT, None).variables


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "dangling link"])
def test_that_a_context_file_that_is_none_is_told_at_once(folder, kind):
    if kind == "folder":
        folder.context_file.mkdir()
    elif kind == "pipe":
        os.mkfifo(folder.context_file)
    elif kind == "dangling link":
        folder.context_file.symlink_to("nowhere")
    (problem,) = check_code(folder, PATIENT, None).problems
    assert "context.py cannot be read" in problem.message


def script(folder, text: str) -> str:
    path = folder.path / "python"
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.8"])
def test_that_an_old_python_is_named_with_its_version(folder, version):
    found = next((str(p) for p in Path.home().glob(f".pyenv/versions/{version}.*/bin/python")), None)
    if found is None:
        found = script(folder, f'#!/bin/sh\n[ "$1" = -c ] && echo {version}.1 || {{ echo bad syntax >&2; exit 1; }}\n')
    with pytest.raises(
        ContextProcessError, match=rf"is Python {version}\.\d+: context files need 3\.9 or newer"
    ) as caught:
        check_code(folder, Conditions(found), END)
    assert "damnit setting FOLDER context_python" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\nexit 0\n", "#!/bin/sh\ncat\n", "#!/no/such/shell\n", "garbage", "\x7fELF"]
)
def test_that_what_is_no_python_is_told_so(folder, text, monkeypatch):
    monkeypatch.setattr(process, "START_SECONDS", 1.0)
    with pytest.raises(ContextProcessError, match=str(folder.path)):
        check_code(folder, Conditions(script(folder, text)), END)


def test_that_an_interpreter_that_hangs_at_its_start_is_given_up(folder, monkeypatch):
    monkeypatch.setattr(process, "START_SECONDS", 0.3)
    with pytest.raises(ContextProcessError, match=r"did not start within 0\.3 s"):
        check_code(folder, Conditions(script(folder, "#!/bin/sh\nsleep 1000\n")), END)


def test_that_a_python_without_the_packages_is_told_which(folder):
    python = script(folder, f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    with pytest.raises(ContextProcessError, match=r"cannot import what context files need: numpy .*h5py .*xarray"):
        check_code(folder, Conditions(python), END)

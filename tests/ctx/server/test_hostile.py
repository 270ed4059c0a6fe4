"""Whatever a Variable does, the others have their values, nothing of it stays, and the server lives."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damnit_ctx import output, processes, watch
from damnit_ctx.output import RunOutput
from damnit_ctx.watch import Watch

LoadIn = Callable[[str], dict[str, Any]]
RunIn = Callable[..., None]
Results = Callable[[], Any]
Gone = Callable[[int], bool]

HEADER = """
    import atexit, ctypes, json, logging, multiprocessing, os, pathlib, resource, shutil, signal, subprocess, sys
    import threading, time, builtins
    import h5py
    import numpy as np
    def daemonize(note):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                with open(note, "w") as file: print(os.getpid(), file=file)
                time.sleep(1000)
            os._exit(0)
        os.wait()
        while not pathlib.Path(note).exists() or not pathlib.Path(note).read_text().endswith("\\n"): time.sleep(0.001)
    def deep(n): return deep(n + 1)
    def nested():
        inner = []
        for _ in range(10**6): inner = [inner]
        return inner
    class Odd(BaseException): pass
    class Mute(Exception):
        def __str__(self): raise KeyboardInterrupt
        __repr__ = __str__
    class Loud(Exception):
        def __str__(self): return "m" * 100_000_000
    class Meta(type):
        @property
        def __name__(cls): raise ValueError("no name")
    class Nameless(Exception, metaclass=Meta): pass
    """
RUN = """
    @Variable
    def before(run): return 1
    @Variable
    def culprit(run):
        {}
        return 2
    @Variable
    def after(run, x: "var#before"):
        print("printed"); logging.info("logged"); time.sleep(0.01)
        return x + float(np.ones(3).sum()) + len(str(time.time()) + json.dumps([1]))* 0
    """

DIES = [
    ("os.abort()", "killed by signal 6 (SIGABRT)"),
    ("ctypes.string_at(0)", "killed by signal 11 (SIGSEGV)"),
    ("os.kill(0, signal.SIGKILL)", "killed by signal 9 (SIGKILL)"),
    ("signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(9)", "killed by signal 14 (SIGALRM)"),
]
if sys.version_info < (3, 12):  # later ones raise RecursionError however high the limit
    DIES.append(("sys.setrecursionlimit(10**9); repr(nested())", "killed by signal 11 (SIGSEGV)"))
RAISES = [
    ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("raise Odd('odd')", "Odd"),
    ("raise GeneratorExit", "GeneratorExit"),
    ("raise StopIteration", "StopIteration"),
    ("raise Mute", "Mute"),
    ("raise Loud", "Loud"),
    ("raise Nameless('x')", "Nameless"),
    ("raise type('N\\\\0\\\\ud800' * 1000, (Exception,), {})('x')", None),
    ("raise type('', (Exception,), {})('x')", ""),
    ("deep(0)", "RecursionError"),
    ("return (x for x in range(3))", "CannotSave"),
    ("sys.exit('bye')", "SystemExit"),
    ("raise ValueError('\\\\0 \\\\ud800')", "ValueError"),
    ("threading.Thread(target=lambda: time.sleep(1000)).start(); raise ValueError", "ValueError"),
    ("atexit.register(time.sleep, 1000); raise ValueError", "ValueError"),
    ("input()", "EOFError"),
]
RETURNS = [
    "if os.fork() == 0: raise ValueError('a child that goes on')",
    "if os.fork() == 0: return 3",
    "if os.fork() == 0: time.sleep(1000)",
    "subprocess.Popen(['sleep', '1000'])",
    "multiprocessing.get_context('fork').Process(target=time.sleep, args=(1000,)).start()",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
    "signal.setitimer(signal.ITIMER_REAL, 0.005)",
    "sys.stdout = object()",
    "sys.stderr = open(os.devnull)",
    "logging.disable(); logging.getLogger().handlers.clear()",
    "os.environ.clear()",
    "threading.Thread(target=lambda: time.sleep(1000)).start()",
    "threading.Thread(target=lambda: exec('while True: pass'), daemon=True).start()",
    "sys.setrecursionlimit(60)",
    "sys.path.clear(); sys.meta_path.clear()",
    "os.close(0); os.close(1); os.close(2)",
    "ctypes.CDLL(None).printf(b'x' * 100000); os.write(1, b'\\\\xff\\\\x00' * 100000)",
]
SPOILS = [
    "os.write = None",
    "sys.modules.clear()",
    "json.dumps = json.loads = None",
    "h5py.File = h5py.h5d.create = h5py.h5g.create = None",
    "builtins.open = builtins.len = None",
    "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))",
    "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    "os.closerange(0, 10000)",
    """
        for descriptor in range(3, 60):
            try: os.write(descriptor, b'{\"event\": \"finished\"}\\nnonsense\\n')
            except OSError: pass
        os.abort()""",
]
if sys.version_info < (3, 13):  # whose logging does not ask for it
    SPOILS.append("time.time = None")


@pytest.fixture
def execute(load_in: LoadIn, run_in: RunIn, client: Any, results: Results) -> Callable[[str], Any]:
    """Have a Variable with a statement computed between others; gives the results."""

    def execute(statement: str) -> Any:
        answer = load_in(HEADER + RUN.format(statement))
        assert answer["event"] == "loaded", answer
        run_in(seconds=20)
        assert client.until("done")["outcome"] == "ok"
        found = results()
        assert found.read("before/data") == 1
        assert found.read("after/data") == 4.0
        assert {e["variable"] for e in client.events if e["event"] == "finished"} == {"after", "before", "culprit"}
        assert processes.descendants(client.hello["pid"]) == set()
        return found

    return execute


@pytest.mark.parametrize(("statement", "message"), DIES)
def test_that_the_death_of_its_process_is_its_own(execute: Callable[[str], Any], statement: str, message: str) -> None:
    assert execute(statement).read(".errors/culprit") == f"{message} while computing"


@pytest.mark.parametrize(("statement", "error_cls"), RAISES)
def test_that_whatever_it_raises_is_its_error(
    execute: Callable[[str], Any], statement: str, error_cls: str | None
) -> None:
    found = execute(statement)
    assert len(found.read(".errors/culprit")) < 10_000
    if error_cls is not None:
        assert found.attributes(".errors/culprit")["type"] == error_cls


@pytest.mark.parametrize("statement", RETURNS)
def test_that_what_it_leaves_behind_harms_none(execute: Callable[[str], Any], statement: str) -> None:
    assert execute(statement).read("culprit/data") == 2


@pytest.mark.parametrize("statement", SPOILS)
def test_that_what_spoils_its_process_is_its_error(execute: Callable[[str], Any], statement: str) -> None:
    assert execute(statement).read(".errors/culprit")


def test_that_results_are_kept_from_where_the_folder_for_them_was_deleted(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
) -> None:
    load_in(HEADER + RUN.format("shutil.rmtree('extracted_data')"))

    run_in(seconds=20)

    assert client.until("done")["outcome"] == "ok"
    assert list((folder / "extracted_data").glob("*.ready.h5"))
    assert client.finished("after")["outcome"] == "ok"


def test_that_processes_with_a_session_of_their_own_end_with_their_run_and_not_before(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, gone: Gone
) -> None:
    load_in(
        HEADER
        + """
    @Variable
    def leaves(run, n: "meta#run_number"):
        daemonize(f"daemon{n}")
        while n == 1 and not pathlib.Path("go").exists(): time.sleep(0.005)
    """
    )
    run_in(id=2, run=1)
    client.until("started", id=2)
    run_in(id=3, run=2)
    client.until("done", id=3)

    assert gone(int((folder / "daemon2").read_text()))
    first = int((folder / "daemon1").read_text())
    os.kill(first, 0)
    (folder / "go").touch()
    client.until("done", id=2)
    assert gone(first)


@pytest.mark.parametrize("ending", ["os._exit(0)", "os.abort()", "time.sleep(1000)"])
def test_that_they_end_however_their_run_ends(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, gone: Gone, ending: str
) -> None:
    load_in(
        HEADER
        + f"""
    @Variable
    def leaves(run):
        daemonize("daemon")
        {ending}
    """
    )
    run_in(seconds=1.0)
    client.until("done")

    assert gone(int((folder / "daemon").read_text()))


def test_that_what_a_context_file_started_for_its_runs_stays_until_the_server_ends(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, gone: Gone
) -> None:
    load_in(HEADER + "\n    daemonize('helper')\n    @Variable\n    def one(run): return 1\n")
    run_in()
    assert client.until("done")["outcome"] == "ok"

    helper = int((folder / "helper").read_text())
    os.kill(helper, 0)
    assert client.close() == 0
    assert gone(helper)


def test_that_the_log_holds_the_beginning_and_the_end_of_endless_output(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
) -> None:
    load_in(
        HEADER
        + """
    @Variable
    def loud(run):
        print("the beginning")
        subprocess.run(["head", "-c", "30000000", "/dev/zero"])
        os.write(2, b"x" * 3_000_000)
        print("the end")
    """
    )
    run_in()
    assert client.until("done")["outcome"] == "ok"

    log = (folder / "process_logs" / "r1-p700000.out").read_bytes()
    assert len(log) < output.HEAD + output.TAIL + 1000
    assert b"the beginning" in log[:1000]
    assert b"23.0 MB of output are left out" in log
    assert b"the end\n" in log[-1000:]


@pytest.mark.parametrize("size", [0, 5, 10, 11, 14, 15, 16, 40, 200_000])
def test_that_what_is_left_out_is_the_middle(tmp_path: Path, size: int) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    log = RunOutput(tmp_path / "log", head=10, tail=5)
    said = bytes(65 + i % 26 for i in range(size))
    for begin in range(0, size, 50_000):
        os.write(write_end, said[begin : begin + 50_000])
        assert log.take(read_end)
    os.close(write_end)
    log.take_all(read_end)
    os.close(read_end)
    log.close()
    kept = (tmp_path / "log").read_bytes()
    assert kept.startswith(said[:10])
    assert kept.endswith(said[-5:])
    assert (b"left out" in kept) == (size > 15)
    assert size > 15 or kept == said


def test_that_a_process_that_is_stopped_is_noticed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "STOPPED_SECONDS", 0.05)
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.0)
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(0.2)
        os._exit(0)
    looks = Watch(child, None)
    end = time.monotonic() + 10
    while (fault := looks.look()) is None:
        assert time.monotonic() < end
    assert fault.error_cls == "Stopped"
    os.kill(child, signal.SIGCONT)
    assert Watch(child, None).look() is None
    os.waitpid(child, 0)

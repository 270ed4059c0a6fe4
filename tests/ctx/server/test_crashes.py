"""Whatever user code does, it fails alone, ends in time, and takes no result with it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LoadIn = Callable[[str], dict[str, Any]]
RunIn = Callable[..., None]
Results = Callable[[], Any]
Gone = Callable[[int], bool]

CRASHING = """
    import os, signal, sys, time
    @Variable
    def before(run): return 1
    @Variable(transient=True)
    def hidden(run, x: "var#before"): return x + 1
    @Variable
    def culprit(run): {}
    @Variable
    def user(run, x: "var#culprit"): return 1
    @Variable
    def after(run, x: "var#hidden"): return x + 1
    """


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9 (SIGKILL) while computing"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "killed by signal 11 (SIGSEGV) while computing"),
        ("os._exit(3)", "the interpreter was ended by os._exit(3) while computing"),
        ("os._exit(0)", "the interpreter was ended by os._exit(0) while computing"),
    ],
)
def test_that_a_variable_that_ends_its_process_fails_alone(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, statement: str, message: str, results: Results
) -> None:
    load_in(CRASHING.format(statement))

    run_in()

    assert client.until("done")["outcome"] == "ok"
    found = results()
    assert found.read(".errors/culprit") == message
    assert found.attributes(".errors/culprit")["type"] == "ProcessDied"
    assert found.attributes(".errors/user")["type"] == "DependencyError"
    assert message in found.read(".errors/user")
    assert found.read("before/data") == 1
    assert found.read("after/data") == 3
    assert found.read("start_time/data") > 1e9
    assert set(found.records()) == {"before", "culprit", "user", "after"}
    assert client.finished("culprit")["error_cls"] == "ProcessDied"
    assert {p.name.split(".")[-2] for p in (folder / "extracted_data").iterdir()} == {"ready"}


def test_that_a_variable_whose_process_is_killed_by_somebody_gets_a_second_chance(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(CRASHING.format("os.path.exists('once') or (open('once', 'w'), os.kill(os.getpid(), 9)); return 5"))

    run_in()

    assert client.until("done")["outcome"] == "ok"
    found = results()
    assert found.read("culprit/data") == 5
    assert found.read("user/data") == 1
    assert found.read("after/data") == 3


def test_that_published_results_are_not_computed_again_after_a_crash(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, results: Results
) -> None:
    load_in(
        """
        import os, time
        def note(name):
            with open("calls", "a") as file: file.write(name + "\\n")
        @Variable
        def plain(run): note("plain"); return 1
        @Variable
        def needed(run): note("needed"); return 2
        @Variable
        def failing(run): note("failing"); raise ValueError("once")
        @Variable
        def culprit(run): time.sleep(0.5); os._exit(1)
        @Variable
        def user(run, x: "var#needed"): return x + 1
        @Variable
        def other(run, x: "var#failing"): return 1
        """
    )

    run_in()
    client.until("done")

    assert (folder / "calls").read_text().split() == ["plain", "needed", "failing", "needed"]
    assert results().read("user/data") == 3
    assert "once" in results().read(".errors/other")
    finished = [e["variable"] for e in client.events if e["event"] == "finished"]
    assert sorted(finished) == sorted(set(finished)), "a Variable was reported twice"


def test_that_sys_exit_is_only_an_error_of_its_variable(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(CRASHING.format("sys.exit(3)"))

    run_in()
    client.until("done")

    assert results().attributes(".errors/culprit")["type"] == "SystemExit"
    assert len([e for e in client.events if e["event"] == "running"]) == 1


def test_that_a_run_whose_processes_die_again_and_again_ends(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(
        "import os\n@Variable\ndef good(run): return 1\n"
        + "".join(f"@Variable\ndef v{i}(run): os._exit(1)\n" for i in range(15))
    )

    run_in()
    done = client.until("done")

    assert done["outcome"] == "died"
    records = results().records()
    assert records["good"]["outcome"] == "ok"
    assert {n for n in records if n != "good"} == {f"v{i}" for i in range(11)}


def test_that_a_transient_variable_may_die_as_well(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(
        """
        import os
        @Variable(transient=True)
        def culprit(run): os._exit(1)
        @Variable
        def user(run, x: "var#culprit"): return 1
        """
    )

    run_in()

    assert client.until("done")["outcome"] == "ok"
    assert client.finished("culprit")["error_cls"] == "ProcessDied"
    assert results().attributes(".errors/user")["type"] == "DependencyError"
    assert not any("culprit" in place for place in results().places())


@pytest.mark.parametrize("endless", ["while True: pass", "time.sleep(1000)"])
def test_that_the_time_limit_ends_what_takes_too_long(
    load_in: LoadIn, run_in: RunIn, client: Any, endless: str, results: Results, gone: Gone
) -> None:
    load_in(CRASHING.format(f"exec({endless!r})"))

    run_in(seconds=0.5)
    pid = client.until("running")["pid"]
    done = client.until("done")

    assert done["outcome"] == "timeout"
    assert "0.5 s" in done["message"]
    found = results()
    assert found.attributes(".errors/culprit")["type"] == "TimeLimit"
    assert found.read("before/data") == 1
    assert set(found.records()) == {"before", "culprit"}
    assert gone(pid)


def test_that_results_just_before_the_time_limit_are_kept(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    """Python's threads stand still in a call that holds the interpreter, so nothing was published before."""
    load_in(
        """
        import ctypes
        @Variable
        def before(run): return 1
        @Variable
        def endless(run): ctypes.PyDLL(None).sleep(1000)
        """
    )

    run_in(seconds=0.6)

    assert client.until("done")["outcome"] == "timeout"
    assert results().read("before/data") == 1
    assert results().attributes(".errors/endless")["type"] == "TimeLimit"


def test_that_a_cancelled_run_ends_with_all_it_started(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, gone: Gone
) -> None:
    load_in(
        """
        import subprocess
        @Variable
        def long(run):
            child = subprocess.Popen(["sleep", "1000"])
            with open("pid", "w") as file: print(child.pid, file=file, flush=True)
            child.wait()
        """
    )
    run_in()
    client.until("started")
    end = time.monotonic() + 10
    while not (folder / "pid").exists() or not (folder / "pid").read_text().strip():
        assert time.monotonic() < end
        time.sleep(0.01)

    client.send(do="cancel", id=2)

    assert client.until("done") == {"event": "done", "id": 2, "outcome": "cancelled", "message": ""}
    assert gone(int((folder / "pid").read_text()))
    published = (folder / "extracted_data").glob("*.writing.h5")
    assert list(published) == []
    client.send(do="cancel", id=2)
    assert client.receive()["event"] == "bad_request"


def test_that_a_run_keeps_the_context_file_it_began_with(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, results: Results
) -> None:
    """Even the process that follows one that died."""
    (folder / "own_module.py").write_text("VALUE = 'old'")
    load_in(
        """
        import os, time, pathlib, own_module
        @Variable
        def culprit(run):
            while not pathlib.Path("go").exists(): time.sleep(0.005)
            os._exit(1)
        @Variable
        def which(run): return own_module.VALUE
        """
    )
    run_in()
    client.until("started")
    (folder / "own_module.py").write_text("VALUE = 'new and longer'")
    load_in("import own_module\n@Variable\ndef which(run): return own_module.VALUE\n")

    (folder / "go").touch()
    client.until("done")

    assert results().read("which/data") == "old"


@pytest.mark.parametrize("how", ["quit", "end of input"])
def test_that_the_server_ends_with_its_runs(load_in: LoadIn, run_in: RunIn, client: Any, how: str, gone: Gone) -> None:
    load_in("import time\n@Variable\ndef long(run): time.sleep(1000)\n")
    run_in()
    pid = client.until("running")["pid"]
    client.until("started")

    if how == "quit":
        client.send(do="quit")
        assert client.process.wait(30) == 0
    assert client.close() == 0

    assert gone(pid)


def test_that_the_runs_die_with_a_server_that_is_killed(
    load_in: LoadIn, run_in: RunIn, client: Any, gone: Gone
) -> None:
    load_in("import time\n@Variable\ndef long(run): time.sleep(1000)\n")
    run_in()
    pid = client.until("running")["pid"]

    os.kill(client.process.pid, signal.SIGKILL)
    client.process.wait(30)
    client.close()

    assert gone(pid)

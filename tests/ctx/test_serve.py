"""The server as a process: what it says, and that nothing user code does can disturb it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LoadIn = Callable[[str], dict[str, Any]]
RunIn = Callable[..., None]


def gone(pid: int) -> bool:
    """Whether the process ends within a few seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except FileNotFoundError:
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_that_hello_tells_protocol_and_interpreter(client: Any) -> None:
    assert client.hello == {
        "event": "hello",
        "protocol": 1,
        "python": ".".join(map(str, sys.version_info[:3])),
        "executable": sys.executable,
        "pid": client.process.pid,
    }


def test_that_a_context_file_is_loaded_and_run(load_in: LoadIn, run_in: RunIn, client: Any, folder: Path) -> None:
    loaded = load_in(
        """
        @Variable("Pulses", summary="mean", units="J")
        def pulses(run): return run["TEST/XGM/DOOCS:output", "data.intensityTD"].ndarray()[:, :5].sum(axis=1)
        @Variable
        def trains(run): return len(run.train_ids)
        @Variable(data="proc")
        def calibrated(run): return "TEST/MOTOR/CALIBRATED" in run.all_sources
        """
    )
    assert (loaded["event"], loaded["id"]) == ("loaded", 1)
    assert [v["name"] for v in loaded["variables"]] == ["pulses", "trains", "calibrated"]

    run_in()
    running = client.receive()
    done = client.until("done")

    assert running["event"] == "running"
    assert running["variables"] == ["pulses", "trains", "calibrated"]
    assert running["pid"] != client.process.pid
    assert done == {"event": "done", "id": 2, "outcome": "ok", "message": ""}
    assert all(e["id"] == 2 for e in client.events[1:])
    results = client.results()
    assert results.read("trains/data") == 5
    assert bool(results.read("calibrated/data"))
    assert results.attributes(".reduced/pulses")["summary_method"] == "mean"
    assert results.read("start_time/data") == results.read(".reduced/start_time")
    assert "start_time" not in results.records()
    fragments = [e for e in client.events if e["event"] == "fragment"]
    assert all(f["path"].startswith(str(folder / "extracted_data" / "p700000_r1.")) for f in fragments)
    assert [name for f in fragments for name in f["variables"]] == ["pulses", "trains", "calibrated"]


@pytest.mark.parametrize(
    ("fields", "computed"),
    [
        ({}, ["r", "user", "p"]),
        ({"data": "raw"}, ["r", "user"]),
        ({"trigger": "raw"}, ["r", "user"]),
        ({"trigger": "proc"}, ["r", "p"]),
        ({"variables": ["user"]}, ["r", "user"]),
        ({"variables": ["p"], "trigger": "raw"}, ["r", "p"]),
        ({"variables": []}, []),
    ],
)
def test_that_what_is_asked_for_is_computed_with_its_dependencies(
    load_in: LoadIn, run_in: RunIn, client: Any, fields: dict[str, Any], computed: list[str]
) -> None:
    load_in(
        """
        @Variable
        def r(run): return 1
        @Variable
        def user(run, x: "var#r"): return 1
        @Variable(data="proc")
        def p(run, x: "var#r"): return 1
        """
    )

    run_in(**fields)

    assert client.until("running")["variables"] == computed
    assert client.until("done")["outcome"] == "ok"
    assert set(client.results().records()) == set(computed)
    assert client.results().read("start_time/data") > 1e9


def test_that_problems_are_answered_and_the_former_file_stays(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
    load_in("@Variable\ndef x(run): return 1\n")

    answer = load_in("x = (\n")

    assert (answer["event"], answer["id"]) == ("not_loaded", 1)
    assert answer["problems"][0]["error_cls"] == "SyntaxError"
    assert set(answer["problems"][0]) == {
        "message",
        "line",
        "column",
        "end_line",
        "end_column",
        "error_cls",
        "traceback",
    }
    run_in()
    assert client.until("running")["variables"] == ["x"]
    client.until("done")


@pytest.mark.parametrize("run", [3, 99])
def test_that_a_run_that_cannot_be_opened_is_only_that(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, run: int
) -> None:
    load_in("@Variable\ndef x(run): return 1\n")

    run_in(run=run)
    event = client.receive()

    assert (event["event"], event["outcome"]) == ("done", "cannot_open")
    assert str(run) in event["message"]
    assert not (folder / "extracted_data").exists()
    assert "Traceback" in (folder / "process_logs" / "r1-p700000.out").read_text()


def test_that_results_that_cannot_be_written_are_said(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
) -> None:
    load_in("@Variable\ndef x(run): return 1\n")
    (folder / "extracted_data").write_text("in the way")

    run_in()

    done = client.until("done")
    assert done["outcome"] == "cannot_write"
    assert "extracted_data" in done["message"]


def test_that_a_log_that_cannot_be_written_stops_nothing(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
) -> None:
    load_in("@Variable\ndef x(run): return 1\n")

    run_in(log=str(folder / "context.py" / "log"))

    assert client.until("done")["outcome"] == "ok"


def test_that_output_of_user_code_goes_to_the_log_in_order_and_never_to_the_client(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
) -> None:
    loaded = load_in(
        r"""
        print('{"event": "forged at import"}')
        import logging, os, subprocess, sys
        try:
            input()
        except EOFError:
            pass
        @Variable
        def noisy(run):
            print('{"event": "forged"}', flush=True)
            os.write(1, b"written to 1\n")
            subprocess.run(["echo", "from a child"], check=True)
            sys.__stdout__.write("x" * 5_000_000 + "\n")
            logging.getLogger("mine").info("logged")
            print("to stderr", file=sys.stderr)
            return 1
        """
    )
    assert loaded["event"] == "loaded"

    run_in()
    client.until("done")

    assert not [e for e in client.events if "forged" in e["event"]]
    log = (folder / "process_logs" / "r1-p700000.out").read_text()
    assert "x" * 5_000_000 in log
    words = ['{"event": "forged"}', "written to 1", "from a child", "xxx", "logged", "to stderr", "noisy computed"]
    places = [log.index(word) for word in words]
    assert places == sorted(places)
    assert "forged at import" in client.log.read_text()


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
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, statement: str, message: str
) -> None:
    load_in(CRASHING.format(statement))

    run_in()

    assert client.until("done")["outcome"] == "ok"
    results = client.results()
    assert results.read(".errors/culprit") == message
    assert results.attributes(".errors/culprit")["type"] == "ProcessDied"
    assert results.attributes(".errors/user")["type"] == "DependencyError"
    assert message in results.read(".errors/user")
    assert results.read("before/data") == 1
    assert results.read("after/data") == 3
    assert results.read("start_time/data") > 1e9
    assert set(results.records()) == {"before", "culprit", "user", "after"}
    assert client.finished("culprit")["error_cls"] == "ProcessDied"
    assert {p.name.split(".")[-2] for p in (folder / "extracted_data").iterdir()} == {"ready"}


def test_that_published_results_are_not_computed_again_after_a_crash(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
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
    assert client.results().read("user/data") == 3
    assert "once" in client.results().read(".errors/other")
    finished = [e["variable"] for e in client.events if e["event"] == "finished"]
    assert sorted(finished) == sorted(set(finished)), "a Variable was reported twice"


def test_that_sys_exit_is_only_an_error_of_its_variable(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
    load_in(CRASHING.format("sys.exit(3)"))

    run_in()
    client.until("done")

    assert client.results().attributes(".errors/culprit")["type"] == "SystemExit"
    assert len([e for e in client.events if e["event"] == "running"]) == 1


def test_that_a_run_whose_processes_die_again_and_again_ends(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
    load_in(
        "import os\n@Variable\ndef good(run): return 1\n"
        + "".join(f"@Variable\ndef v{i}(run): os._exit(1)\n" for i in range(15))
    )

    run_in()
    done = client.until("done")

    assert done["outcome"] == "died"
    records = client.results().records()
    assert records["good"]["outcome"] == "ok"
    assert {n for n in records if n != "good"} == {f"v{i}" for i in range(11)}


def test_that_a_transient_variable_may_die_as_well(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
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
    assert client.results().attributes(".errors/user")["type"] == "DependencyError"
    assert not any("culprit" in place for place in client.results().places())


@pytest.mark.parametrize("endless", ["while True: pass", "time.sleep(1000)"])
def test_that_the_time_limit_ends_what_takes_too_long(
    load_in: LoadIn, run_in: RunIn, client: Any, endless: str
) -> None:
    load_in(CRASHING.format(f"exec({endless!r})"))

    run_in(seconds=0.5)
    pid = client.until("running")["pid"]
    done = client.until("done")

    assert done["outcome"] == "timeout"
    assert "0.5 s" in done["message"]
    results = client.results()
    assert results.attributes(".errors/culprit")["type"] == "TimeLimit"
    assert results.read("before/data") == 1
    assert set(results.records()) == {"before", "culprit"}
    assert gone(pid)


def test_that_results_just_before_the_time_limit_are_kept(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
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
    assert client.results().read("before/data") == 1
    assert client.results().attributes(".errors/endless")["type"] == "TimeLimit"


def test_that_a_cancelled_run_ends_with_all_it_started(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
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


def test_that_runs_go_on_at_once_while_requests_are_answered(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
) -> None:
    load_in(
        """
        import time, pathlib
        @Variable
        def waits(run, number: "meta#run_number"):
            pathlib.Path(f"started{number}").touch()
            while not pathlib.Path(f"started{3 - number}").exists(): time.sleep(0.005)
            return number
        """
    )

    run_in(id=5, run=1)
    client.until("running", id=5)
    assert load_in("@Variable\ndef newer(run): return 1\n")["event"] in ("loaded", "started")
    load_in(CRASHING.format("return 1"))
    client.send(do="nonsense", id=77)
    client.until("bad_request", id=77)
    assert not [e for e in client.events if e["event"] == "done"]
    (folder / "started2").touch()
    client.until("done", id=5, outcome="ok")


def test_that_two_runs_wait_for_each_other(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
    load_in(
        """
        import time, pathlib
        @Variable
        def waits(run, number: "meta#run_number"):
            pathlib.Path(f"started{number}").touch()
            while not pathlib.Path(f"started{3 - number}").exists(): time.sleep(0.005)
            return number
        """
    )

    run_in(id=5, run=1)
    run_in(id=6, run=2)

    ids = {client.until("done", outcome="ok")["id"] for _ in range(2)}
    assert ids == {5, 6}


def test_that_a_run_keeps_the_context_file_it_began_with(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path
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

    assert client.results().read("which/data") == "old"


@pytest.mark.parametrize("line", [b"nonsense", b"[1, 2", b"\x00\xff", b'{"do": "load", "id": 4}', b"{}" * 10])
def test_that_a_malformed_request_is_answered_and_no_more(client: Any, load_in: LoadIn, line: bytes) -> None:
    client.send_line(line)

    assert client.receive()["event"] == "bad_request"
    assert load_in("")["event"] == "loaded"


def test_that_unknown_variables_are_refused(client: Any, load_in: LoadIn, run_in: RunIn) -> None:
    load_in("")
    run_in(variables=["missing"])
    unknown = client.receive()

    assert (unknown["event"], unknown["id"]) == ("bad_request", 2)
    assert "missing" in unknown["message"]


def test_that_a_run_needs_a_loaded_context_file(new_client: Any, proposal_path: Path, tmp_path: Path) -> None:
    new_client.send(
        do="run",
        id=2,
        proposal=1,
        run=1,
        proposal_path=str(proposal_path),
        data="raw",
        fragments=str(tmp_path),
        log=str(tmp_path / "log"),
    )

    answer = new_client.receive()

    assert (answer["event"], answer["id"]) == ("bad_request", 2)
    assert "no context file" in answer["message"]


@pytest.mark.parametrize("how", ["quit", "end of input"])
def test_that_the_server_ends_with_its_runs(load_in: LoadIn, run_in: RunIn, client: Any, how: str) -> None:
    load_in("import time\n@Variable\ndef long(run): time.sleep(1000)\n")
    run_in()
    pid = client.until("running")["pid"]
    client.until("started")

    if how == "quit":
        client.send(do="quit")
        assert client.process.wait(30) == 0
    assert client.close() == 0

    assert gone(pid)


def test_that_the_runs_die_with_a_server_that_is_killed(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
    load_in("import time\n@Variable\ndef long(run): time.sleep(1000)\n")
    run_in()
    pid = client.until("running")["pid"]

    os.kill(client.process.pid, signal.SIGKILL)
    client.process.wait(30)
    client.close()

    assert gone(pid)


def test_that_a_python_without_the_packages_says_which(tmp_path: Path) -> None:
    import damnit_ctx

    package = Path(damnit_ctx.__file__).parents[1]
    (tmp_path / "h5py.py").write_text("raise ImportError('no h5py here')")

    done = subprocess.run(
        [sys.executable, "-m", "damnit_ctx", "serve"],
        input=b"",
        capture_output=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{package}"},
        timeout=30,
        check=False,
    )

    assert done.returncode == 3
    assert b'"broken"' in done.stdout
    assert b"no h5py here" in done.stdout
    assert sys.executable.encode() in done.stdout

"""The server as a process: what it says, and that user code cannot disturb it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LoadIn = Callable[[str], dict[str, Any]]
RunIn = Callable[..., None]
Results = Callable[[], Any]


def test_that_hello_tells_protocol_and_interpreter(client: Any) -> None:
    assert client.hello == {
        "event": "hello",
        "protocol": 1,
        "python": ".".join(map(str, sys.version_info[:3])),
        "executable": sys.executable,
        "pid": client.hello["pid"],
    }
    assert client.hello["pid"] != client.process.pid, "user code would find our client to be its parent"


def test_that_a_context_file_is_loaded_and_run(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, results: Results
) -> None:
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
    found = results()
    assert found.read("trains/data") == 5
    assert bool(found.read("calibrated/data"))
    assert found.attributes(".reduced/pulses")["summary_method"] == "mean"
    assert found.read("start_time/data") == found.read(".reduced/start_time")
    assert "start_time" not in found.records()
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
    load_in: LoadIn, run_in: RunIn, client: Any, fields: dict[str, Any], computed: list[str], results: Results
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
    assert set(results().records()) == set(computed)
    assert results().read("start_time/data") > 1e9


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
        "severity",
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

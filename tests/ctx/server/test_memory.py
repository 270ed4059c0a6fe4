"""Memory has a limit: who needs more fails alone, and says so."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damnit_ctx import limits, processes

LoadIn = Callable[[str], dict[str, Any]]
RunIn = Callable[..., None]
Results = Callable[[], Any]

LIMIT = 200_000_000
GREEDY = """
    import multiprocessing, os, time
    import numpy as np
    kept = []
    @Variable
    def before(run): return 1
    @Variable(transient=True)
    def hidden(run, x: "var#before"): return x + 1
    @Variable
    def greedy(run):
        {}
    @Variable
    def after(run, x: "var#hidden"): return float(np.ones(2_000_000).sum()) + x
    """
GROW_IN_POOL = """
        def grow(_):
            kept = np.ones(15_000_000)
            time.sleep(60)
        context = multiprocessing.get_context('fork')
        workers = [context.Process(target=grow, args=(i,)) for i in range(5)]
        [w.start() for w in workers]
        with open('pids', 'w') as file: print(*[w.pid for w in workers], file=file)
        [w.join() for w in workers]
"""


@pytest.mark.parametrize(
    ("statement", "error_cls"),
    [
        ("return np.zeros(10**12)", "MemoryError"),
        ("return [np.ones(100_000) for _ in range(10**6)]", "MemoryError"),
        ("return [bytearray(500) for _ in range(10**8)]", "MemoryError"),
        ("while True: kept.append(np.ones(1000))", "MemoryError"),
        ("while True: kept.append(str(len(kept)))", "MemoryError"),
        (GROW_IN_POOL, "MemoryLimit"),
        ("return _shared()", "MemoryLimit"),
    ],
)
def test_that_a_variable_that_needs_too_much_fails_alone_and_says_the_limit(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results, statement: str, error_cls: str
) -> None:
    shared = """
    def _shared():
        import mmap
        area = mmap.mmap(-1, 600_000_000)
        for begin in range(0, 600_000_000, 4096): area[begin] = 1
        time.sleep(60)
    """
    load_in(GREEDY.format(statement) + shared)

    run_in(memory=LIMIT)

    assert client.until("done")["outcome"] == "ok"
    found = results()
    assert found.attributes(".errors/greedy")["type"] == error_cls
    assert "Needed more than 0.2 GB of memory" in found.read(".errors/greedy")
    assert found.read("before/data") == 1
    assert found.read("after/data") == 2_000_002
    finished = [e["variable"] for e in client.events if e["event"] == "finished"]
    assert sorted(finished) == sorted(set(finished)), "a Variable was reported twice"


def test_that_processes_which_took_the_memory_are_gone(
    load_in: LoadIn, run_in: RunIn, client: Any, folder: Path, gone: Callable[[int], bool]
) -> None:
    load_in(GREEDY.format(GROW_IN_POOL))

    run_in(memory=LIMIT)
    client.until("done")

    assert all(gone(int(pid)) for pid in (folder / "pids").read_text().split())


def test_that_the_line_that_asked_for_too_much_is_told(load_in: LoadIn, run_in: RunIn, client: Any) -> None:
    answer = load_in("import numpy as np\n@Variable\ndef greedy(run):\n    x = 1\n    return np.zeros(10**12)\n")

    run_in(memory=LIMIT)
    client.until("done")

    assert client.finished("greedy")["line"] == answer["variables"][0]["line"] + 2


def test_that_another_run_is_not_touched(load_in: LoadIn, run_in: RunIn, client: Any, folder: Path) -> None:
    load_in(
        """
        import pathlib, time
        @Variable
        def either(run, n: "meta#run_number"):
            if n == 1:
                while not pathlib.Path("failed").exists(): time.sleep(0.005)
                return 1
            kept = []
            while True: kept.append(bytearray(1_000_000))
        """
    )
    run_in(id=2, run=1, memory=LIMIT)
    run_in(id=3, run=2, memory=LIMIT)

    assert client.until("finished", id=3)["error_cls"] == "MemoryError"
    (folder / "failed").touch()

    assert client.until("finished", id=2)["outcome"] == "ok"


def test_that_results_below_the_limit_are_as_ever(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in("import numpy as np\n@Variable\ndef big(run): return np.ones(12_000_000)\n")

    run_in(memory=LIMIT)

    assert client.until("done")["outcome"] == "ok"
    assert results().read("big/data").sum() == 12_000_000


@pytest.mark.parametrize(
    "statement", ["kept = bytearray(10**12)", "kept = []\nwhile True: kept.append(bytearray(10_000))"]
)
def test_that_loading_has_the_same_limit(
    client: Any, folder: Path, header: str, load_in: LoadIn, statement: str
) -> None:
    path = folder / "context.py"
    path.write_text(f"{header}\n{statement}\n")

    client.send(do="load", id=1, path=str(path), folder=str(folder), memory=LIMIT)
    answer = client.receive()

    assert answer["event"] == "not_loaded"
    assert "Needed more than 0.2 GB of memory" in answer["problems"][0]["message"]
    assert answer["problems"][0]["line"]
    assert load_in("import numpy as np\nkept = np.ones(40_000_000)\n")["event"] == "loaded"


@pytest.mark.parametrize("memory", ["0", "-1", "1.5", "true", '"12 GB"', "1e400"])
def test_that_a_limit_that_is_none_is_refused(client: Any, memory: str) -> None:
    client.send_line(f'{{"do": "load", "id": 4, "path": "/c.py", "folder": "/", "memory": {memory}}}'.encode())

    assert "memory must be" in client.receive()["message"]


def test_that_no_limit_is_set_where_none_is_asked_for() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)

    limits.limit_memory(None, lasting=False)

    assert resource.getrlimit(resource.RLIMIT_DATA) == (before[1], before[1])
    assert limits.memory_message("no room") == "no room"
    assert limits.memory_message("")
    assert limits.may_go_on()
    assert processes.data_size() > 0

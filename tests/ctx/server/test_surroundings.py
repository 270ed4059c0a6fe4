"""What user code does to its process reaches neither the Variables after it nor the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

LoadIn = Callable[[str], dict[str, Any]]
RunIn = Callable[..., None]
Results = Callable[[], Any]

SPOILING = """
    import os, resource, subprocess, sys, warnings
    @Variable
    def before(run): return 1
    @Variable
    def spoils(run):
        {}
        return 2
    @Variable
    def warns(run):
        warnings.warn("hm", DeprecationWarning)
        print("printed")
        return 3
    @Variable
    def after(run):
        return subprocess.run(["true"]).returncode
    """


@pytest.mark.parametrize(
    "statement",
    [
        "sys.stdout.close(); sys.stderr.close()",
        "sys.stdout = sys.stderr = None",
        "warnings.simplefilter('error')",
        "os.umask(0o777)",
        "os.chdir('/')",
    ],
)
def test_that_a_variable_that_spoils_its_process_harms_no_other(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results, statement: str
) -> None:
    load_in(SPOILING.format(statement))

    run_in()

    assert client.until("done")["outcome"] == "ok"
    found = results()
    assert [found.read(f"{name}/data") for name in ("before", "spoils", "warns", "after")] == [1, 2, 3, 0]
    assert len([e for e in client.events if e["event"] == "running"]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))",
        "resource.setrlimit(resource.RLIMIT_DATA, (1 << 26, resource.RLIM_INFINITY))",
    ],
)
def test_that_memory_that_a_variable_takes_from_its_process_is_there_for_the_next(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results, statement: str
) -> None:
    """Also if a fragment is due just then: no thread can be started in such a process."""
    load_in(
        f"""
        import resource
        @Variable
        def takes(run):
            {statement}
            return 1
        @Variable
        def after(run): return np.zeros(100_000_000)[:3]
        """
    )

    run_in()

    assert client.until("done")["outcome"] == "ok"
    assert results().read("after/data").tolist() == [0, 0, 0]


def test_that_a_variable_after_which_nothing_can_be_written_is_the_one_that_fails(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(SPOILING.format("resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))"))

    run_in()

    assert client.until("done")["outcome"] == "ok"
    found = results()
    assert found.attributes(".errors/spoils")["type"] == "CannotWrite"
    assert [found.read(f"{name}/data") for name in ("before", "warns", "after")] == [1, 3, 0]


def test_that_closing_every_descriptor_is_an_error_that_says_so(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(SPOILING.format("os.closerange(0, 200)"))

    run_in()

    assert client.until("done")["outcome"] == "ok"
    assert "lost what it needs" in results().read(".errors/spoils")
    assert results().read("after/data") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "import sys; sys.stdout.close(); sys.stderr.close()",
    ],
)
def test_that_a_context_file_that_spoils_the_server_is_executed_all_the_same(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results, statement: str
) -> None:
    load_in(f"{statement}\n@Variable\ndef one(run): print('printed'); return 1\n")

    run_in()

    assert client.until("done")["outcome"] == "ok"
    assert results().read("one/data") == 1


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit", "type('Own', (BaseException,), {})"])
def test_that_whatever_a_context_file_raises_is_its_problem_with_a_line(load_in: LoadIn, error: str) -> None:
    answer = load_in(f"x = 1\nraise {error}\n")

    assert answer["event"] == "not_loaded"
    assert answer["problems"][0]["line"]


def test_that_messages_of_any_length_and_behaviour_are_shown_in_short(
    load_in: LoadIn, run_in: RunIn, client: Any, results: Results
) -> None:
    load_in(
        """
        class Evil(Exception):
            def __str__(self): raise KeyboardInterrupt
        @Variable
        def evil(run): raise Evil
        @Variable
        def long(run): raise ValueError("m" * 30_000_000)
        """
    )

    run_in()

    assert client.until("done")["outcome"] == "ok"
    assert results().attributes(".errors/evil")["type"] == "Evil"
    assert len(results().read(".errors/long")) < 10_000
    answer = load_in("raise ValueError('m' * 30_000_000)")
    assert len(str(answer)) < 500_000

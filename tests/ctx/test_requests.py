from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from damnit_ctx.requests import BadRequest, CancelRequest, LoadRequest, PingRequest, QuitRequest, RunRequest, parse

RUN: dict[str, Any] = {
    "do": "run",
    "id": 2,
    "proposal": 1,
    "run": 3,
    "proposal_path": "/p",
    "data": "raw",
    "trigger": None,
    "variables": None,
    "fragments": "/f",
    "log": "/l",
    "seconds": None,
}


def test_that_requests_are_read() -> None:
    load = {"do": "load", "id": 1, "path": "/a/context.py", "folder": "/a", "code": None}

    assert parse(json.dumps(load).encode()) == LoadRequest(1, Path("/a/context.py"), Path("/a"), None, None)
    assert parse(b'{"do": "cancel", "id": 5}') == CancelRequest(5)
    assert parse(b'{"do": "ping", "id": 6}') == PingRequest(6)
    assert parse(b'{"do": "quit"}') == QuitRequest()
    request = parse(json.dumps({**RUN, "variables": ["a"], "seconds": 5, "params": {"gain": 2.5}}).encode())
    assert isinstance(request, RunRequest)
    assert request.params == {"gain": 2.5}
    assert (request.variables, request.seconds, request.fragments) == (("a",), 5.0, Path("/f"))


@pytest.mark.parametrize(
    "line",
    [b"", b"nonsense", b"\xff\xfe", b"[]", b"3", b"null", b'{"do": "run"', b"[" * 100_000, b'{"id": 1}'],
)
def test_that_what_is_no_request_is_refused(line: bytes) -> None:
    with pytest.raises(BadRequest):
        parse(line)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("do", "dance"),
        ("do", ["run"]),
        ("proposal", "1"),
        ("proposal", -1),
        ("run", True),
        ("run", None),
        ("proposal_path", "relative/path"),
        ("proposal_path", None),
        ("fragments", "/nul\0"),
        ("log", 3),
        ("params", ["gain"]),
        ("params", {"gain": None}),
        ("params", {"gain": [1]}),
        ("data", "proc"),
        ("data", ["raw"]),
        ("trigger", "all"),
        ("variables", "a"),
        ("variables", [1]),
        ("seconds", 0),
        ("seconds", float("nan")),
        ("seconds", "5"),
    ],
)
def test_that_a_bad_field_is_refused_with_the_requests_id(field: str, value: Any) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(json.dumps({**RUN, field: value}).encode())

    assert caught.value.request_id == 2
    assert field in str(caught.value) or "unknown request" in str(caught.value)


@pytest.mark.parametrize("id_", [None, "2", 2.5, True])
def test_that_a_request_needs_an_id(id_: Any) -> None:
    with pytest.raises(BadRequest, match="id"):
        parse(json.dumps({**RUN, "id": id_}).encode())

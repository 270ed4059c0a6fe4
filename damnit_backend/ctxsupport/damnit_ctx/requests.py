"""What a client may ask of the server: one JSON object a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from json import JSONDecoder, JSONEncoder
from pathlib import Path
from typing import Any, Union

#: Looked up before user code, which may change what `json` has.
_decode = JSONDecoder().decode
_encode = JSONEncoder().encode


class BadRequest(ValueError):
    """A line that is no request. `request_id` is that of the request, if it could be read."""

    def __init__(self, message: str, request_id: int | None = None) -> None:
        super().__init__(message)
        self.request_id = request_id


@dataclass(frozen=True)
class LoadRequest:
    """Load a context file; `code`, if given, in place of the file's text. `memory`: bytes that this may take."""

    id: int
    path: Path
    folder: Path
    code: str | None
    memory: int | None


@dataclass(frozen=True)
class RunRequest:
    """Run the loaded context file on a run. The fields are described in `serve.py`."""

    id: int
    proposal: int
    run: int
    proposal_path: Path
    data: str
    trigger: str | None
    variables: tuple[str, ...] | None
    fragments: Path
    log: Path
    seconds: float | None
    memory: int | None
    cores: int | None
    params: Mapping[str, Any]
    job: int | None = None
    exact: bool = False


@dataclass(frozen=True)
class CancelRequest:
    id: int


@dataclass(frozen=True)
class PingRequest:
    id: int


@dataclass(frozen=True)
class QuitRequest:
    pass


Request = Union[LoadRequest, RunRequest, CancelRequest, PingRequest, QuitRequest]


def parse(line: bytes) -> Request:
    """The request in a line. Raises BadRequest."""
    try:
        fields = _decode(line.decode())
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"not a line of JSON: {error}") from error
    if not isinstance(fields, dict):
        raise BadRequest("not a JSON object")
    given = fields.get("id")
    request_id = given if isinstance(given, int) and not isinstance(given, bool) else None
    do = fields.get("do")
    if do == "quit":
        return QuitRequest()
    if do not in ("load", "run", "cancel", "ping"):
        raise BadRequest(f"unknown request {do!r}", request_id)
    if request_id is None:
        raise BadRequest(f"{do}: id must be a whole number", request_id)
    try:
        return _parse(do, request_id, fields)
    except BadRequest as error:
        raise BadRequest(f"{do}: {error}", request_id) from None


def _parse(do: str, request_id: int, fields: Mapping[str, Any]) -> Request:
    if do == "cancel":
        return CancelRequest(request_id)
    if do == "ping":
        return PingRequest(request_id)
    if do == "load":
        code = fields.get("code")
        if code is not None and not isinstance(code, str):
            raise BadRequest("code must be text or null")
        return LoadRequest(request_id, _path(fields, "path"), _path(fields, "folder"), code, _count(fields, "memory"))
    return RunRequest(
        request_id,
        proposal=_whole(fields, "proposal"),
        run=_whole(fields, "run"),
        proposal_path=_path(fields, "proposal_path"),
        data=_one_of(fields, "data", ("raw", "all")),
        trigger=_one_of(fields, "trigger", ("raw", "proc", None)),
        variables=_names(fields),
        fragments=_path(fields, "fragments"),
        log=_path(fields, "log"),
        seconds=_seconds(fields),
        memory=_count(fields, "memory"),
        cores=_count(fields, "cores"),
        params=_params(fields),
        job=None if fields.get("job") is None else _whole(fields, "job"),
        exact=_flag(fields, "exact"),
    )


def _path(fields: Mapping[str, Any], name: str) -> Path:
    value = fields.get(name)
    if not isinstance(value, str) or "\0" in value or not Path(value).is_absolute():
        raise BadRequest(f"{name} must be an absolute path")
    return Path(value)


def _whole(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadRequest(f"{name} must be a whole number, not negative")
    return value


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} must be true or false")
    return value


def _one_of(fields: Mapping[str, Any], name: str, allowed: tuple[str | None, ...]) -> Any:
    value = fields.get(name)
    if value not in allowed or not isinstance(value, (str, type(None))):
        raise BadRequest(f"{name} must be one of {', '.join(_encode(a) for a in allowed)}")
    return value


def _names(fields: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = fields.get("variables")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise BadRequest("variables must be null or a list of names")
    return tuple(value)


def _seconds(fields: Mapping[str, Any]) -> float | None:
    value = fields.get("seconds")
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value < 1e9:
        raise BadRequest("seconds must be null or a number above 0")
    return float(value)


def _count(fields: Mapping[str, Any], name: str) -> int | None:
    value = fields.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 62):
        return value
    raise BadRequest(f"{name} must be null or a whole number above 0")


def _params(fields: Mapping[str, Any]) -> dict[str, Any]:
    value = fields.get("params")
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(v, (bool, int, float, str)) for v in value.values()):
        raise BadRequest("params must be null or an object of truth values, numbers and texts")
    return value

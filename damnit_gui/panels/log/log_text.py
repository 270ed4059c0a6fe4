"""From a log's bytes to what is shown: cleaned text, and where something in it deserves notice."""

import enum
import re
from dataclasses import dataclass

_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_CONTROL = bytes(set(range(32)) - {9, 10}) + b"\x7f"

_HINTS = re.compile(r"Error|Exception|Interrupt|Exit|Timeout|Traceback|File \"|Warning|WARN|ERROR|CRITICAL|FATAL")
_FRAME = re.compile(r'[ \t|+]*File "(?P<file>[^"]+)", line (?P<line>\d{1,9})')
_ERROR = re.compile(
    r"[ \t|+]*Traceback \(most recent call last\):|[\w.]*(?:Error|Exception|Interrupt|Exit|Timeout)(?::|$)"
    r"|.{0,80}\b(?:ERROR|CRITICAL|FATAL)\b"
)
_WARNING = re.compile(r".{0,200}\w*Warning:|.{0,80}\bWARN(?:ING)?\b")
_READ = 500
"""So many characters of a line decide what it is."""


class Notice(enum.IntEnum):
    """Why a stretch of a log is shown in another colour."""

    ERROR = 0
    WARNING = 1
    FRAME = 2
    LINK = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text's UTF-8 bytes. A LINK leads to ``line`` (from 1) of the context file."""

    kind: Notice
    start: int
    length: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class LogText:
    """UTF-8 ``data`` and the marks in it."""

    data: bytes
    marks: tuple[Mark, ...] = ()


def clean(data: bytes) -> bytes:
    """Valid UTF-8 without escape sequences, and of lines that were written over (progress bars) the last state."""
    if b"\x1b" in data:
        data = _ESCAPES.sub(b"", data)
    if b"\r" in data:
        data = b"\n".join(_last_state(line) for line in data.split(b"\n"))
    return data.translate(None, _CONTROL).decode("utf-8", errors="replace").encode()


def _last_state(line: bytes) -> bytes:
    return line.rstrip(b"\r").rpartition(b"\r")[2]


def prepare(data: bytes, context_file: str = "context.py") -> LogText:
    """The text of some lines of a log, with marks; links where a traceback names the context file."""
    cleaned = clean(data)
    marks: list[Mark] = []
    position = 0
    # A line at a time: one long search of a regular expression would hold up every other thread.
    for raw in cleaned.split(b"\n"):
        line = raw[: 4 * _READ].decode("utf-8", errors="ignore")[:_READ]
        if _HINTS.search(line):
            for mark in _marks_of(line, len(raw), position, context_file):
                _append(marks, mark)
        position += len(raw) + 1
    return LogText(cleaned, tuple(marks))


def _append(marks: list[Mark], mark: Mark) -> None:
    """Neighbouring lines of one kind become one mark: a program may warn a hundred thousand times."""
    last = marks[-1] if marks else None
    if last is not None and last.kind == mark.kind != Notice.LINK and last.start + last.length + 1 == mark.start:
        marks[-1] = Mark(mark.kind, last.start, last.length + 1 + mark.length)
    else:
        marks.append(mark)


def _marks_of(line: str, length: int, position: int, context_file: str) -> list[Mark]:
    """The marks of a line of ``length`` bytes that begins at ``position``."""
    frame = _FRAME.match(line)
    if frame is None:
        kinds = ((Notice.ERROR, _ERROR), (Notice.WARNING, _WARNING))
        return next(([Mark(kind, position, length)] for kind, form in kinds if form.match(line)), [])
    marks = [Mark(Notice.FRAME, position, length)]
    if frame["file"].rpartition("/")[2] == context_file:
        begin, end = frame.start("file") - 1, frame.end("line")
        start = position + len(line[:begin].encode())
        marks.append(Mark(Notice.LINK, start, len(line[begin:end].encode()), int(frame["line"])))
    return marks

"""Reading a log that grows, is replaced, truncated or damaged."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.errors import UserError
from damnit_gui.panels.log.tail import Place, read_earlier, read_more


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "listener.log"


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_a_missing_log_is_no_error_and_begins_when_it_comes(log: Path) -> None:
    first = read_more(log, None)
    assert (first.place, first.fresh, first.lines) == (None, False, b"")
    log.write_bytes(b"one\n")
    second = read_more(log, first.place)
    assert (second.fresh, second.lines) == (True, b"one\n")


def test_only_what_is_new_is_read_and_unfinished_lines_come_again(log: Path) -> None:
    log.write_bytes(b"one\ntw")
    first = read_more(log, None)
    assert (first.lines, first.rest) == (b"one\n", b"tw")
    add(log, "o µ\n".encode()[:-2])  # in the middle of a character
    second = read_more(log, first.place)
    assert (second.fresh, second.lines, second.rest) == (False, b"", "two µ".encode()[:-1])
    add(log, "µ\n".encode()[1:])
    third = read_more(log, second.place)
    assert (third.lines, third.rest) == ("two µ\n".encode(), b"")
    assert read_more(log, third.place).lines == b""


def test_of_a_long_log_the_end_is_read_in_whole_lines(log: Path) -> None:
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(1000)))
    piece = read_more(log, None, limit=100)
    assert piece.lines.startswith(b"line 9")
    assert len(piece.lines) <= 100
    assert piece.place is not None
    before, lines = read_earlier(log, piece.place, limit=50)
    assert lines.startswith(b"line 9")
    assert before.start == piece.place.start - len(lines)
    before, rest = read_earlier(log, before)
    assert before.start == 0
    assert rest + lines + piece.lines == log.read_bytes()


@pytest.mark.parametrize("how", ["replaced", "truncated", "rewritten"])
def test_another_file_under_the_name_is_read_from_its_beginning(log: Path, how: str) -> None:
    log.write_bytes(b"old line\n" * 20)
    place = read_more(log, None).place
    if how == "replaced":
        log.rename(log.with_suffix(".1"))
        log.write_bytes(b"old line\n" * 20 + b"new\n")
    elif how == "truncated":
        os.truncate(log, 0)
        add(log, b"new\n")
    else:  # and already longer than the old one
        log.write_bytes(b"new line\n" * 30)
    piece = read_more(log, place)
    assert piece.fresh
    assert piece.lines == log.read_bytes()
    assert place is not None
    if how != "replaced":
        assert read_earlier(log, place) is None


def test_a_removed_log_empties_the_view(log: Path) -> None:
    log.write_bytes(b"one\n")
    place = read_more(log, None).place
    log.unlink()
    assert read_more(log, place).fresh
    assert place is not None
    assert read_earlier(log, place) is None


def test_a_log_that_grew_by_more_than_the_limit_is_begun_anew(log: Path) -> None:
    log.write_bytes(b"one\n")
    place = read_more(log, None, limit=100).place
    add(log, b"many\n" * 100)
    piece = read_more(log, place, limit=100)
    assert piece.fresh
    assert piece.lines == b"many\n" * 20


def test_a_line_without_end_is_shown_in_parts(log: Path) -> None:
    log.write_bytes(b"x" * 100_000)
    piece = read_more(log, None)
    assert len(piece.lines) == 100_000


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_more(tmp_path, None)
    with pytest.raises(UserError, match="cannot be read"):
        read_earlier(tmp_path, Place(0, 0, 0, b""))


@given(st.lists(st.binary(max_size=30), max_size=8), st.integers(1, 40))
def test_whatever_is_written_is_read_once_and_in_order(tmp_path_factory, parts: list[bytes], limit: int) -> None:
    path = tmp_path_factory.mktemp("log") / "log"
    path.touch()
    place, shown, rest = None, b"", b""
    for part in [b"", *parts]:
        add(path, part)
        piece = read_more(path, place, limit)
        shown = piece.lines if piece.fresh else shown + piece.lines
        place, rest = piece.place, piece.rest
    assert path.read_bytes().endswith(shown + rest)

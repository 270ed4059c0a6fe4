"""Reading and writing the context file."""

import os
import stat
from pathlib import Path

import pytest

from damnit_backend.core.errors import UserError
from damnit_gui.panels.editor.text_file import (
    MAX_BYTES,
    ChangedOnDiskError,
    decode_text,
    read_text_file,
    stamp_of,
    write_text_file,
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a = 1\n",
        b"a = 1\r\nb = 2\r\n",
        b"mixed\r\nends\nhere\r",
        "\ufeffa = 'µ'\n".encode(),
        "no end, \u2028 is no line end, form feed \x0c neither".encode(),
    ],
)
def test_what_is_read_is_written_back_byte_for_byte(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "context.py"
    path.write_bytes(data)
    read = read_text_file(path)
    assert not read.problem
    write_text_file(path, read.text, bom=read.bom, expected=read.stamp)
    assert path.read_bytes() == data


def test_a_missing_file_is_empty_and_can_be_made(tmp_path: Path) -> None:
    path = tmp_path / "context.py"
    read = read_text_file(path)
    assert (read.text, read.stamp) == ("", None)
    stamp = write_text_file(path, "a = 1\n", bom=False, expected=None)
    assert path.read_text() == "a = 1\n"
    assert stamp == stamp_of(path)


@pytest.mark.parametrize(("data", "line"), [(b"a\nb\r\nc = '\xe9'\n", 3), (b"a\0b", 1)])
def test_a_file_that_is_not_utf8_text_says_where_and_is_only_for_reading(data: bytes, line: int) -> None:
    read = decode_text(data, "context.py")
    assert f"line {line})" in read.problem
    assert "\0" not in read.text


@pytest.mark.parametrize(
    ("text", "newline"), [("", "\n"), ("a", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\nb\r\nc\n", "\n"), ("a\rb", "\r")]
)
def test_new_lines_end_like_most_others(text: str, newline: str) -> None:
    assert decode_text(text.encode(), "context.py").newline == newline


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", MAX_BYTES + 1)
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "large"):
        with pytest.raises(UserError):
            read_text_file(path)


def test_mode_and_group_stay_and_nothing_is_left_aside(tmp_path: Path) -> None:
    path = tmp_path / "context.py"
    path.write_text("old")
    path.chmod(0o664)
    groups = os.getgroups() if os.geteuid() else [12345]
    os.chown(path, -1, groups[-1])
    write_text_file(path, "new", bom=False, expected=stamp_of(path))
    found = path.stat()
    assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o664, groups[-1])
    assert [each.name for each in tmp_path.iterdir()] == ["context.py"]


def test_a_new_file_has_the_mode_of_the_umask(tmp_path: Path) -> None:
    former = os.umask(0o027)
    try:
        write_text_file(tmp_path / "context.py", "a", bom=False, expected=None)
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / "context.py").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "shared.py", tmp_path / "context.py"
    target.write_text("old")
    link.symlink_to(target)
    write_text_file(link, "new", bom=False, expected=stamp_of(link))
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_file_that_somebody_else_wrote_or_removed_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "context.py"
    path.write_text("mine")
    known = stamp_of(path)
    path.write_text("theirs, longer")
    with pytest.raises(ChangedOnDiskError, match="changed by somebody else"):
        write_text_file(path, "new", bom=False, expected=known)
    assert path.read_text() == "theirs, longer"
    path.unlink()
    with pytest.raises(ChangedOnDiskError, match="deleted"):
        write_text_file(path, "new", bom=False, expected=known)
    assert not path.exists()


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write_text_file(tmp_path / "gone" / "context.py", "new", bom=False, expected=None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "context.py"
    path.write_text("old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(UserError, match="cannot be written"):
            write_text_file(path, "new", bom=False, expected=stamp_of(path))
    finally:
        tmp_path.chmod(0o755)
    assert path.read_text() == "old"

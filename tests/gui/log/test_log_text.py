"""What a log's bytes become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.keys import RunKey
from damnit_gui.panels.log.log_names import log_title, moment, nothing_yet, runs_with_log
from damnit_gui.panels.log.log_text import LogText, Notice, clean, prepare


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"plain\n", "plain\n"),
        (b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07text\n", "red text\n"),
        (b" 10%\r 50%\r100%\nnext\n", "100%\nnext\n"),
        (b"windows\r\n", "windows\n"),
        (b"caf\xe9\n", "caf\ufffd\n"),
        (b"bell\x07 null\0 tab\t\n", "bell null tab\t\n"),
    ],
)
def test_control_characters_and_overwritten_lines_do_not_show(data: bytes, shown: str) -> None:
    assert clean(data).decode() == shown


TRACEBACK = """2026-01-02 03:04:05 ERROR damnit_ctx: µ failed
Traceback (most recent call last):
  File "/data/µ/context.py", line 12, in energy
    return bad
  File "/usr/lib/numpy.py", line 3, in mean
NameError: name 'bad' is not defined
UserWarning: careful
2026-01-02 WARNING x: slow
my_module.MyError
An Error: in the text is none
"""


def words(text: LogText, kind: Notice) -> list[str]:
    return [text.data[mark.start : mark.start + mark.length].decode() for mark in text.marks if mark.kind == kind]


def test_errors_warnings_and_frames_are_marked() -> None:
    text = prepare(TRACEBACK.encode())
    assert words(text, Notice.ERROR) == [
        "2026-01-02 03:04:05 ERROR damnit_ctx: µ failed\nTraceback (most recent call last):",
        "NameError: name 'bad' is not defined",
        "my_module.MyError",
    ]
    assert words(text, Notice.WARNING) == ["UserWarning: careful\n2026-01-02 WARNING x: slow"]
    assert len(words(text, Notice.FRAME)) == 2


def test_only_places_in_the_context_file_are_links() -> None:
    text = prepare(TRACEBACK.encode())
    assert words(text, Notice.LINK) == ['"/data/µ/context.py", line 12']
    assert [mark.line for mark in text.marks if mark.kind == Notice.LINK] == [12]
    assert words(prepare(TRACEBACK.encode(), "other.py"), Notice.LINK) == []


@given(st.binary(max_size=300))
def test_any_bytes_become_valid_text_with_marks_inside(data: bytes) -> None:
    text = prepare(b'File "context.py", line 3\nError: ' + data)
    text.data.decode()
    for mark in text.marks:
        assert mark.start >= 0
        assert mark.start + mark.length <= len(text.data)


@pytest.mark.parametrize("data", [b"x" * 3_000_000, b"x\r" * 1_500_000, b"\x1b[" * 1_000_000, b"Error " * 400_000])
@pytest.mark.timeout(10)
def test_long_lines_take_no_long_time(data: bytes) -> None:
    prepare(data)


def test_a_hundred_thousand_warnings_are_one_mark() -> None:
    assert len(prepare(b"UserWarning: again\n" * 100_000).marks) == 1


def test_logs_of_runs_are_found_newest_first_and_other_files_left_out(folder) -> None:
    for name in ("r2-p1234.out", "r10-p1234.out", "r1-p7.out", "listener.log", "r1-p1234.out.swp", "rx-p1.out"):
        (folder.logs / name).touch()
    assert runs_with_log(folder) == [RunKey(1234, 10), RunKey(1234, 2), RunKey(7, 1)]
    for path in folder.logs.iterdir():
        path.unlink()
    folder.logs.rmdir()
    assert runs_with_log(folder) == []


def test_logs_have_names_for_people() -> None:
    assert log_title(None, 1234) == "Listener"
    assert log_title(RunKey(1234, 12), 1234) == "Run 12"
    assert log_title(RunKey(7, 12), 1234) == "p7 r12"
    assert nothing_yet(RunKey(1234, 12), 1234) == "No log of run 12 yet."
    assert nothing_yet(None, 1234) == "No log of the listener yet."


def test_a_time_of_another_day_has_its_date() -> None:
    now = 1_700_000_000.0
    assert len(moment(now - 1, now)) == 8
    assert moment(now - 3 * 86400, now).startswith("2023-11-1")

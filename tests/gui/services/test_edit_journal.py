import errno
import math
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.keys import CellKey
from damnit_gui.services.edit_journal import EditJournal, folder_directory, left_edits
from damnit_gui.services.journal_lines import journal_edit

KEY = CellKey(1234, 5, "comment")

typed = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text()


@pytest.fixture
def directory(tmp_path):
    return folder_directory(tmp_path / "edits", "identity")


@pytest.fixture
def open_journal(directory, tmp_path):
    journals = []

    def open_():
        journals.append(EditJournal(directory, tmp_path / "amore"))
        return journals[-1]

    yield open_
    for journal in journals:
        journal.close()


@given(value=typed)
def test_every_value_that_can_be_typed_comes_back_as_it_was(value, tmp_path_factory):
    place = tmp_path_factory.mktemp("journal")
    left = EditJournal(place, place)
    edit = journal_edit(KEY, value, 1.5)
    left.add(edit)
    left.close()
    (found,) = EditJournal(place, place).take_over()
    assert (found.id, found.key, found.typed_at) == (edit.id, KEY, 1.5)
    assert type(found.value) is type(value)
    assert found.value == value or (math.isnan(found.value) and math.isnan(value))


def test_text_that_no_file_can_hold_is_kept_with_question_marks(open_journal):
    journal = open_journal()
    journal.add(journal_edit(KEY, "half \ud800 a letter", 1.0))
    journal.close()
    assert [edit.value for edit in open_journal().take_over()] == ["half ? a letter"]


def test_what_a_closed_window_left_is_taken_over_once_in_the_order_of_typing(open_journal):
    first, second = open_journal(), open_journal()
    edits = [journal_edit(KEY, f"text {number}", float(number)) for number in range(6)]
    for number, edit in enumerate(edits):
        (first if number % 2 else second).add(edit)
    first.done(edits[3].id)
    first.close()
    second.close()
    taker, late = open_journal(), open_journal()
    assert [edit.id for edit in taker.take_over()] == [edit.id for edit in edits if edit is not edits[3]]
    assert late.take_over() == []
    taker.close()
    assert len(late.take_over()) == 5


def test_the_journal_of_a_living_window_is_left_alone(open_journal):
    living = open_journal()
    living.add(journal_edit(KEY, "mine", 1.0))
    assert open_journal().take_over() == []


def test_nothing_is_left_on_the_disk_when_all_is_stored(open_journal, directory):
    journal = open_journal()
    edits = [journal_edit(KEY, text, 1.0) for text in ("one", "two")]
    for edit in edits:
        journal.add(edit)
    for edit in edits:
        journal.done(edit.id)
    journal.close()
    assert list(directory.iterdir()) == []


def test_what_a_killed_window_had_typed_is_there_for_the_next_one(directory, open_journal):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from damnit_backend.core.keys import CellKey\n"
        "from damnit_gui.services.edit_journal import EditJournal\n"
        "from damnit_gui.services.journal_lines import journal_edit\n"
        "journal = EditJournal(Path(sys.argv[1]), Path('/somewhere'))\n"
        "journal.add(journal_edit(CellKey(1, 2, 'comment'), 'typed at 3 a.m.', 7.0))\n"
        "print('kept', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(directory)], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"kept\n"
        assert open_journal().take_over() == []
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert [edit.value for edit in open_journal().take_over()] == ["typed at 3 a.m."]


@pytest.mark.parametrize(
    "line", [b'{"edit":{"id":"12', b"\xff\xfe\n", b'{"edit":{"id":"a","proposal":1,"run":1,"name":"x","kind":"integer",'
             b'"text":"no","typed_at":1}}\n', b"[]\n"]
)  # fmt: skip
def test_a_line_that_cannot_be_read_spoils_no_other_and_is_kept(line, directory, open_journal, expect_log):
    expect_log("cannot be read")
    journal = open_journal()
    journal.add(journal_edit(KEY, "whole", 1.0))
    journal.close()
    (path,) = directory.glob("*.jsonl")
    with path.open("ab") as file:
        file.write(line)
    assert [edit.value for edit in open_journal().take_over()] == ["whole"]
    assert len(list(directory.glob("*.damaged"))) == 1


def test_a_full_disk_is_said_and_the_next_edit_is_whole(open_journal, monkeypatch):
    journal = open_journal()
    journal.add(journal_edit(KEY, "before", 1.0))
    write = os.write

    def full(descriptor, content):
        write(descriptor, content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            journal.add(journal_edit(KEY, "too much", 2.0))
    journal.add(journal_edit(KEY, "after", 3.0))
    journal.close()
    assert [edit.value for edit in open_journal().take_over()] == ["before", "after"]


def test_only_the_user_may_read_what_was_typed(open_journal, directory):
    open_journal().add(journal_edit(KEY, "private", 1.0))
    assert directory.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o077 for path in directory.iterdir()] == [0]


def test_edits_that_wait_for_their_folder_to_be_opened_are_counted_by_folder(open_journal, directory, tmp_path):
    living, left = open_journal(), open_journal()
    living.add(journal_edit(KEY, "still typed", 1.0))
    left.add(journal_edit(KEY, "one", 1.0))
    left.add(journal_edit(KEY, "two", 2.0))
    left.close()
    assert left_edits(directory.parent) == {str(tmp_path / "amore"): 2}
    assert left_edits(tmp_path / "nothing") == {}

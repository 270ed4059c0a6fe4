"""Unsaved text survives."""

import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from damnit_gui.panels.editor.drafts import Draft, Drafts, draft_prefix


def test_a_draft_of_a_closed_editor_is_offered_and_one_of_a_living_is_not(tmp_path: Path) -> None:
    file = tmp_path / "context.py"
    first = Drafts(file, tmp_path / "drafts")
    first.keep("unsaved", 1)
    second = Drafts(file, tmp_path / "drafts")
    assert second.waiting() == []
    first.keep("unsaved, at the end", 2, closing=True)
    [(path, draft)] = second.waiting()
    assert draft.text == "unsaved, at the end"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.waiting() == []


def test_a_draft_of_a_killed_program_is_offered(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from damnit_gui.panels.editor.drafts import Drafts;"
        "Drafts(Path(sys.argv[1]), Path(sys.argv[2])).keep('lost?', 1); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "context.py"), str(tmp_path / "drafts")], check=False)
    assert [draft.text for _, draft in Drafts(tmp_path / "context.py", tmp_path / "drafts").waiting()] == ["lost?"]


def test_late_calls_do_not_undo_newer_ones(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "context.py", tmp_path / "drafts")
    drafts.keep("newer", 2)
    drafts.keep("older", 1)
    [path] = (tmp_path / "drafts").iterdir()
    assert msgspec.json.decode(path.read_bytes(), type=Draft).text == "newer"
    drafts.discard(3)
    drafts.keep("older", 2)
    assert list((tmp_path / "drafts").iterdir()) == []


def test_drafts_of_other_files_and_damaged_ones_are_left_alone(tmp_path: Path, expect_log) -> None:
    expect_log("cannot be read and is left alone")
    other, file = tmp_path / "a" / "context.py", tmp_path / "b" / "context.py"
    Drafts(other, tmp_path).keep("other", 1, closing=True)
    damaged = tmp_path / f"{draft_prefix(file)}0000.json"
    damaged.write_bytes(b'{"text": 3')
    assert Drafts(file, tmp_path).waiting() == []
    assert damaged.exists()


def test_the_newest_draft_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "context.py"
    for number, age in enumerate((50, 10, 90)):
        draft = Draft(str(file), f"{age}", time.time() - age, socket.gethostname(), 0)
        (tmp_path / f"{draft_prefix(file)}{number}.json").write_bytes(msgspec.json.encode(draft))
    assert [draft.text for _, draft in Drafts(file, tmp_path).waiting()] == ["10", "50", "90"]


def test_a_draft_of_another_computer_is_offered(tmp_path: Path) -> None:
    file = tmp_path / "context.py"
    draft = Draft(str(file), "there", time.time(), "another-computer", os.getpid())
    (tmp_path / f"{draft_prefix(file)}0.json").write_bytes(msgspec.json.encode(draft))
    assert [draft.text for _, draft in Drafts(file, tmp_path).waiting()] == ["there"]


def test_names_of_drafts_are_safe_and_tell_files_apart() -> None:
    strange = draft_prefix(Path("/data/ä/../x y/con text.py"))
    assert strange.isascii()
    assert "/" not in strange
    assert draft_prefix(Path("/a/context.py")) != draft_prefix(Path("/b/../a/context.py"))

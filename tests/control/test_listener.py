import asyncio
import threading
from pathlib import Path

import pytest

from damnit_backend.control import listener as control
from damnit_backend.control.listener import request_reprocess, socket_of, start_listener, stop_listener, tell_listener
from damnit_backend.control.make import init_folder, proposal_of_place
from damnit_backend.core.account import user_name
from damnit_backend.core.errors import UserError
from damnit_backend.core.keys import RunKey
from damnit_backend.core.messages import Hello, Nudge, Stop
from damnit_backend.store.folder import Folder
from damnit_backend.store.jobs import read_jobs
from damnit_backend.store.opening import open_database
from damnit_backend.store.settings import folder_proposal
from damnit_backend.transport.addresses import socket_path
from damnit_backend.transport.local_socket import LocalPublisher


@pytest.fixture
def listening(folder, serve):
    """A listener on a socket that notes what it is told, and withdraws its claim when told to stop."""
    path = socket_path(folder.path)
    told = []
    started, ended = threading.Event(), threading.Event()

    async def run() -> None:
        publisher = LocalPublisher(path, Hello(1, "", 1, ""))
        await publisher.open(told.append)
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.005)
        await publisher.close()
        await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert started.wait(10)
    serve(socket=str(path), user=user_name())
    yield told
    ended.set()
    thread.join()


def test_that_the_socket_of_a_live_listener_of_this_user_and_host_is_found(folder, serve):
    assert socket_of(folder) is None
    path = socket_path(folder.path)
    serve(socket=str(path), user=user_name())
    assert socket_of(folder) == path
    for other in ({"host": "elsewhere"}, {"user": "ann"}, {"pid": 2**22 + 1}):
        serve(**{"socket": str(path), "user": user_name(), **other})
        assert socket_of(folder) is None


def test_that_a_listener_with_another_runtime_directory_is_found(folder, serve, tmp_path):
    name = socket_path(folder.path).name
    (tmp_path / "other").mkdir(mode=0o700)
    serve(socket=str(tmp_path / "other" / name), user=user_name())
    assert socket_of(folder) == tmp_path / "other" / name


def test_that_a_socket_which_anybody_could_have_claimed_is_not_spoken_to(folder, serve, tmp_path):
    name = socket_path(folder.path).name
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o770)
    (tmp_path / "link").symlink_to(socket_path(folder.path).parent)
    for claimed in (
        str(tmp_path / "open" / name), str(tmp_path / "link" / name), str(tmp_path / "none" / name),
        str(socket_path(folder.path).with_name("agent.sock")), name, "", "/", "\0",
    ):  # fmt: skip
        serve(socket=claimed, user=user_name())
        assert socket_of(folder) is None, claimed


def test_that_a_folder_which_is_none_has_no_socket(tmp_path):
    assert socket_of(Folder(tmp_path)) is None
    (tmp_path / "runs.sqlite").write_text("garbage")
    assert socket_of(Folder(tmp_path)) is None


def test_that_runs_are_queued_for_reprocessing_and_the_listener_woken(folder, database, listening):
    numbers = request_reprocess(folder, [RunKey(1234, 5), RunKey(1234, 6)], ["b", "a"], "proc")
    jobs = read_jobs(database, numbers)
    assert [(job.request.key.run, job.request.variables, job.request.stage) for job in jobs] == [
        (6, ("a", "b"), "proc"), (5, ("a", "b"), "proc"),
    ]  # fmt: skip
    assert jobs[0].request.asked_by == user_name()
    assert listening == [Nudge()]


def test_that_they_are_queued_without_a_listener_as_well(folder, database):
    assert len(request_reprocess(folder, [RunKey(1234, 5)])) == 1
    assert read_jobs(database)[0].request.variables is None


def test_that_stopping_waits_until_the_listener_is_gone(folder, listening, serve, monkeypatch):
    pauses = []

    def pause(_: float) -> None:
        pauses.append(listening == [Stop()])
        serve(alive=False)

    monkeypatch.setattr(control.time, "sleep", pause)
    assert stop_listener(folder)
    assert pauses == [True]


@pytest.mark.usefixtures("listening")
def test_that_a_listener_which_does_not_end_is_said(folder):
    with pytest.raises(UserError, match="did not end"):
        stop_listener(folder, timeout=0.05)


def test_that_stopping_none_is_false(folder, database, serve):
    assert not stop_listener(folder)
    serve(socket=str(socket_path(folder.path)), user=user_name())
    assert not tell_listener(folder, Stop())
    assert read_jobs(database) == []


def test_that_a_listener_which_cannot_be_started_is_said(tmp_path):
    (tmp_path / "process_logs").write_text("a file in the way")
    with pytest.raises(UserError, match="No listener"):
        start_listener(Folder(tmp_path))


def test_that_a_new_folder_has_all_its_parts(tmp_path):
    folder = init_folder(tmp_path / "deep" / "amore", 1234, python="/usr/bin/python3")
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "context.py", "extracted_data", "process_logs", "runs.sqlite",
    ]  # fmt: skip
    compile(folder.context_file.read_text(), "context.py", "exec")
    with open_database(folder) as database:
        assert folder_proposal(database) == 1234


def test_that_a_context_file_which_is_there_is_kept(tmp_path):
    (tmp_path / "context.py").write_text("# mine")
    assert init_folder(tmp_path, None, "# another").context_file.read_text() == "# mine"


def test_that_a_folder_is_not_made_over_another(tmp_path):
    init_folder(tmp_path, 1)
    with pytest.raises(UserError, match="already"):
        init_folder(tmp_path, 2)


def test_that_a_place_which_cannot_be_one_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match="file"):
            init_folder(place, 1)


@pytest.mark.parametrize(
    ("path", "proposal"),
    [
        ("/x/p001234/usr/Shared/amore", 1234),
        ("/x/p001234", 1234),
        ("/x/p1234/amore", None),
        ("/x/pabcdef", None),
        ("/", None),
    ],
)
def test_that_the_proposal_is_known_from_the_place(path, proposal):
    assert proposal_of_place(Path(path)) == proposal

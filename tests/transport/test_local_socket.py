"""What holds for sockets only."""

import os
import queue
import socket
import stat
import threading

import pytest

from damnit_backend.core import messages
from damnit_backend.core.errors import UserError
from damnit_backend.core.messages import Changed, Hello, Nudge
from damnit_backend.transport import local_socket
from damnit_backend.transport.addresses import runtime_directory, socket_path
from damnit_backend.transport.local_socket import LocalPublisher, LocalSubscriber, send_once

GREETING = Hello(1, "/data", 7, "host")


@pytest.fixture
def listener(listener_of, socket_file):
    return listener_of(LocalPublisher(socket_file, GREETING)).open()


@pytest.fixture
def client(listener, window_of, socket_file):
    """A window that is connected and was greeted."""
    assert listener.loop.is_running()
    made = window_of(LocalSubscriber(lambda: socket_file, retry_seconds=0.01)).start()
    assert made.next() == GREETING
    return made


@pytest.fixture
def raw(listener, socket_file):
    """A connection that can send anything."""
    assert listener.loop.is_running()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(socket_file))
        yield connection


@pytest.mark.usefixtures("listener")
def test_that_only_its_user_can_connect(socket_file):
    assert stat.S_IMODE(socket_file.stat().st_mode) == 0o600


def test_that_other_files_made_meanwhile_keep_their_modes(listener_of, socket_file, tmp_path):
    before = os.umask(0o022)
    try:
        listener_of(LocalPublisher(socket_file, GREETING)).open()
        (tmp_path / "other").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o644


def test_that_a_dead_listeners_socket_is_replaced(listener_of, socket_file, window_of):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(socket_file))
    assert not send_once(socket_file, Nudge())
    listener_of(LocalPublisher(socket_file, GREETING)).open()
    assert window_of(LocalSubscriber(lambda: socket_file)).start().next() == GREETING


def test_that_the_socket_is_gone_after_closing(listener, socket_file):
    listener.close()
    assert not socket_file.exists()


def test_that_closing_leaves_the_socket_of_a_successor(listener, listener_of, socket_file):
    listener_of(LocalPublisher(socket_file, Hello(1, "/data", 8, "host"))).open()
    listener.close()
    assert send_once(socket_file, Nudge())


def test_that_a_window_finds_the_successor_of_a_listener_that_is_gone(listener, client, listener_of, socket_file):
    listener.close()
    assert client.state() is True
    assert client.state() is False
    listener_of(LocalPublisher(socket_file, Hello(1, "/data", 8, "host"))).open()
    assert client.next() == Hello(1, "/data", 8, "host")


def test_that_a_path_which_is_too_long_is_said(listener_of, tmp_path):
    listener = listener_of(LocalPublisher(tmp_path / ("x" * 120), GREETING))
    with pytest.raises(UserError, match="socket") as caught:
        listener.open()
    assert "XDG_RUNTIME_DIR" in caught.value.hint


def test_that_a_directory_which_is_gone_is_said(listener_of, tmp_path):
    with pytest.raises(UserError, match="socket"):
        listener_of(LocalPublisher(tmp_path / "none" / "x.sock", GREETING)).open()


def test_that_garbage_is_ignored_and_the_rest_understood(listener, raw):
    raw.sendall(b"garbage\n\xff\xff\n{}\n" + b'{"type":"of tomorrow"}\n' + messages.encode(Nudge()))
    assert listener.received.get(timeout=10) == Nudge()


def test_that_a_line_without_end_costs_its_sender_the_connection(listener, raw, client):
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        raw.sendall(b"x" * 50_000_000)
    assert client.subscriber.send(Nudge())
    assert listener.received.get(timeout=10) == Nudge()


def test_that_a_client_which_never_reads_is_dropped_and_others_are_not(listener, raw, client, monkeypatch):
    monkeypatch.setattr(local_socket, "MAX_BACKLOG", 10_000)
    long = Hello(1, "x" * 100_000, 7, "host")
    for number in range(8):
        listener.publish(long, Changed(number))
        assert [client.next(), client.next()] == [long, Changed(number)]
    while raw.recv(65536):
        pass


def test_that_a_window_ignores_what_it_does_not_know(socket_file, window_of):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_file))
        server.listen()
        client = window_of(LocalSubscriber(lambda: socket_file, retry_seconds=0.01)).start()
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"\xff\n{}\n[]\n" + b'{"type":"of tomorrow"}\n' + messages.encode(Changed(4)))
            assert client.next() == Changed(4)


def test_that_saying_something_to_a_listener_that_hangs_does_not_wait_for_ever(socket_file, window_of, monkeypatch):
    monkeypatch.setattr(local_socket, "SEND_SECONDS", 1)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(socket_file))
        server.listen()
        client = window_of(LocalSubscriber(lambda: socket_file, retry_seconds=10)).start()
        assert client.state() is True
        assert not client.subscriber.send(Hello(1, "x" * 10_000_000, 7, "host"))
        assert client.state() is False


@pytest.mark.usefixtures("listener")
def test_that_a_window_may_be_closed_in_its_own_callback(socket_file):
    subscriber = LocalSubscriber(lambda: socket_file)
    done = threading.Event()

    def close(_: object) -> None:
        subscriber.close()
        done.set()

    subscriber.start(close, lambda _: None)
    assert done.wait(10)


def test_that_one_message_can_be_sent_without_a_window(listener, socket_file):
    assert send_once(socket_file, Nudge())
    assert listener.received.get(timeout=10) == Nudge()


def test_that_sending_to_nobody_is_false(socket_file):
    assert not send_once(socket_file, Nudge())
    socket_file.write_bytes(b"")
    assert not send_once(socket_file, Nudge())


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_that_sockets_lie_in_a_directory_of_the_users_own(runtime):
    before = os.umask(0)
    try:
        found = runtime_directory()
    finally:
        os.umask(before)
    assert found == runtime / "damnit"
    assert stat.S_IMODE(found.stat().st_mode) == 0o700
    assert runtime_directory() == found


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_that_a_directory_which_others_may_enter_is_refused(mode):
    runtime_directory().chmod(mode)
    with pytest.raises(UserError, match="private"):
        runtime_directory()


def test_that_a_link_or_a_file_in_its_place_is_refused(runtime):
    (runtime / "elsewhere").mkdir(mode=0o700)
    (runtime / "damnit").symlink_to(runtime / "elsewhere")
    with pytest.raises(UserError):
        runtime_directory()
    (runtime / "damnit").unlink()
    (runtime / "damnit").write_text("")
    with pytest.raises(UserError):
        runtime_directory()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
@pytest.mark.usefixtures("runtime")
def test_that_a_directory_of_another_user_is_refused():
    os.chown(runtime_directory(), 65534, 65534)
    with pytest.raises(UserError, match="private"):
        runtime_directory()


def test_that_a_missing_place_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "none"))
    with pytest.raises(UserError, match="socket"):
        runtime_directory()


def test_that_each_folder_has_its_own_short_path(runtime):
    path = runtime / ("long" * 40)
    path.mkdir()
    (runtime / "link").symlink_to(path)
    odd = runtime / os.fsdecode(b"\xff")
    assert len(socket_path(path).name) < 30
    assert socket_path(path) == socket_path(runtime / "link")
    assert len({socket_path(path), socket_path(runtime), socket_path(odd)}) == 3


@pytest.mark.usefixtures("listener")
def test_that_a_bug_in_a_callback_does_not_end_the_subscriber(socket_file, window_of, caplog):
    attempts = []

    def find():
        attempts.append(1)
        if len(attempts) < 4:
            raise RuntimeError("a bug")
        return socket_file

    client = window_of(LocalSubscriber(find, retry_seconds=0.01)).start()
    assert client.next() == GREETING
    assert caplog.text.count("RuntimeError: a bug") == 1


def test_that_a_bug_on_receiving_is_logged_and_the_next_connection_works(listener, socket_file, caplog):
    heard = queue.Queue()

    def receive(message):
        heard.put(message)
        if heard.qsize() == 1:
            raise RuntimeError("a bug")

    subscriber = LocalSubscriber(lambda: socket_file, retry_seconds=0.01)
    subscriber.start(receive, lambda _: None)
    listener.publish(Changed(1))
    found = [heard.get(timeout=10) for _ in range(3)]
    subscriber.close()
    assert found[0] == GREETING
    assert "a bug" in caplog.text

"""Does a listener serve the folder, and do all agree about the time?"""

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import closing

from damnit_backend.care.examination import Examination, Found
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level
from damnit_backend.store.lease import LAPSE_SECONDS, Lease, read_lease, release_lease
from damnit_backend.transport.addresses import own_socket

SKEW_SECONDS = 5.0
"""Clocks that differ by more make times in the table wrong; by much more, a listener is taken for dead."""
ANSWER_SECONDS = 5.0


def check(examination: Examination) -> Iterator[Found]:
    """Look at the lease, at the socket that it names, and at the clocks."""
    lease = examination.lease()
    if lease is None:
        yield Found(Level.OK, "No listener serves the folder now; a window or damnit listen starts one.")
    else:
        yield from _of_lease(examination, lease)
    yield from _clock(examination)


def _of_lease(examination: Examination, lease: Lease) -> Iterator[Found]:
    now = time.time()
    who = f"process {lease.pid} of {lease.user} on {lease.host}"
    age = now - lease.heartbeat
    if age < -LAPSE_SECONDS:
        text = f"The listener, {who}, gave its last sign of life {-age:,.0f} s in the future."
        yield Found(Level.WARNING, text, advice=f"Compare the clocks of {lease.host} and {socket.gethostname()}.")
    if lease.is_alive(now):
        yield from _living(examination, lease, who, age)
        return

    def mend() -> str:
        with examination.mending() as database:
            present = read_lease(database)
            if present is None or present.token != lease.token:
                raise UserError("Another listener has come meanwhile.")
            release_lease(database, lease)
        return "removed its claim"

    text = f"A listener is gone without a word: {who}, last seen {age:,.0f} s ago."
    advice = "Its work is taken up by the next one: a window or damnit listen starts it."
    yield Found(Level.NOTICE, text, advice=advice, mend=mend, mend_text="remove its claim")


def _living(examination: Examination, lease: Lease, who: str, age: float) -> Iterator[Found]:
    path = own_socket(examination.folder.path, lease.socket) if lease.is_local else None
    if lease.is_local and age > LAPSE_SECONDS:
        text = f"The listener, {who}, has given no sign of life for {age:,.0f} s: it hangs, or its disk does."
        yield Found(Level.ERROR, text, advice="Restart it: damnit stop FOLDER, then damnit listen FOLDER")
    elif path is not None and not _answers(str(path)):
        text = f"The listener, {who}, does not answer at its socket."
        yield Found(Level.WARNING, text, str(path), "Windows hear of news later. Restart it: damnit stop FOLDER")
    else:
        yield Found(Level.OK, f"A listener serves the folder: {who}.")


def _answers(path: str) -> bool:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(path)
            return bool(connection.recv(1))  # it greets
        except OSError:
            return False


def _clock(examination: Examination) -> Iterator[Found]:
    """Compare this host's clock with that of whoever keeps the files."""
    probe = examination.folder.path / f".clock-{secrets.token_hex(4)}"
    try:
        probe.touch()
        ahead = time.time() - probe.stat().st_mtime
    except OSError:
        return  # may not be written: nothing of ours is either
    finally:
        probe.unlink(missing_ok=True)
    if abs(ahead) > SKEW_SECONDS:
        relation = "ahead of" if ahead > 0 else "behind"
        text = f"This host's clock is {abs(ahead):,.0f} s {relation} that of the file server."
        level = Level.ERROR if abs(ahead) > LAPSE_SECONDS else Level.WARNING
        yield Found(level, text, advice=f"Have the time of {socket.gethostname()} set right (NTP, chrony).")

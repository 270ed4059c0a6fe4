"""Is there a place for the listener's socket?"""

from collections.abc import Iterator

from damnit_backend.care.examination import Examination, Found
from damnit_backend.core.errors import UserError
from damnit_backend.core.findings import Level
from damnit_backend.transport.addresses import socket_path

LONGEST = 100
"""Bytes of a socket's path that every system allows."""


def check(examination: Examination) -> Iterator[Found]:
    """Look at this user's runtime directory."""
    try:
        path = socket_path(examination.folder.path)
    except UserError as error:
        yield Found(Level.ERROR, f"A listener could not be spoken to: {error.message}", advice=error.hint)
        return
    where = str(path.parent)
    if len(str(path).encode(errors="replace")) > LONGEST:
        text = "The path of the listener's socket is too long."
        yield Found(Level.ERROR, text, where, "Set XDG_RUNTIME_DIR to a shorter one.")
    else:
        yield Found(Level.OK, "Sockets have a private place.", where)

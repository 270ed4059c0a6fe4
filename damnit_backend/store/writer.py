"""Who writes: told to the database's triggers while a transaction is open, so that former values keep it."""

import functools
import importlib.metadata
import socket
import sqlite3


@functools.cache
def program() -> str:
    """The name and version of this program."""
    return f"DAMNIT Desktop {importlib.metadata.version('damnit-desktop')}"


def sign(sql: sqlite3.Connection, author: str, reason: str) -> None:
    """Say who writes in the open transaction; nobody else ever sees it, see `unsign`."""
    sql.execute(
        "INSERT OR REPLACE INTO desk_writer VALUES (1, ?, ?, ?, ?)",
        (author, socket.gethostname(), program(), reason or None),
    )


def unsign(sql: sqlite3.Connection) -> None:
    """Take the signature back before the transaction is committed."""
    sql.execute("DELETE FROM desk_writer")

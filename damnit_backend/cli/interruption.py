"""Ending a command by Ctrl+C, by SIGTERM or with its terminal, so that it cleans up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130
"""The exit code that shells know for it."""


@contextmanager
def stopped_by_signals(farewell: str) -> Iterator[None]:
    """A block that such a signal ends, and then the command, with a sentence."""
    before = {number: signal.signal(number, _interrupt) for number in _ENDING}
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(farewell, err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

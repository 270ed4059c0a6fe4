"""How a folder's context file is executed: the interpreter and the limits, from the settings of facility and folder."""

from dataclasses import dataclass

from damnit_backend.core.settings import Limits, Settings
from damnit_backend.store.database import Database
from damnit_backend.store.settings import folder_limits, get_setting

from .machine import total_memory

SHARE = 0.8
"""Of the machine's memory, for all runs that are in work at a time."""
ENOUGH = 4_000_000_000
"""Bytes that a run may use on any machine that has them."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """``python`` is the interpreter (None: ours). Limits are those of a run, but for ``load_seconds``; ``memory``, in
    bytes, is that of loading as well. None: no limit."""

    python: str | None = None
    load_seconds: float = Limits().load_seconds
    run_seconds: float | None = None
    memory: int | None = None
    cores: int | None = None


def conditions_of(database: Database, settings: Settings) -> Conditions:
    """Those of a folder. UserError if one of its settings is none."""
    limits = folder_limits(database, settings)
    python = get_setting(database, "context_python")
    return Conditions(
        python=str(python) if python else None,
        load_seconds=limits.load_seconds,
        run_seconds=limits.run_seconds or None,
        memory=memory_of_a_run(limits, settings.workers, total_memory()),
        cores=limits.run_cores or None,
    )


def memory_of_a_run(limits: Limits, workers: int, total: int) -> int:
    """Bytes that one of so many ``workers`` may use, of a machine with ``total`` bytes."""
    if limits.run_memory_gb:
        return int(limits.run_memory_gb * 1e9)
    return int(max(SHARE * total / workers, min(SHARE * total, ENOUGH)))

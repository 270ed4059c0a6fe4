"""What every executor offers to the listener."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from damnit_backend.contextproc.conditions import Conditions
from damnit_backend.contextproc.protocol import Done, Problem, RunEvent, VariableSpec
from damnit_backend.core.keys import RunKey, Stage
from damnit_backend.store.known import KnownContext


@dataclass(frozen=True, slots=True)
class Work:
    """One execution of Variables on a run. ``data``: what to open; ``trigger``: which data came (None: all Variables);
    ``variables``: only these and what they need; ``params``: values of parameters, by name; ``job``: the number in the
    queue; ``exact``: what the Variables need is computed, but not stored."""

    key: RunKey
    proposal_path: Path
    data: Literal["raw", "all"]
    trigger: Stage | None
    variables: tuple[str, ...] | None
    log: Path
    params: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    job: int | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class ContextState:
    """The context file as the executor has it: its Variables, or what is wrong with it (then nothing can run)."""

    variables: tuple[VariableSpec, ...] = ()
    known: KnownContext | None = None
    problems: tuple[Problem, ...] = ()


class Executor(Protocol):
    """Executes runs, several at a time; results come as fragments in the folder, progress as events."""

    async def refresh(self, conditions: Conditions) -> ContextState | None:
        """Load the context file if it, what it imports from its folder, or the conditions changed since the last call;
        None if nothing did.

        Raises UserError if nothing can be executed at all, such as for a missing interpreter.
        """

    async def execute(self, work: Work, report: Callable[[RunEvent], None]) -> Done:
        """Execute and report every event; cancelling the call cancels it. Waits while no context file is loaded."""

    async def close(self) -> None: ...

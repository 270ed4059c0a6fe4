"""Keeping the context file loaded, its columns declared, and people told of what is wrong with it."""

import asyncio
import logging
import time
from collections.abc import Callable

from damnit_backend.contextproc.conditions import Conditions, conditions_of
from damnit_backend.contextproc.protocol import VariableSpec
from damnit_backend.core.errors import UserError
from damnit_backend.core.settings import Settings
from damnit_backend.executors.base import ContextState, Executor
from damnit_backend.store.known import KnownContext, remember_context
from damnit_backend.store.variables import Declaration, declare_computed

from .board import Board
from .plan import declarations
from .store_thread import StoreThread

log = logging.getLogger(__name__)

RETRY_SECONDS = 10.0
"""How long to wait before trying again what the world made impossible, such as a missing interpreter."""
LONG_LOAD_SECONDS = 8.0


class ContextFile:
    """The context file as the listener's executor has it.

    With ``strict`` what is wrong with it is raised as a UserError; else it is said on the board, and runs wait until
    it is mended.
    """

    def __init__(
        self,
        executor: Executor,
        store: StoreThread,
        board: Board,
        changed: Callable[[], None],
        settings: Settings,
        *,
        strict: bool,
    ) -> None:
        self._executor = executor
        self._settings = settings
        self._store = store
        self._board = board
        self._changed = changed
        self._strict = strict
        self._conditions: Conditions | None = None
        self._retry_at = 0.0
        self._good = False
        self._undeclared: list[Declaration] = []
        self._known: KnownContext | None = None
        """What is still to be noted in the database."""
        self.variables: tuple[VariableSpec, ...] = ()
        """Those of the file that was loaded last."""

    async def ready(self) -> bool:
        """Bring executor and columns up to date; whether runs can be executed. UserError if the database cannot be
        written now."""
        if not await self._load():
            return False
        if self._known is not None:
            await self._store(remember_context, self._known)
            self._known = None
        if self._undeclared:
            declared = await self._store(declare_computed, self._undeclared)
            self._undeclared = []
            if self._board.set_problem("names", declared.problem) and declared.problem:
                log.error("%s", declared.problem)
            self._changed()
        return True

    async def _load(self) -> bool:
        conditions = await self._store(conditions_of, self._settings)
        if time.monotonic() < self._retry_at and conditions == self._conditions:
            return False
        self._conditions = conditions
        try:
            state = await self._refreshed(conditions)
        except UserError as error:
            self._good = False
            if self._strict:
                raise
            self._retry_at = time.monotonic() + RETRY_SECONDS
            if self._board.set_problem("context", str(error)):
                log.error("The context file cannot be executed: %s", error)
            return False
        if state is not None:
            self._good = not state.problems
            self._take(state)
        return self._good

    def _take(self, state: ContextState) -> None:
        if not state.problems:
            self.variables = state.variables
            self._undeclared = declarations(state.variables)
            self._known = state.known
            self._board.set_problem("context", "")
            log.info("Loaded the context file: %d Variables", len(state.variables))
            return
        text = "; ".join(str(problem) for problem in state.problems[:3])
        message = f"context.py has a problem, runs wait until it is mended: {text}"
        log.error("%s", message)
        self._board.set_problem("context", message)
        if self._strict:
            raise UserError(f"context.py cannot be loaded: {text}", "Mend it; damnit check says more.")

    async def _refreshed(self, conditions: Conditions) -> ContextState | None:
        """The context file's news; people are told if they take long."""
        refresh = asyncio.create_task(self._executor.refresh(conditions))
        try:
            done, _ = await asyncio.wait([refresh], timeout=LONG_LOAD_SECONDS)
            if not done:
                self._board.set_problem("context", "context.py takes long to load, runs wait for it.")
            return await refresh
        finally:
            refresh.cancel()
            await asyncio.gather(refresh, return_exceptions=True)

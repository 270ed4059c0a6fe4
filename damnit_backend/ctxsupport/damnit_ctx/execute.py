"""Compute Variables of one run, one after the other, and write what they give."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Protocol

from damnit_ctx import figures, kinds, summary, surroundings
from damnit_ctx.arguments import Argument
from damnit_ctx.cell import Cell
from damnit_ctx.context import LoadedContext, Node
from damnit_ctx.entry import Entry
from damnit_ctx.inputs import Inputs
from damnit_ctx.kinds import CannotSave
from damnit_ctx.metadata import MetadataError
from damnit_ctx.outcome import Outcome, from_exception, user_traceback, without_results
from damnit_ctx.scope import Scope, entered
from damnit_ctx.text import storable
from damnit_ctx.usage import Meter, Usage, described
from damnit_ctx.variable import Skip
from damnit_ctx.write import FragmentFailed

log = logging.getLogger("damnit_ctx")

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Plan:
    """What to compute: `order` has each Variable after what it needs.

    `quiet` ones are computed for their dependants only: their results are in a file already. `known` are
    outcomes of earlier processes of the same run, of Variables that are not computed again.
    """

    order: tuple[str, ...]
    quiet: frozenset[str] = frozenset()
    known: Mapping[str, Outcome] = field(default_factory=dict)


class DefinitionError(Exception):
    """A Variable whose function cannot be called as it is."""


class Missing(Exception):
    """A Variable lacks what it needs: the outcomes of those that gave nothing, by name."""

    def __init__(self, causes: dict[str, Outcome]) -> None:
        super().__init__(", ".join(causes))
        self.causes = causes


class Writer(Protocol):
    """Where entries go."""

    def add(self, entry: Entry, record: dict[str, Any] | None) -> None: ...

    def settle(self) -> None:
        """A Variable has finished."""


class Keeper(Protocol):
    """Keeps the results in memory, for who asked for them in this process."""

    def result(self, name: str, cell: Cell) -> None: ...

    def failure(self, name: str, error: BaseException) -> None: ...


class Executor:
    """Computes the Variables of a plan on one opened run.

    Failures stay with the Variable that has them and its dependants. `report` gets the events "started" and
    "finished" of the protocol, without the request's id. Raises FragmentFailed, after which nothing can be kept.
    """

    def __init__(
        self,
        context: LoadedContext,
        plan: Plan,
        run: Any,
        inputs: Inputs,
        writer: Writer,
        report: Report,
        keeper: Keeper | None = None,
    ) -> None:
        self._context = context
        self._plan = plan
        self._run = run
        self._inputs = inputs
        self._writer = writer
        self._report = report
        self._keeper = keeper
        self._outcomes: dict[str, Outcome] = dict(plan.known)
        self._values: dict[str, Any] = {}

    def execute(self) -> None:
        last_use = self._last_uses()
        for name in self._plan.order:
            self._compute(self._context.nodes[name])
            for used in last_use.get(name, ()):
                self._values.pop(used, None)  # results may be as large as the memory
            self._writer.settle()

    def _last_uses(self) -> dict[str, list[str]]:
        """For each Variable the results that nobody needs after it, its own included."""
        last: dict[str, str] = {}
        for name in self._plan.order:
            last[name] = name
            for needed in self._context.nodes[name].depends:
                last[needed] = name
        uses: dict[str, list[str]] = {}
        for needed, user in last.items():
            uses.setdefault(user, []).append(needed)
        return uses

    def _compute(self, node: Node) -> None:
        name = node.variable.name
        meter = Meter()
        self._report({"event": "started", "variable": name, "at": meter.started})
        cell, outcome = self._call(node)
        usage = meter.read()
        log.info("%s %s in %s", name, "ended" if outcome.failed else "computed", described(usage))
        outcome = self._save(node, cell, outcome, usage)
        self._outcomes[name] = outcome
        if cell is not None and outcome.kind == "ok" and cell.data is not None:
            self._values[name] = cell.data
        if cell is not None and not outcome.failed and self._keeper is not None:
            self._keeper.result(name, cell)
        self._report({"event": "finished", "variable": name, "seconds": usage["seconds"], **outcome.as_json()})

    def _call(self, node: Node) -> tuple[Cell | None, Outcome]:
        """Call the Variable's function; the Cell is None if it did not return."""
        variable = node.variable
        assert variable.func is not None
        if node.defect is not None:
            return None, self._failure(variable.name, DefinitionError(node.defect))
        try:
            arguments = self._arguments(node)
        except Missing as missing:
            outcome = without_results(missing.causes)
            log.warning("%s: %s", variable.name, outcome.message)
            self._keep_failure(variable.name, outcome.as_exception())
            return None, outcome
        except (Skip, MetadataError) as error:
            return None, self._failure(variable.name, error)
        try:
            os.chdir(self._context.folder)  # whatever the Variable before did
            with surroundings.kept(), entered(Scope({})):
                cell = _as_cell(variable.func(self._run, **arguments), transient=variable.transient)
        except CannotSave as error:
            return None, self._unsaveable(node, error)
        except BaseException as error:  # user code: whatever it raises, sys.exit included, is its own failure
            return None, self._failure(variable.name, error)
        return cell, Outcome("none" if _is_empty(cell) else "ok")

    def _unsaveable(self, node: Node, error: CannotSave) -> Outcome:
        name = node.variable.name
        log.error("%s: %s", name, error)
        self._keep_failure(name, error)
        return Outcome("error", "CannotSave", storable(str(error)), node.line)

    def _failure(self, name: str, error: BaseException) -> Outcome:
        outcome = from_exception(error, str(self._context.path))
        if outcome.kind == "skip":
            log.info("%s skipped: %s", name, outcome.message)
        else:
            log.error("%s failed:\n%s", name, user_traceback(error))
        self._keep_failure(name, error)
        return outcome

    def _keep_failure(self, name: str, error: BaseException) -> None:
        if self._keeper is not None:
            self._keeper.failure(name, error)

    def _arguments(self, node: Node) -> dict[str, Any]:
        """The keyword arguments of the Variable's function. Raises Missing, or what `Inputs.values` raises."""
        values = self._inputs.values(node.arguments)
        missing: dict[str, Outcome] = {}
        for argument in node.arguments:
            if argument.name in node.wanted:
                values.update(self._results_for(argument, node.wanted[argument.name], missing))
        if missing:
            raise Missing(missing)
        return values

    def _results_for(self, argument: Argument, names: Sequence[str], missing: dict[str, Outcome]) -> dict[str, Any]:
        """The argument with the results that it asks for; nothing if it is left to its default.

        A glob gives what there is, and counts as missing only if there is nothing.
        """
        found = {n: self._values[n] for n in names if n in self._values}
        if found:
            return {argument.name: found if argument.is_glob else found[names[0]]}
        if not argument.has_default:
            missing.update((n, self._outcomes[n]) for n in names)
        return {}

    def _save(self, node: Node, cell: Cell | None, outcome: Outcome, usage: Usage) -> Outcome:
        """Write the outcome, and give it, or that of the writing if that failed."""
        name = node.variable.name
        if node.variable.transient or name in self._plan.quiet:
            return outcome
        try:
            entry = make_entry(node, cell) if cell is not None else error_entry(name, outcome)
            self._writer.add(entry, record(outcome, usage))
        except FragmentFailed:
            raise
        except CannotSave as error:
            outcome = self._unsaveable(node, error)
            self._writer.add(error_entry(name, outcome), record(outcome, usage))
        except Exception as error:  # the user's value could not be encoded or written: the Variable's failure
            outcome = self._failure(name, error)
            self._writer.add(error_entry(name, outcome), record(outcome, usage))
        finally:
            if cell is not None:
                figures.close(cell.data)
                figures.close(cell.preview)
        return outcome


def _as_cell(returned: Any, *, transient: bool) -> Cell:
    """What a Variable returned as a Cell, with the data as dependants see them: any object, if it is not saved.

    Raises CannotSave.
    """
    if transient and not isinstance(returned, Cell):
        return Cell(returned)
    cell = returned if isinstance(returned, Cell) else Cell(returned)
    try:
        cell.data = kinds.normalised(cell.data)
    except CannotSave:
        if not transient:
            raise
    return cell


def _is_empty(cell: Cell) -> bool:
    return cell.data is None and cell.preview is None and cell.summary_value is None


def make_entry(node: Node, cell: Cell) -> Entry:
    """What is written of a Cell, whose data are those that dependants see. Raises CannotSave."""
    name = node.variable.name
    if _is_empty(cell):
        return Entry(name)
    stored = None if cell.data is None else kinds.encode(cell.data)
    said = (cell.units, _units_of(cell.data), node.variable.units)
    return Entry(
        name,
        stored=stored,
        preview=None if cell.preview is None else kinds.encode(cell.preview),
        summary=summary.summarise(cell, stored, node.variable.summary),
        units=next((units for units in said if units is not None), None),  # '' says that there are none
        bold=cell.bold,
        background=cell.background,
        max_diff=summary.max_diff(cell.data),
    )


def _units_of(data: Any) -> str | None:
    units = getattr(data, "attrs", {}).get("units") if type(data).__name__ == "DataArray" else None
    return units if isinstance(units, str) else None


def error_entry(name: str, outcome: Outcome) -> Entry:
    return Entry(name, error=(outcome.error_cls, outcome.message))


def record(outcome: Outcome, usage: Usage) -> dict[str, Any]:
    """A Variable's record in `desk_computed`."""
    return {**usage, "outcome": outcome.kind, "line": outcome.line}

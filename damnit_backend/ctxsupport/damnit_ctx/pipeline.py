"""Pipelines: Variables and Groups put together, and executed, in any process."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from damnit_ctx import whereabouts
from damnit_ctx.definitions import CONFLICTS, Definitions, Origin, PipelineError
from damnit_ctx.gather import Gathered, Items
from damnit_ctx.load import Loader
from damnit_ctx.scope import current
from damnit_ctx.selection import select
from damnit_ctx.variable import Variable

if TYPE_CHECKING:
    from damnit_ctx.results import Results

RUN_DATA = ("raw", "proc", "all")
_SETTINGS = ("proposal", "run_number", "name", "data", "run_data")


class Pipeline:
    """Variables and Groups, and what to execute them on.

    Parameters
    ----------
    proposal, run_number: the run, which EXtra-data opens if no data are given.
    name: for people.
    data: what the Variables get as first argument, in place of a run.
    run_data: what to open of the run: "raw", "proc" (with raw) or "all"; default: whatever there is.
    param_values: values of `param#` arguments, by name.
    """

    def __init__(
        self,
        proposal: int | None = None,
        run_number: int | None = None,
        *,
        name: str | None = None,
        data: Any = None,
        run_data: Any = None,
        param_values: Mapping[str, Any] | None = None,
    ) -> None:
        self.proposal = _whole("proposal", proposal)
        self.run_number = _whole("run_number", run_number)
        self.name = name
        self.data = data
        self.run_data = _run_data(run_data)
        self.param_values: Mapping[str, Any] = dict(param_values or {})
        self.results: Results | None = None  # of the last execution
        self._definitions = Definitions(namespace=current().namespace)

    def add(self, *variables_or_groups: Any) -> Pipeline:
        """Add Variables and Groups, or dicts and sequences of them; a dict's keys name Groups that have no name.

        Gives the pipeline itself. Raises TypeError for anything else, PipelineError for a Group without a name and
        for a name that is taken, and then adds nothing. All other checks are made when the pipeline is used.
        """
        self._definitions = self._definitions.with_added(variables_or_groups)
        return self

    def union(self, other: Pipeline, on_conflict: str = "error") -> Pipeline:
        """A pipeline with the Variables of both, and this one's settings, or the other's where this has none.

        `on_conflict` says what becomes of a name that different Variables have: "error" raises PipelineError, "left"
        takes this pipeline's Variable, "right" the other's.
        """
        if not isinstance(other, Pipeline):
            raise TypeError(f"union needs another Pipeline, not {type(other).__name__}")
        if on_conflict not in CONFLICTS:
            raise ValueError(f"on_conflict must be one of {', '.join(CONFLICTS)}, not {on_conflict!r}")
        both = self.copy()
        both._definitions = self._definitions.union(other._definitions, on_conflict)
        for setting in _SETTINGS:
            if getattr(both, setting) is None:
                setattr(both, setting, getattr(other, setting))
        both.param_values = {**other.param_values, **self.param_values}
        return both

    def with_context(
        self,
        *,
        name: str | None = None,
        proposal: int | None = None,
        run_number: int | None = None,
        run_data: Any = None,
        data: Any = None,
        param_values: Mapping[str, Any] | None = None,
    ) -> Pipeline:
        """A copy with other settings; those that are None stay as they are."""
        changed = Pipeline(
            self.proposal if proposal is None else proposal,
            self.run_number if run_number is None else run_number,
            name=self.name if name is None else name,
            data=self.data if data is None else data,
            run_data=self.run_data if run_data is None else run_data,
            param_values=self.param_values if param_values is None else param_values,
        )
        changed._definitions = self._definitions
        return changed

    def copy(self) -> Pipeline:
        return self.with_context()

    def select(
        self,
        variables: str | Sequence[Any] = (),
        match: str | Sequence[str] = (),
        run_data: Any = None,
        cluster: bool | None = None,
    ) -> Pipeline:
        """A pipeline with some of the Variables and what they need.

        `variables` are names, `match` parts of titles in any case, which counts only without `variables`; `run_data`
        keeps those that run on "raw" or on "proc" data, `cluster` those that do or do not go to a cluster.
        """
        wanted = [v.name if isinstance(v, Variable) else v for v in _several(variables)]
        nodes = self._definitions.nodes
        chosen = self.copy()
        chosen._definitions = self._definitions.selected(
            select(nodes, wanted, _several(match), _run_data(run_data), cluster)
        )
        return chosen

    @property
    def vars(self) -> dict[str, Variable]:
        """The Variables by name. Raises PipelineError if the definitions are wrong."""
        return {name: node.variable for name, node in self._definitions.nodes.items()}

    def execute(self, data: Any = None, param_values: Mapping[str, Any] | None = None) -> Results:
        """Compute all Variables on `data`, else on the pipeline's, else on its run.

        `param_values` go before the pipeline's own. Failures of Variables are in the results. Raises PipelineError if
        the definitions are wrong or there is nothing to compute on, CannotOpen if EXtra-data cannot open the run.
        """
        from damnit_ctx.computing import compute  # late: it needs numpy and h5py, which importing this must not

        settings = self.with_context(data=data, param_values={**self.param_values, **(param_values or {})})
        self.results = compute(self._definitions, settings)
        return self.results

    def definitions(self, namespace: Items) -> Gathered:
        """The Variables; Groups among them that have no name may have one in `namespace`."""
        return self._definitions.gathered(namespace)

    @staticmethod
    def from_context_file(path: str | Path, *, name: str | None = None) -> Pipeline:
        """What a context file defines. It runs in its own folder. Raises PipelineError."""
        place = Path(path).absolute()
        return _load(place, place.parent, None, place.stem if name is None else name)

    @staticmethod
    def from_str(code: str, *, path: str | Path = "<string>", name: str | None = None) -> Pipeline:
        """What the text of a context file defines. `path` stands for it in messages. Raises PipelineError."""
        return _load(Path(path), None, code, name)

    @staticmethod
    def default() -> Pipeline:
        """In a context file: what it defines beside the Variables and Groups in it, to be added to."""
        scope = current()
        if not isinstance(scope.default, Pipeline):
            scope.default = Pipeline()
        return scope.default

    @staticmethod
    def set_default(pipeline: Pipeline) -> Pipeline:
        """In a context file: define what the pipeline has, and nothing else."""
        if not isinstance(pipeline, Pipeline):
            raise TypeError(f"set_default needs a Pipeline, not {type(pipeline).__name__}")
        scope = current()
        scope.default, scope.replaced = pipeline, True
        return pipeline

    def __repr__(self) -> str:
        return f"<Pipeline {self.name or 'without a name'}, run {self.run_number} of proposal {self.proposal}>"


def _load(path: Path, folder: Path | None, code: str | None, name: str | None) -> Pipeline:
    with whereabouts.kept():
        loaded = Loader().load(path, folder or Path.cwd(), code)
    if isinstance(loaded, list):
        raise PipelineError(loaded)
    pipeline = Pipeline(name=name, param_values=loaded.params)
    origin = Origin(path, loaded.text, folder, loaded.module)
    pipeline._definitions = Definitions(loaded.defined, namespace=vars(loaded.module), origin=origin)
    return pipeline


def _whole(argument: str, value: Any) -> int | None:
    if value is None:
        return None
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{argument} must be a whole number, not {value!r}") from None


def _run_data(value: Any) -> str | None:
    """One of `RUN_DATA`, also as an Enum's member."""
    text = getattr(value, "value", value)
    if text is not None and text not in RUN_DATA:
        raise ValueError(f"run_data must be one of {', '.join(RUN_DATA)}, not {value!r}")
    return text  # type: ignore[no-any-return]


def _several(values: Any) -> list[Any]:
    return [values] if isinstance(values, (str, Variable)) else list(values)

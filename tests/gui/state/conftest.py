"""Made-up parts of a run table."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend
from damnit_backend.store.table import RunInfo, TableSnapshot, VariableInfo

# The machine may be busy with other work: how long an example takes says nothing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


NAMES = ("comment", "energy", "note", "shutter", "late")
KEYS = [RunKey(proposal, run) for proposal in (10, 20) for run in range(1, 5)]


def make_snapshot(runs, cells, variables=(), seq=1) -> TableSnapshot:
    """A snapshot from {key: start time} and {(proposal, run, name): value}."""
    return TableSnapshot(
        seq=seq,
        runs=tuple(RunInfo(RunKey(*key), start, 5.0) for key, start in sorted(runs.items())),
        variables=tuple(VariableInfo(name, name.title()) for name in variables),
        cells={
            CellKey(*key): value if isinstance(value, CellValue) else CellValue(value) for key, value in cells.items()
        },
    )


@pytest.fixture(scope="session")
def snapshot():
    return make_snapshot


def values() -> st.SearchStrategy[object]:
    """Values of every kind."""
    numbers = st.sampled_from([0.0, 1.5, float("nan"), float("inf"), -2.0])
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        numbers,
        st.complex_numbers(max_magnitude=5),
        st.sampled_from(["", "a10", "a9", "text\nof two lines"]),
        st.lists(numbers, max_size=3).map(lambda y: Trend(np.arange(len(y), dtype=float), np.array(y))),
        st.just(Picture(b"png")),
        st.lists(st.integers(0, 2), max_size=2).map(lambda items: SmallArray(np.array(items, dtype=np.int32))),
        st.sampled_from(["Skip", "ValueError"]).map(lambda cls: Failure(cls, "why")),
    )


def worlds() -> st.SearchStrategy[TableSnapshot]:
    """Whole tables over a few runs and names."""

    @st.composite
    def build(draw: st.DrawFn) -> TableSnapshot:
        keys = draw(st.sets(st.sampled_from(KEYS)))
        runs: Mapping[RunKey, float | None] = {key: draw(st.sampled_from([None, 1.0, 2.0])) for key in keys}
        cells = {
            (*key, name): draw(values()) for key in keys for name in draw(st.sets(st.sampled_from(NAMES), max_size=3))
        }
        declared = draw(st.permutations(["energy", "note", "shutter"]))
        return make_snapshot(runs, cells, declared[: draw(st.integers(0, 3))], seq=draw(st.integers(0, 9)))

    return build()


@pytest.fixture(scope="session")
def any_world():
    return worlds()

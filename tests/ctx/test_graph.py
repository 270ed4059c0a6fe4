from __future__ import annotations

import pytest
from damnit_ctx import graph
from damnit_ctx.graph import CycleError
from hypothesis import given
from hypothesis import strategies as st


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, list[str]]:
    """A graph without a cycle, in an order that has nothing to do with the dependencies."""
    names = [f"v{i}" for i in range(draw(st.integers(0, 12)))]
    needed = {n: draw(st.lists(st.sampled_from(names[:i]), unique=True)) if i else [] for i, n in enumerate(names)}
    return {n: needed[n] for n in draw(st.permutations(names))}


@st.composite
def any_graph(draw: st.DrawFn) -> dict[str, list[str]]:
    names = [f"v{i}" for i in range(draw(st.integers(1, 8)))]
    return {n: draw(st.lists(st.sampled_from(names), unique=True)) for n in names}


@given(acyclic())
def test_that_each_name_comes_once_and_after_what_it_needs(needed: dict[str, list[str]]) -> None:
    order = graph.topological_order(needed)

    assert sorted(order) == sorted(needed)
    place = {name: i for i, name in enumerate(order)}
    assert all(place[n] < place[name] for name, names in needed.items() for n in names)


@given(acyclic())
def test_that_an_order_that_is_one_already_is_kept(needed: dict[str, list[str]]) -> None:
    order = graph.topological_order(needed)

    assert graph.topological_order({n: needed[n] for n in order}) == order


@given(any_graph())
def test_that_cycles_are_found_if_and_only_if_there_is_no_order(needed: dict[str, list[str]]) -> None:
    cycles = graph.find_cycles(needed)

    for cycle in cycles:
        assert all(after in needed[name] for name, after in zip(cycle, [*cycle[1:], cycle[0]]))
    cut = {n for cycle in cycles for n in cycle}
    rest = {n: [m for m in names if m not in cut] for n, names in needed.items() if n not in cut}
    assert sorted(graph.topological_order(rest)) == sorted(rest)
    if not cycles:
        assert graph.topological_order(needed)
    else:
        with pytest.raises(CycleError):
            graph.topological_order(needed)


@given(acyclic(), st.data())
def test_that_dependants_are_those_whose_dependencies_include_the_name(
    needed: dict[str, list[str]], data: st.DataObject
) -> None:
    if not needed:
        return
    name = data.draw(st.sampled_from(sorted(needed)))

    users = {n for n in needed if n != name and name in graph.with_dependencies([n], needed)}

    assert graph.dependants([name], needed) == users


def test_that_a_long_chain_is_no_problem() -> None:
    chain: dict[str, list[str]] = {f"v{i}": [f"v{i + 1}"] for i in range(20_000)}
    chain["v20000"] = []

    assert graph.topological_order(chain)[0] == "v20000"


def test_that_dependants_of_proc_data_become_proc_unless_they_say_raw() -> None:
    needed = {"p": [], "unset": ["p"], "further": ["unset"], "raw": ["p"], "alone": []}
    data = {"p": "proc", "unset": None, "further": None, "raw": "raw", "alone": None}

    resolved, clashes = graph.resolve_data(needed, data)

    assert resolved == {"p": "proc", "unset": "proc", "further": "proc", "raw": "raw", "alone": "raw"}
    assert clashes == [("raw", "p")]


def test_that_dependants_of_a_cluster_variable_are_cluster_variables() -> None:
    needed = {"a": [], "b": ["a"], "c": ["b"], "d": []}

    assert graph.resolve_cluster(needed, ["a"]) == {"a", "b", "c"}


def test_that_a_glob_never_means_the_one_who_asks() -> None:
    names = ["det_a", "det_b", "det_sum", "Det_c"]

    assert graph.match_names("det_*", names, asking="det_sum") == ["det_a", "det_b"]

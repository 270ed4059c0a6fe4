"""Groups linked in any way: names are unique, all that is needed is computed first, and twice is the same."""

# ruff: noqa: ARG002, F821 -- its methods take a run they may not use; annotations are those of context files

from typing import Any

from damnit_ctx import Group, Pipeline, Variable, graph
from damnit_ctx.gather import gather
from damnit_ctx.naming import Naming
from hypothesis import given
from hypothesis import strategies as st


@Group
class _Part:
    number: int = 0
    a: object = None
    b: object = None

    @Variable
    def total(self, run: Any, a: "self#a.total" = 0, b: "self#b.total" = 0) -> Any:  # type: ignore[valid-type]
        return self.number + run + a + b

    @Variable
    def strict(self, run: Any, a: "self#a.total") -> Any:  # type: ignore[valid-type]
        return a

    @Variable
    def stricter(self, run: Any, a: "self#a.strict") -> Any:  # type: ignore[valid-type]
        return a

    @Variable
    def levels(self, run: Any, all_of_them: "self#*.total" = None) -> Any:  # type: ignore[valid-type]
        return len(all_of_them or ())


Part: Any = _Part


@st.composite
def linked(draw: st.DrawFn) -> list[Any]:
    """Groups, each of which may hold earlier ones: a tree, or with shared parts."""
    groups: list[Any] = []
    for number in range(draw(st.integers(1, 7))):
        earlier = st.none() | st.sampled_from(groups) if groups else st.none()
        groups.append(Part(number=number, a=draw(earlier), b=draw(earlier)))
    return groups


def expected(group: Any) -> int:
    return int(group.number + 1 + sum(expected(part) for part in (group.a, group.b) if part is not None))


def reached(group: Any) -> set[int]:
    parts = [part for part in (group.a, group.b) if part is not None]
    return {id(part) for part in parts}.union(*(reached(part) for part in parts))


@given(linked())
def test_that_every_group_computes_its_own(groups: list[Any]) -> None:
    results = Pipeline(data=1).add({f"g{group.number}": group for group in groups}).execute()

    assert results.errors == {}
    for group in groups:
        name = f"g{group.number}"
        assert results.cells[f"{name}.total"].data == expected(group)
        assert results.cells[f"{name}.levels"].data == len(reached(group))
        assert (f"{name}.strict" in results.cells) == (group.a is not None)
        assert (f"{name}.stricter" in results.cells) == (group.a is not None and group.a.a is not None)


@given(linked(), st.data())
def test_that_names_are_unique_and_do_not_depend_on_the_order(groups: list[Any], data: st.DataObject) -> None:
    named = [(f"g{group.number}", group) for group in groups]
    again = data.draw(st.permutations(named))

    first = {v.name for v in gather(named).variables}
    second = gather(again)

    assert not second.errors
    assert {v.name for v in second.variables} == first
    assert len(second.variables) == len(first) == 4 * len(groups)


@given(linked())
def test_that_a_part_is_named_by_its_one_path_or_complained_of(groups: list[Any]) -> None:
    top = groups[-1]

    naming = Naming([("top", top)])

    paths: dict[int, set[str]] = {id(top): {"top"}}
    for group in reversed(groups):  # those that hold come after those that are held
        for attribute in ("a", "b"):
            part = getattr(group, attribute)
            if part is not None and id(group) in paths:
                paths.setdefault(id(part), set()).update(f"{path}.{attribute}" for path in paths[id(group)])
    assert {id(group) for group in naming.groups} == set(paths)
    assert bool(naming.errors) == any(len(found) > 1 for found in paths.values())
    if not naming.errors:
        assert {id(group): {group.name} for group in naming.groups} == paths


@given(linked())
def test_that_the_order_of_computing_follows_the_links(groups: list[Any]) -> None:
    pipeline = Pipeline().add({f"g{group.number}": group for group in groups})
    nodes = pipeline._definitions.nodes

    order = graph.topological_order({name: node.depends for name, node in nodes.items()})

    place = {name: i for i, name in enumerate(order)}
    assert all(place[needed] < place[name] for name, node in nodes.items() for needed in node.depends)

"""Which values are stale: the decision, and what reading a folder makes of it."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damnit_backend.core.keys import CellKey, RunKey
from damnit_backend.store.contexts import ContextVersion
from damnit_backend.store.edits import write_edit
from damnit_backend.store.fragments import find_fragments
from damnit_backend.store.known import KnownContext, KnownVariable, remember_context
from damnit_backend.store.merge import merge_fragments
from damnit_backend.store.opening import open_for_reading
from damnit_backend.store.parameters import set_parameter_default
from damnit_backend.store.stale import Cause, Made, Reason, Today, find_stale, in_order, stored_dependencies, to_compute
from damnit_backend.store.stale_values import read_stale
from damnit_backend.store.variables import add_editable

A = KnownVariable("a", "ca")
B = KnownVariable("b", "cb", depends=("a",))
C = KnownVariable("c", "cc", depends=("b",))


def named(*variables: KnownVariable) -> dict[str, KnownVariable]:
    return {variable.name: variable for variable in variables}


def known(*variables: KnownVariable) -> Today:
    return Today(named(*variables))


def test_that_values_by_todays_code_are_not_stale():
    made = {"a": Made(1, "ca", 1, 1), "b": Made(2, "cb", 2, 1)}
    assert find_stale(known(B, A), made, {}) == {}


def test_that_other_code_makes_a_value_and_its_dependants_stale():
    made = {"a": Made(1, "old", 1, 1), "b": Made(2, "cb", 2, 1), "c": Made(3, "cc", 3, 1)}
    assert find_stale(known(C, B, A), made, {}) == {
        "c": (Reason(Cause.DEPENDENCY, "b"),),
        "b": (Reason(Cause.DEPENDENCY, "a"),),
        "a": (Reason(Cause.CODE),),
    }


@pytest.mark.parametrize(("then", "today"), [(1, 2), (None, 1), (1, None), (1, True), ("1", 1)])
def test_that_another_value_of_a_parameter_makes_stale(then, today):
    variable = KnownVariable("a", "ca", parameters=("p",))
    params = {} if today is None else {"p": today}
    made = {"a": Made(1, "ca", 1, 1, {"p": then})}

    assert find_stale(known(variable), made, params) == {"a": (Reason(Cause.PARAMETER, "p"),)}
    assert find_stale(known(variable), made, {} if then is None else {"p": then}) == {}


def test_that_a_dependency_computed_for_itself_later_makes_stale():
    made = {"a": Made(5, "ca", 5, 2), "b": Made(2, "cb", 2, 1)}
    assert find_stale(known(A, B), made, {}) == {"b": (Reason(Cause.NEWER, "a"),)}


def test_that_a_dependency_computed_later_for_others_does_not():
    made = {"a": Made(5, "ca", 1, 2), "b": Made(2, "cb", 2, 1)}
    assert find_stale(known(A, B), made, {}) == {}


def test_that_clocks_do_not_matter_within_one_job():
    made = {"a": Made(5, "ca", 5, 1), "b": Made(2, "cb", 2, 1)}
    assert find_stale(known(A, B), made, {}) == {}


def test_that_a_dependency_typed_in_later_makes_stale():
    made = {"a": Made(5), "b": Made(2, "cb", 2, 1)}
    assert find_stale(known(A, B), made, {}) == {"b": (Reason(Cause.NEWER, "a"),)}


def test_that_transient_dependencies_stand_for_what_they_need():
    transient = KnownVariable("b", "cb", depends=("a",), transient=True)
    made = {"a": Made(1, "old", 1, 1), "c": Made(3, "cc", 3, 1)}
    assert find_stale(known(A, transient, C), made, {}) == {
        "a": (Reason(Cause.CODE),),
        "c": (Reason(Cause.DEPENDENCY, "a"),),
    }


def test_that_values_of_unknown_code_are_stale_only_if_that_is_asked_for():
    made = {"a": Made(1), "b": Made(2, "cb", 2, 1)}
    assert find_stale(known(A, B), made, {}) == {}
    assert find_stale(known(A, B), made, {}, unknown=True) == {
        "a": (Reason(Cause.UNKNOWN),),
        "b": (Reason(Cause.DEPENDENCY, "a"),),
    }


def test_that_what_stale_values_need_and_nobody_computed_is_computed_with_them():
    assert to_compute(known(A, B, C), ["c"], ["c"]) == ["a", "b", "c"]
    assert to_compute(known(A, B, C), ["a", "c"], ["c"]) == ["b", "c"]
    assert to_compute(known(A, B, C), ["a", "b", "c"], ["b", "c"]) == ["b", "c"]


def test_that_what_needs_a_value_that_is_made_for_another_one_is_computed_too():
    other = KnownVariable("d", "cd", depends=("a",))
    assert to_compute(known(A, B, other), ["b", "d"], ["b"]) == ["a", "b", "d"]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, KnownVariable]:
    names = [f"v{i}" for i in range(draw(st.integers(1, 6)))]
    found = []
    for i, name in enumerate(names):
        depends = draw(st.sets(st.sampled_from(names[:i]), max_size=3)) if i else set()
        found.append(KnownVariable(name, "", depends=tuple(sorted(depends)), transient=draw(st.integers(0, 4)) == 0))
    return named(*draw(st.permutations(found)))


class Folder:
    """One run of a folder of which only times and codes are modelled."""

    def __init__(self, variables: Mapping[str, KnownVariable]) -> None:
        self.variables = variables
        self.code = dict.fromkeys(variables, 0)
        self.made: dict[str, Made] = {}
        self.value: dict[str, tuple[object, ...]] = {}
        self._now = 0

    def today(self) -> Today:
        return known(
            *(
                KnownVariable(name, str(self.truth(name)), depends=v.depends, transient=v.transient)
                for name, v in self.variables.items()
            )
        )

    def truth(self, name: str) -> tuple[object, ...]:
        """What a Variable's value is made of today."""
        return (self.code[name], *(self.truth(d) for d in self.variables[name].depends))

    def compute(self, names: set[str], *, exact: bool) -> None:
        self._now += 1
        job = self._now
        needed = {d for name in names for d in self._below(name)}
        for name in in_order(self.variables):
            self._now += 1
            if self.variables[name].transient or name not in (names if exact else names | needed):
                continue
            former = self.made.get(name)
            asked = self._now if name in names else former and former.asked
            self.made[name] = Made(self._now, str(self.truth(name)), asked, job)
            self.value[name] = self.truth(name)

    def _below(self, name: str) -> set[str]:
        return {name}.union(*(self._below(d) for d in self.variables[name].depends))

    def edit(self, name: str) -> None:
        self._now += 1
        self.made[name] = Made(self._now)


@given(graphs(), st.data())
def test_that_nothing_is_stale_after_what_was_stale_has_been_computed(variables, data):
    folder = Folder(variables)
    for _ in range(data.draw(st.integers(1, 8))):
        some = data.draw(st.sets(st.sampled_from(list(variables)), min_size=1))
        match data.draw(st.sampled_from(["compute", "change", "edit", "forget"])):
            case "compute":
                folder.compute(some, exact=False)
            case "change":
                for name in some:
                    folder.code[name] += 1
            case "edit":
                for name in some & folder.made.keys():
                    folder.edit(name)
            case _:
                for name in some:
                    folder.made.pop(name, None)
    unknown = data.draw(st.booleans())
    stale = find_stale(folder.today(), folder.made, {}, unknown=unknown)
    before = dict(folder.made)
    names = to_compute(folder.today(), folder.made, stale)
    if names:
        folder.compute(set(names), exact=True)

    assert find_stale(folder.today(), folder.made, {}, unknown=unknown) == {}
    assert {name: made for name, made in folder.made.items() if name not in names} == {
        name: made for name, made in before.items() if name not in names
    }
    computed = {name for name, made in folder.made.items() if made.code is not None}
    assert all(folder.value[name] == folder.truth(name) for name in computed)


def test_that_dependencies_are_found_through_any_number_of_transient_ones():
    before = ["a", *(f"t{i}" for i in range(499))]
    chain = named(A, *(KnownVariable(f"t{i}", "", depends=(b,), transient=True) for i, b in enumerate(before)))
    assert stored_dependencies(chain, "t499") == ["a"]
    assert in_order(dict(reversed(chain.items())))[:2] == ["a", "t0"]


KEY = RunKey(1234, 5)


def test_that_a_folder_says_which_of_its_values_are_stale(folder, database, hand_over):
    hand_over(KEY, a=1, b=2, other=3)
    hand_over(RunKey(1234, 900), a=1)
    for key, paths in find_fragments(folder).items():
        merge_fragments(database, key, paths)
    variables = (KnownVariable("a", "ca", parameters=("p",)), KnownVariable("b", "cb"), KnownVariable("c", "cc"))
    remember_context(database, KnownContext(ContextVersion("d", ""), None, variables))
    with database.writing() as sql:
        sql.execute("UPDATE desk_provenance SET code = 'c' || name, parameters = '{\"p\":null}'")

    assert read_stale(database) == []

    with database.writing() as sql:
        sql.execute("UPDATE desk_provenance SET code = 'old' WHERE name = 'b'")
    set_parameter_default(database, "p", 3)
    five, last = read_stale(database)
    assert (five.key, five.made) == (KEY, {"a", "b"})
    assert five.reasons == {"a": (Reason(Cause.PARAMETER, "p"),), "b": (Reason(Cause.CODE),)}
    assert (last.key, list(last.reasons)) == (RunKey(1234, 900), ["a"])
    assert [run.key for run in read_stale(database, [KEY])] == [KEY]


def test_that_what_people_typed_is_not_stale_though_a_variable_has_its_name(database):
    add_editable(database, "a", "number")
    write_edit(database, CellKey(*KEY, "a"), 1.5)
    assert read_stale(database, known=named(A), unknown=True) == []


@pytest.mark.parametrize("version", [1, 2, 4])
def test_that_a_folder_of_another_program_has_values_of_unknown_code_only(old_folder, version):
    today = named(KnownVariable("number", "c"))
    with open_for_reading(old_folder(version)) as database:
        assert read_stale(database) == []
        assert read_stale(database, known=today) == []
        found = read_stale(database, known=today, unknown=True)
    assert all(run.reasons == {"number": (Reason(Cause.UNKNOWN),)} for run in found)

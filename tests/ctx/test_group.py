"""Groups: classes whose instances bring Variables."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from damnit_ctx.context import LoadedContext
from damnit_ctx.problem import Problem

HEADER = """\
import dataclasses
from dataclasses import field
from damnit_ctx import Group, Variable, Skip

def shown(x):
    return str({name: int(value) for name, value in x.items()} if isinstance(x, dict) else x)

@Group(tags="inner")
class Inner:
    gain: int = 1

    @Variable("Level", tags="own")
    def level(self, run):
        return self.gain

    @Variable
    def double(self, run, level: "self#level"):
        return level * 2
"""

Define = Callable[[str], LoadedContext]


@pytest.fixture
def define(context_of: Callable[[str], LoadedContext]) -> Define:
    return lambda text: context_of(HEADER + textwrap.dedent(text))


@pytest.fixture
def compute(execute: Callable[..., Any]) -> Callable[[str], dict[str, Any]]:
    """The results of a text, by name."""

    def compute(text: str) -> dict[str, Any]:
        done = execute(HEADER + textwrap.dedent(text))
        finished = [e for e in done.events if e["event"] == "finished" and e["outcome"] == "ok"]
        return {e["variable"]: done.read(f"{e['variable']}/data") for e in finished}

    return compute


@pytest.fixture
def complaints(problems_of: Callable[[str], list[Problem]]) -> Callable[[str], list[tuple[str, str]]]:
    """The lines with problems (without blanks), and what is said of them."""

    def complaints(text: str) -> list[tuple[str, str]]:
        whole = HEADER + textwrap.dedent(text)
        lines = ["", *whole.split("\n")]
        return [(lines[p.line or 0].strip(), p.message) for p in problems_of(whole)]

    return complaints


def titles(context: LoadedContext) -> dict[str, str]:
    return {name: node.variable.title for name, node in context.nodes.items()}


def test_that_variables_are_named_after_what_their_group_is_assigned_to(define: Define) -> None:
    context = define("left = Inner()\nright = Inner(gain=3)")

    assert list(context.nodes) == ["left.level", "left.double", "right.level", "right.double"]
    assert context.nodes["right.double"].depends == ("right.level",)
    assert titles(context)["left.level"] == "left/Level"
    assert titles(context)["left.double"] == "left/double"


def test_that_name_title_and_separator_can_be_given(define: Define) -> None:
    context = define("left = Inner(name='cam', title='The camera', sep=' - ')")

    assert titles(context) == {"cam.level": "The camera - Level", "cam.double": "The camera - double"}


def test_that_a_group_has_no_more_in_common_with_its_variable_than_the_prefix(define: Define) -> None:
    context = define("x = Inner(name='same')\n@Variable\ndef same(run): ...")

    assert set(context.nodes) == {"same", "same.level", "same.double"}


def test_that_tags_of_the_group_are_merged_with_those_of_the_variable(define: Define) -> None:
    context = define("a = Inner()\nb = Inner(tags=['x', 'own'])\nc = Inner(tags=None)")

    tags = {name: set(node.variable.tag_list()) for name, node in context.nodes.items()}
    assert tags["a.level"] == {"inner", "own"}
    assert tags["a.double"] == {"inner"}
    assert tags["b.level"] == {"x", "own"}
    assert tags["b.double"] == {"x", "own"}
    assert tags["c.level"] == {"own"}
    assert context.nodes["b.level"].variable.tag_list() == ["x", "own"]


def test_that_fields_are_given_by_keyword_only() -> None:
    from damnit_ctx import Group

    @Group
    class Parts:
        must: int
        may: list[int] = __import__("dataclasses").field(default_factory=list)

    make: Any = Parts
    assert (make(must=1).must, make(must=1, may=[2]).may) == (1, [2])
    assert make(must=1).may is not make(must=1).may
    with pytest.raises(TypeError, match=r"Parts\(\) takes no positional arguments"):
        make(1)
    with pytest.raises(TypeError, match="lacks a value for must"):
        make()
    with pytest.raises(TypeError, match="has no field other"):
        make(must=1, other=2)


def test_that_what_dataclasses_offer_works(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        from typing import ClassVar
        @Group
        class Rich:
            factor: ClassVar[int] = 10
            gain: int = 2
            start: dataclasses.InitVar[int] = 5
            total: int = field(init=False, default=0)
            def __post_init__(self, start): self.total = self.gain * self.factor + start
            @property
            def more(self): return self.total + 1
            @Variable
            def value(self, run): return self.more
        a = Rich()
        b = dataclasses.replace(a, gain=3, start=0, name="b")
        """
    )

    assert results == {"a.value": 26, "b.value": 31}


@pytest.mark.parametrize("name", ["name", "title", "sep", "tags"])
@pytest.mark.parametrize("how", ["{}: str = 'x'", "{} = 'x'", "{}: str", "@Variable\n    def {}(self, run): ..."])
def test_that_the_fields_of_every_group_cannot_be_redefined(
    complaints: Callable[[str], list[tuple[str, str]]], name: str, how: str
) -> None:
    ((_, message),) = complaints(f"@Group\nclass Bad:\n    {how.format(name)}\n")

    assert f"must not define {name}" in message


def test_that_all_classes_that_redefine_them_are_told_with_all_else(
    complaints: Callable[[str], list[tuple[str, str]]],
) -> None:
    found = complaints(
        """
        @Group
        class First:
            name: str = "x"
            @Variable
            def value(self, run, x: "self#nowhere"): ...
        @Group(tags="t")
        class Second:
            title = "x"
            sep = "y"
        first, second = First(), Second()
        @Variable(data="cooked")
        def other(run): ...
        """
    )

    decorator = {"class First:": "@Group", "class Second:": '@Group(tags="t")'}  # Python 3.9 says the class's line
    assert [decorator.get(line, line) for line, _ in found] == [
        "@Group",
        'def value(self, run, x: "self#nowhere"): ...',
        '@Group(tags="t")',
        '@Variable(data="cooked")',
    ]
    assert "must not define title, sep" in found[2][1]


def test_that_a_class_that_redefines_them_outside_of_a_context_file_is_an_error_at_once() -> None:
    from damnit_ctx import Group
    from damnit_ctx.group import GroupError

    with pytest.raises(GroupError, match="must not define name"):

        @Group
        class Bad:
            name: str = "x"


def test_that_group_takes_nothing_but_tags(complaints: Callable[[str], list[tuple[str, str]]]) -> None:
    ((line, message),) = complaints("@Group(title='T')\nclass Bad: ...")

    assert line == "@Group(title='T')"
    assert "title" in message


def test_that_instances_know_their_name_and_title_when_they_compute(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        @Group
        class Shy:
            part: object = None
            @Variable
            def me(self, run): return f"{self.name}, {self.title}, {self.sep}, {list(self.tags)}"
        one = Shy(part=Shy(title="Part"))
        """
    )

    assert results == {"one.me": "one, one, /, []", "one.part.me": "one.part, Part, /, []"}


def test_that_results_are_those_of_each_instance(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute("a = Inner(gain=2)\nb = Inner(gain=5)")

    assert results == {"a.level": 2, "a.double": 4, "b.level": 5, "b.double": 10}


def test_that_methods_reach_other_methods_and_variables_by_calling_them(
    compute: Callable[[str], dict[str, Any]],
) -> None:
    results = compute(
        """
        @Group
        class Derived(Inner):
            def helper(self): return 100
            @Variable
            def level(self, run): return super().level(run) + self.helper()
            @Variable
            def again(self, run): return self.level(run) + 1
        a = Derived(gain=3)
        """
    )

    assert results == {"a.level": 103, "a.double": 206, "a.again": 104}


def test_that_variables_of_groups_are_found_from_everywhere(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        a, b = Inner(gain=2), Inner(gain=5)
        @Variable
        def one(run, x: "var#b.level"): return x
        @Variable
        def many(run, x: "var#*.level"): return shown(x)
        """
    )

    assert (results["one"], results["many"]) == (5, "{'a.level': 2, 'b.level': 5}")


def test_that_variables_of_groups_keep_their_options_and_descriptions(define: Define) -> None:
    context = define(
        '''
        @Group
        class Described:
            """Of the class."""
            @Variable(units="mJ", summary="mean", transient=True)
            def one(self, run):
                """Of the method."""
            @Variable(description="given")
            def two(self, run): ...
            @Variable
            def three(self, run): ...
        d = Described()
        '''
    )

    one, two, three = (context.nodes[f"d.{name}"].variable for name in ("one", "two", "three"))
    assert (one.description, two.description, three.description) == ("Of the method.", "given", None)
    assert (one.units, one.summary, one.transient) == ("mJ", "mean", True)


def test_that_groups_in_containers_without_a_name_are_left_alone(define: Define) -> None:
    assert not define("a = [Inner(), Inner()]\nb = {'k': Inner()}\nInner()").nodes


# -- names of groups in groups


NESTED = """
@Group(tags="outer")
class Outer:
    part: Inner = None
    other: Inner = None

    @Variable
    def sum(self, run, x: "self#part.level", y: "self#other.level" = 100):
        return x + y
"""


def test_that_a_group_in_a_group_is_named_by_its_path(define: Define) -> None:
    context = define(NESTED + "o = Outer(title='O', sep=' > ', part=Inner(), other=Inner(title='Other', sep='-'))")

    assert titles(context) == {
        "o.sum": "O > sum",
        "o.part.level": "o/part/Level",
        "o.part.double": "o/part/double",
        "o.other.level": "Other-Level",
        "o.other.double": "Other-double",
    }
    assert context.nodes["o.sum"].depends == ("o.part.level", "o.other.level")


def test_that_parts_are_found_however_they_were_put_there(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        @Group
        class Various:
            made: Inner = field(default_factory=lambda: Inner(gain=2))
            shared: Inner = Inner(gain=3)
            plain = Inner(gain=4)
            late: Inner = None
            def __post_init__(self): self.hidden = Inner(gain=5)
            @Variable
            def all(self, run, a: "self#made.level", b: "self#shared.level", c: "self#plain.level",
                    d: "self#hidden.level", e: "self#late.level"):
                return [a, b, c, d, e]
        v = Various()
        v.late = Inner(gain=6)
        """
    )

    assert list(results["v.all"]) == [2, 3, 4, 5, 6]
    assert results["v.plain.level"] == 4


def test_that_a_group_with_a_name_of_its_own_is_linked_and_computed_once(define: Define) -> None:
    context = define(
        NESTED
        + """
a = Outer(part=Inner(name="given"))
b = Outer(part=a.part)
inner = Inner()
c = Outer(part=inner)
d = Outer(part=inner, other=inner)
"""
    )

    assert [name for name in context.nodes if name.endswith("level")] == ["given.level", "inner.level"]
    assert context.nodes["a.sum"].depends == context.nodes["b.sum"].depends == ("given.level",)
    assert context.nodes["c.sum"].depends == context.nodes["d.sum"].depends == ("inner.level",)


def test_that_groups_may_be_linked_in_a_ring(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        @Group
        class Ring:
            number: int
            other: object = None
            @Variable
            def mine(self, run): return self.number
            @Variable
            def theirs(self, run, x: "self#other.mine", y: "self#other.other.mine", z: "self#*.mine"):
                return f"{x} {y} {shown(z)}"
        a = Ring(number=1)
        b = Ring(number=2, other=a)
        a.other = b
        """
    )

    assert results["a.theirs"] == "2 1 {'b.mine': 2}"


def test_that_a_ring_in_a_group_is_named_from_where_it_is_held(define: Define) -> None:
    context = define(
        """
        @Group
        class Ring:
            one: object = None
            other: object = None
            @Variable
            def mine(self, run): ...
        def make():
            a, b = Ring(), Ring()
            a.one, b.one = b, a
            return a
        top = Ring(other=make())
        """
    )

    assert list(context.nodes) == ["top.mine", "top.other.mine", "top.other.one.mine"]


def test_that_groups_that_all_hold_each_other_are_no_endless_task(
    complaints: Callable[[str], list[tuple[str, str]]], define: Define
) -> None:
    text = """
    @Group
    class Knot:
        @Variable
        def mine(self, run): ...
        @Variable
        def all(self, run, x: "{}"): ...
    knots = [Knot(name=f"k{{i}}") for i in range(10)]
    for one in knots:
        for i, other in enumerate(knots):
            setattr(one, f"n{{i}}", other)
    k = knots[0]
    """

    assert len(define(text.format("self#n5.n6.mine")).nodes) == 20
    for _, message in complaints(text.format("self#*.mine")):
        assert "more than 4000 ways" in message


def test_that_fields_hold_variables_too(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        @Variable
        def plain(run): return 1
        @Group
        class Uses:
            signal: Variable = plain
            gain: int = 10
            @Variable
            def value(self, run, x: "self#signal"): return x * self.gain
        inner = Inner(gain=3)
        a = Uses()
        b = Uses(signal=inner.double)
        c = Uses(signal=b.value)
        alias = inner.level
        """
    )

    assert {n: v for n, v in results.items() if "value" in n} == {"a.value": 10, "b.value": 60, "c.value": 600}
    assert "alias" not in results


def test_that_a_variable_known_by_a_field_only_is_computed_as_well(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        def make():
            @Variable
            def hidden(run): return 7
            return hidden
        @Group
        class Uses:
            signal: Variable
            @Variable
            def value(self, run, x: "self#signal"): return x + 1
        a = Uses(signal=make())
        """
    )

    assert results == {"hidden": 7, "a.value": 8}


# -- optional parts


def test_that_a_part_left_out_drops_what_needs_it_unless_there_is_a_default(
    compute: Callable[[str], dict[str, Any]],
) -> None:
    results = compute(
        NESTED
        + """
@Group
class More(Outer):
    @Variable
    def needs_sum(self, run, x: "self#sum"): return x
    @Variable
    def may_need_sum(self, run, x: "self#sum" = 5): return x
    @Variable
    def needs_many(self, run, x: "self#part.*"): return shown(x)
    @Variable
    def may_need_many(self, run, x: "self#part.*" = "none"): return shown(x)
    @Variable
    def any_part(self, run, x: "self#*.level" = "none"): return shown(x)
    @Variable
    def must_have_parts(self, run, x: "self#*.level"): return shown(x)
a = More()
b = More(other=Inner())
@Variable
def outside(run, x: "var#a.sum"): return x
@Variable
def outside_default(run, x: "var#a.sum" = 6): return x
@Variable
def outside_glob(run, x: "var#a.*sum"): return shown(x)
"""
    )

    assert results == {
        "a.may_need_sum": 5,
        "a.may_need_many": "none",
        "a.any_part": "none",
        "b.may_need_sum": 5,
        "b.may_need_many": "none",
        "b.any_part": "{'b.other.level': 1}",
        "b.must_have_parts": "{'b.other.level': 1}",
        "b.other.level": 1,
        "b.other.double": 2,
        "outside_default": 6,
        "outside_glob": "{'a.may_need_sum': 5}",
    }


# -- inheritance


def test_that_subclasses_inherit_variables_fields_and_tags(define: Define) -> None:
    context = define(
        """
        @Group
        class Heir(Inner):
            more: int = 3
            @Variable
            def extra(self, run, x: "self#double"): return x + self.more
        @Group(tags="mine")
        class Tagged(Inner): ...
        @Group(tags=[])
        class Bare(Inner): ...
        class Undecorated(Inner):
            @Variable
            def extra(self, run, x: "self#double"): return x
        a, b, c, d = Heir(gain=2, more=4), Tagged(), Bare(), Undecorated(gain=2)
        """
    )

    assert [name for name in context.nodes if name[0] == "a"] == ["a.level", "a.double", "a.extra"]
    tags = {name: node.variable.tag_list() for name, node in context.nodes.items() if name.endswith("double")}
    assert tags == {"a.double": ["inner"], "b.double": ["mine"], "c.double": [], "d.double": ["inner"]}
    assert "d.extra" in context.nodes


def test_that_methods_can_be_overridden_or_taken_away(define: Define) -> None:
    context = define(
        """
        @Group
        class Other(Inner):
            @Variable("Another level")
            def level(self, run): return -1
        @Group
        class Less(Inner):
            double = None
        @Group
        class Least(Inner):
            level = None
        class Mixin:
            @Variable
            def mixed(self, run, x: "self#level"): ...
        @Group
        class Both(Mixin, Inner): ...
        a, b, c, d = Other(), Less(), Least(), Both()
        """
    )

    assert list(context.nodes) == ["a.level", "a.double", "b.level", "d.level", "d.double", "d.mixed"]
    assert titles(context)["a.level"] == "a/Another level"


def test_that_all_kinds_of_methods_may_be_variables(compute: Callable[[str], dict[str, Any]]) -> None:
    results = compute(
        """
        @Group
        class Kinds:
            number: int = 1
            fixed: int = 1
            @Variable
            @classmethod
            def of_class(cls, run): return cls.__name__
            @Variable("Static")
            @staticmethod
            def static(run, x: "var#k.of_class"): return x + "!"
            @Variable
            def fixed(self, run): return 10 + self.number
        k = Kinds(number=2)
        """
    )

    assert results == {"k.of_class": "Kinds", "k.static": "Kinds!", "k.fixed": 12}


@pytest.mark.parametrize(
    "text",
    [
        "@Group\n@dataclasses.dataclass\nclass Own:\n    {}\nown = Own(m=5)",
        "@dataclasses.dataclass\n@Group\nclass Own:\n    {}\nown = Own(m=5)",
        "import abc\n@Group\nclass Own(abc.ABC):\n    {}\nown = Own(m=5)",
        "import typing\n@Group\nclass Own(typing.Generic[typing.TypeVar('T')]):\n    {}\nown = Own(m=5)",
        "@Group\nclass Own:\n    {}\nother = Own(name='other')\nown = dataclasses.replace(other, name='own', m=5)",
        "import copy\n@Group\nclass Own:\n    {}\nother = Own()\nown = copy.deepcopy(other)\nown.m = 5",
        "@Group\nclass Own(Inner):\n    {}\n    def __init__(self, **fields):\n"
        "        super().__init__(**fields)\n        self.m += 2\nown = Own(m=3)",
    ],
)
def test_that_groups_are_classes_like_any_other(compute: Callable[[str], dict[str, Any]], text: str) -> None:
    body = "m: int = 2\n    @Variable\n    def value(self, run): return self.m"

    assert compute(text.format(body))["own.value"] == 5


# -- kinds of data and cluster


def test_that_data_and_cluster_are_promoted_through_all_kinds_of_dependencies(define: Define) -> None:
    context = define(
        """
        @Group
        class Kinds:
            part: object = None
            @Variable(data="proc")
            def proc(self, run): ...
            @Variable(cluster=True)
            def cluster(self, run): ...
            @Variable
            def both(self, run, p: "self#proc", c: "self#cluster"): ...
            @Variable
            def linked(self, run, p: "self#part.proc" = None): ...
            @Variable
            def many(self, run, p: "self#[pc]*r"): ...
        a = Kinds()
        b = Kinds(part=a)
        @Variable
        def outside(run, x: "var#a.both"): ...
        """
    )

    kinds = {name: (node.data, node.cluster) for name, node in context.nodes.items()}
    assert kinds["a.both"] == kinds["outside"] == ("proc", True)
    assert kinds["a.linked"] == ("raw", False)
    assert kinds["b.linked"] == ("proc", False)
    assert kinds["a.many"] == ("raw", True)


# -- problems


def test_that_all_problems_with_groups_are_reported_at_once(
    complaints: Callable[[str], list[tuple[str, str]]],
) -> None:
    found = complaints(
        NESTED
        + """
one = two = Inner()
same1 = Inner(name="same")
same2 = Inner(name="same")
bad = Inner(name="a b")
def make():
    part = Inner()
    return part
def twice(part):
    return Outer(part=part), Outer(part=part)
o, p = twice(make())
@Group
class Wrong:
    number: int = 5
    @Variable(data="cooked")
    def a(self, run, x: "self#nothing", y: "self#number", z: "self#number.real", g: "self#q*"): ...
    @Variable
    def cycle(self, run, x: "self#cycle2"): ...
    @Variable
    def cycle2(self, run, x: "self#cycle"): ...
w = Wrong()
@Variable
def outside(run, x: "self#level"): ...
@Group
class Uses:
    signal: object = None
    @Variable
    def value(self, run, x: "self#signal"): ...
u = Uses(signal=Inner().level)
v = Uses(signal=p)
"""
    )

    expected = [
        ("one = two = Inner()", "several names: one, two"),
        ('same2 = Inner(name="same")', "same name 'same'"),
        ('bad = Inner(name="a b")', "'a b' is no name"),
        ("part = Inner()", "several names: o.part, p.part"),
        ('@Variable(data="cooked")', "data must be"),
        ('def a(self, run, x: "self#nothing", y: "self', "no attribute 'nothing'"),
        ('def a(self, run, x: "self#nothing", y: "self', "'w.number' is of type int, not a Variable"),
        ('def a(self, run, x: "self#nothing", y: "self', "'w.number' is of type int, not a Group"),
        ('def a(self, run, x: "self#nothing", y: "self', "nothing in 'w' matches 'q*'"),
        ('def cycle(self, run, x: "self#cycle2"): ...', "w.cycle → w.cycle2 → w.cycle"),
        ('def outside(run, x: "self#level"): ...', "only in a Group"),
        ('def value(self, run, x: "self#signal"): ...', "'v.signal' is a Group"),
        ("u = Uses(signal=Inner().level)", "has no name"),
    ]
    assert len(found) == len(expected), found
    for (line, message), (place, part) in zip(found, expected):
        assert line.startswith(place)
        assert part in message


def test_that_a_group_made_by_replace_has_the_line_where_it_is_made(
    complaints: Callable[[str], list[tuple[str, str]]],
) -> None:
    ((line, _),) = complaints("a = Inner(name='a')\nb = dataclasses.replace(a, gain=2)")

    assert line == "b = dataclasses.replace(a, gain=2)"


def test_that_groups_with_the_same_title_are_told_by_their_instances(
    complaints: Callable[[str], list[tuple[str, str]]],
) -> None:
    found = complaints("a = Inner(title='Same')\nb = Inner(title='Same')")

    assert {line for line, _ in found} == {"b = Inner(title='Same')"}
    assert "Variables 'a.level' (line 19) and 'b.level' have the same title 'Same/Level'" in found[0][1]


def test_that_a_raw_variable_of_a_group_cannot_need_a_proc_one(
    complaints: Callable[[str], list[tuple[str, str]]],
) -> None:
    ((line, message),) = complaints(
        """
        @Group
        class Kinds:
            @Variable(data="proc")
            def proc(self, run): ...
            @Variable(data="raw")
            def raw(self, run, x: "self#proc"): ...
        a = Kinds()
        """
    )

    assert line == '@Variable(data="raw")'
    assert "'a.raw'" in message


def test_that_what_is_wrong_with_a_method_is_said_once_for_all_instances(
    warnings_of: Callable[[str], list[Problem]],
) -> None:
    text = HEADER + "@Group\nclass Bad:\n    @Variable\n    def alone(self): ...\na, b = Bad(), Bad()\n"

    (problem,) = warnings_of(text)

    assert "'a.alone'" in problem.message
    assert "must take the run" in problem.message
    assert text.split("\n")[(problem.line or 0) - 1].strip() == "def alone(self): ..."

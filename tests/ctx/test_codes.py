"""Code hashes: what changes them and what does not."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from damnit_ctx.origin import Code

Codes = Callable[..., "dict[str, Code]"]

HEAD = "import numpy as np\nfrom damnit_ctx import Group, Variable\n"

FILE = (
    HEAD
    + '''
OFFSET = 3
SCALE = 2.5
TABLE = {"a": 1}
TABLE["b"] = OFFSET


def scaled(value):
    """Scale it."""
    return value * SCALE


class Calibration:
    gain = 4

    def apply(self, value):
        return value * self.gain


@Variable(title="Energy", summary="mean", units="mJ")
def energy(run):
    """The energy."""
    return scaled(run["energy"])


@Variable()
def double(run, energy: "var#energy"):
    return 2 * energy


@Variable()
def looked_up(run):
    return TABLE["b"] + np.max([1, 2])


@Variable()
def calibrated(run, threshold: "param#threshold" = 1):
    return Calibration().apply(threshold)


@Variable()
def alone(run):
    values = [offset for offset in range(3)]
    return sum(values)
'''
)

UNCHANGED: dict[str, Callable[[str], str]] = {
    "comments": lambda text: text.replace("\n\n", "\n# a comment\n\n"),
    "the formatting": lambda text: ast.unparse(ast.parse(text)),
    "a docstring": lambda text: text.replace("The energy.", "What the XGM says."),
    "the title": lambda text: text.replace('title="Energy"', 'title="Pulse energy", tags=["xgm"], cluster=True'),
    "another Variable": lambda text: text + "\n@Variable()\ndef another(run):\n    return scaled(1)\n",
    "another import": lambda text: "import math, os\nfrom pathlib import Path\n" + text,
    "type hints": lambda text: text.replace("def scaled(value):", "def scaled(value: float) -> float:"),
    "an unused helper": lambda text: text + "\ndef unused(x):\n    return TABLE\n",
    "the order": lambda text: HEAD + "\n\n".join(reversed(text[len(HEAD) :].split("\n\n\n"))),
    "how it is imported": lambda text: text.replace("import Group, Variable", "import Variable, Skip"),
    "a pass": lambda text: text.replace("    gain = 4\n", "    gain = 4\n    pass\n"),
}

CHANGED = {
    "a helper": ("return value * SCALE", "return value / SCALE", {"energy", "double"}),
    "a constant of a helper": ("SCALE = 2.5", "SCALE = 2.6", {"energy", "double"}),
    "a constant below a table": ("OFFSET = 3", "OFFSET = 4", {"looked_up"}),
    "an entry of a table": ('TABLE["b"] = OFFSET', 'TABLE["b"] = OFFSET + 1', {"looked_up"}),
    "an import": ("import numpy as np", "import numpy.ma as np", {"looked_up"}),
    "the class of a helper": ("gain = 4", "gain = 5", {"calibrated"}),
    "a function": ("return 2 * energy", "return 3 * energy", {"double"}),
    "the summary": ('summary="mean"', 'summary="max"', {"energy", "double"}),
    "the units": ('units="mJ"', 'units="uJ"', {"energy", "double"}),
    "the default of an argument": ("= 1):", "= 2):", {"calibrated"}),
    "the kind of data": ('units="mJ"', 'units="mJ", data="proc"', {"energy", "double"}),
    "a parameter": ("param#threshold", "param#other", {"calibrated"}),
}


@pytest.mark.parametrize("what", UNCHANGED)
def test_that_it_does_not_depend_on(what: str, codes: Codes) -> None:
    before, after = codes(FILE), codes(UNCHANGED[what](FILE))

    assert {name: code.hash for name, code in before.items()} == {name: after[name].hash for name in before}


@pytest.mark.parametrize("what", CHANGED)
def test_that_it_depends_on(what: str, codes: Codes) -> None:
    old, new, names = CHANGED[what]
    assert FILE.count(old) == 1

    assert changed(codes(FILE), codes(FILE.replace(old, new))) == names


@dataclass(frozen=True)
class Edit:
    """An edit of `text`, or of the module `own_tools` beside it, and the names of the Variables that it changes."""

    text: str
    old: str
    new: str
    names: set[str]
    tools: str = ""


V = "@Variable()\ndef {0}(run):\n    return {1}\n\n\n"

EDITS = {
    "a name imported beside it": Edit(
        "from own_tools import first, second\n" + V.format("a", "first()"),
        ", second", "", set(), "def first():\n    return 1\ndef second():\n    return 2\n",
    ),
    "an imported function": Edit(
        "from own_tools import first\n" + V.format("a", "first()") + V.format("b", "1"),
        "return 7", "return 2", {"a"}, "def first():\n    return inner()\ndef inner():\n    return 7\n",
    ),
    "a function that another one imports": Edit(
        "from own_tools import first\n" + V.format("a", "first()"),
        "other = 1", "other = 2", set(), "other = 1\ndef first():\n    return 0\n",
    ),
    "a function of an imported module": Edit(
        "import own_tools as tools\n" + V.format("a", "tools.first()") + V.format("b", "tools.second()"),
        "return 1", "return 3", {"a"}, "def first():\n    return 1\ndef second():\n    return 2\n",
    ),
    "a module that is used as a whole": Edit(
        "import own_tools\n" + V.format("a", "vars(own_tools)"), "x = 1", "x = 2", {"a"}, "x = 1\n",
    ),
    "what a star imports": Edit(
        "from own_tools import *\n" + V.format("a", "first()") + V.format("b", "second()"),
        "return 1", "return 3", {"a"}, "def first():\n    return 1\ndef second():\n    return 2\n",
    ),
    "a closure": Edit(
        "def made(name, factor):\n    def inner(run):\n        return factor\n    inner.__name__ = name\n"
        "    return Variable(title=name)(inner)\na = made('a', 2)\nb = made('b', 3)\n",
        "('b', 3)", "('b', 4)", {"b"},
    ),
    "an array in a closure": Edit(
        "def made(name, data):\n    def inner(run):\n        return data\n    inner.__name__ = name\n"
        "    return Variable(title=name)(inner)\n"
        "a = made('a', np.arange(3))\nb = made('b', np.arange(4.0))\n",
        "arange(4.0)", "arange(5.0)", {"b"},
    ),
    "an object in a closure that only its type is known of": Edit(
        "def made(name, data):\n    def inner(run):\n        return data\n    inner.__name__ = name\n"
        "    return Variable(title=name)(inner)\na = made('a', iter([1]))\n",
        "    def inner", "    data = data or None\n    def inner", {"a"},
    ),
    "a function in a closure": Edit(
        "def made(name, func):\n    def inner(run):\n        return func()\n    inner.__name__ = name\n"
        "    return Variable(title=name)(inner)\na = made('a', lambda: 1)\nb = made('b', lambda: 2)\n",
        "lambda: 2", "lambda: 3", {"b"},
    ),
    "a value in a loop": Edit(
        "for name, factor in (('a', 1), ('b', 2)):\n    def inner(run, factor=factor):\n        return factor\n"
        "    inner.__name__ = name\n    globals()[name] = Variable(title=name)(inner)\n",
        "('b', 2)", "('b', 3)", {"b"},
    ),
    "an import that may fail": Edit(
        "try:\n    import missing as tool\nexcept ImportError:\n    import math as tool\n"
        + V.format("a", "tool.pi") + V.format("b", "1"),
        "import math", "import cmath", {"a"},
    ),
    "a condition": Edit(
        "if 1 > 0:\n    LIMIT = 1\nelse:\n    LIMIT = 2\n" + V.format("a", "LIMIT") + V.format("b", "1"),
        "1 > 0", "2 > 1", {"a"},
    ),
    "the other branch": Edit(
        "if 1 > 0:\n    LIMIT = 1\nelse:\n    LIMIT = 2\n" + V.format("a", "LIMIT") + V.format("b", "1"),
        "LIMIT = 2", "LIMIT = 3", {"a"},
    ),
    "a Variable beside it under a condition": Edit(
        "if 1 > 0:\n    @Variable()\n    def a(run):\n        return 1\n    @Variable()\n    def b(run):\n"
        "        return 2\n", "return 2", "return 3", {"b"},
    ),
    "a loop that fills a table": Edit(
        "TABLE = {}\nfor key in (1, 2):\n    TABLE[key] = key\n" + V.format("a", "TABLE") + V.format("b", "1"),
        "TABLE[key] = key", "TABLE[key] = -key", {"a"},
    ),
    "a constant that grows": Edit(
        "LIMIT = 1\nLIMIT += 1\n" + V.format("a", "LIMIT"), "+= 1", "+= 2", {"a"},
    ),
    "a function that changes a global": Edit(
        "LIMIT = 1\ndef grow():\n    global LIMIT\n    LIMIT += 1\ngrow()\n" + V.format("a", "LIMIT"),
        "+= 1", "+= 2", {"a"},
    ),
    "a call that changes a global": Edit(
        "LIMIT = 1\ndef grow():\n    global LIMIT\n    LIMIT += 1\ngrow()\n" + V.format("a", "LIMIT"),
        "\ngrow()\n", "\ngrow()\ngrow()\n", {"a"},
    ),
    "what a decorator registers": Edit(
        "KNOWN = {}\ndef register(f):\n    KNOWN[f.__name__] = f\n    return f\n@register\ndef one():\n    return 1\n"
        + V.format("a", "KNOWN['one']()") + V.format("b", "1"),
        "return 1\n@Variable()\ndef a", "return 2\n@Variable()\ndef a", {"a"},
    ),
    "a list that is given away to be filled": Edit(
        "FOUND = []\ndef fill(target):\n    target.append(1)\nfill(FOUND)\n" + V.format("a", "FOUND"),
        "append(1)", "append(2)", {"a"},
    ),
    "a list that is appended to": Edit(
        "FOUND = []\nFOUND.append(1)\n" + V.format("a", "FOUND"), "append(1)", "append(2)", {"a"},
    ),
    "the state of a module": Edit(
        "np.random.seed(1)\n" + V.format("a", "np.random.random()") + V.format("b", "1"),
        "seed(1)", "seed(2)", {"a"},
    ),
    "what is printed": Edit(
        "LIMIT = [1]\nprint(LIMIT, 'a')\n" + V.format("a", "LIMIT"), "'a'", "'b'", set(),
    ),
    "a decorator": Edit(
        "import functools\ndef shifted(f):\n    @functools.wraps(f)\n    def inner(run):\n        return f(run) + 1\n"
        "    return inner\n@Variable()\n@shifted\ndef a(run):\n    return 1\n\n\n" + V.format("b", "1"),
        "f(run) + 1", "f(run) + 2", {"a"},
    ),
    "a decorated function": Edit(
        "import functools\ndef shifted(f):\n    @functools.wraps(f)\n    def inner(run):\n        return f(run) + 1\n"
        "    return inner\n@Variable()\n@shifted\ndef a(run):\n    return 1.5\n\n\n" + V.format("b", "1"),
        "return 1.5", "return 2.5", {"a"},
    ),
    "the argument of a decorator": Edit(
        "def shifted(by):\n    def around(f):\n        def a(run):\n            return f(run) + by\n        return a\n"
        "    return around\n@Variable()\n@shifted(3)\ndef a(run):\n    return 1\n\n\n" + V.format("b", "1"),
        "shifted(3)", "shifted(4)", {"a"},
    ),
    "a constant in a default": Edit(
        "LIMIT = 1\n@Variable()\ndef a(run, limit=LIMIT):\n    return limit\n", "LIMIT = 1", "LIMIT = 2", {"a"},
    ),
    "a local name like a global one": Edit(
        "x = 1\n" + V.format("a", "[x for x in (1, 2)]") + V.format("b", "x"), "x = 1", "x = 2", {"b"},
    ),
    "a name in a class": Edit(
        "x = 1\nclass C:\n    x = 5\n    y = x\n    def f(self):\n        return 0\n" + V.format("a", "C.y"),
        "x = 1", "x = 2", set(),
    ),
    "a function that a lambda calls": Edit(
        "def inner():\n    return 1.5\nouter = lambda: inner()\n" + V.format("a", "outer()"), "1.5", "2.5", {"a"},
    ),
    "a Variable that another one calls": Edit(
        V.format("a", "1.5") + V.format("b", "a(run)") + V.format("c", "1"), "1.5", "2.5", {"a", "b"},
    ),
    "functions that call each other": Edit(
        "def f(n):\n    return g(n - 1)\ndef g(n):\n    return f(n) if n else 1.5\n" + V.format("a", "g(3)"),
        "1.5", "2.5", {"a"},
    ),
    "a base class": Edit(
        "class Base:\n    x = 1.5\nclass C(Base):\n    pass\n" + V.format("a", "C.x"), "1.5", "2.5", {"a"},
    ),
    "a parameter's value in the file": Edit(
        "from damnit_ctx import Pipeline\nPipeline.default().param_values = {'p': 1.5}\n"
        "@Variable()\ndef a(run, p: 'param#p'):\n    return p\n", "1.5", "2.5", {"a"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_that_a_change_is_seen_of(what: str, codes: Codes) -> None:
    edit = EDITS[what]
    before = {"text": HEAD + edit.text, "own_tools": edit.tools}
    assert sum(part.count(edit.old) for part in before.values()) == 1

    assert (
        changed(codes(**before), codes(**{k: v.replace(edit.old, edit.new) for k, v in before.items()})) == edit.names
    )


def changed(before: dict[str, Code], after: dict[str, Code]) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if before[name].hash != after[name].hash}


GROUPS = (
    HEAD
    + """
def helper(value):
    return value + 1


class Plain:
    factor = 3


@Group
class Base:
    offset: float = 1.0

    def shifted(self, value):
        return value + self.offset


@Group
class Detector(Base):
    threshold: float
    part: object = None
    limits: object = None

    @property
    def doubled(self):
        return 2 * self.threshold

    @Variable()
    def raw(self, run):
        return self.doubled

    @Variable()
    def corrected(self, run, raw: "self#raw"):
        return self.shifted(raw)

    @Variable()
    def constant(self, run):
        return helper(1)

    @Variable()
    def of_part(self, run):
        return self.part.factor

    @Variable()
    def whole(self, run):
        return str(self)


first = Detector(threshold=5, part=Plain())
second = Detector(threshold=6, part=Plain(), limits=[1, 2])


@Variable()
def total(run, every: "var#*.raw"):
    return sum(every.values())
"""
)

FIRST = {f"first.{name}" for name in ("raw", "corrected", "constant", "of_part", "whole")}
SECOND = {f"second.{name}" for name in ("raw", "corrected", "constant", "of_part", "whole")}
GROUP_EDITS = {
    "a field of an instance": (
        "first = Detector(threshold=5",
        "first = Detector(threshold=7",
        {"first.raw", "first.corrected", "first.whole", "total"},
    ),
    "a field that one method uses": ("limits=[1, 2]", "limits=[1, 3]", {"second.whole"}),
    "a default of a field": (
        "offset: float = 1.0",
        "offset: float = 2.0",
        {"first.corrected", "first.whole", "second.corrected", "second.whole"},
    ),
    "an inherited method": (
        "value + self.offset",
        "value - self.offset",
        {"first.corrected", "first.whole", "second.corrected", "second.whole"},
    ),
    "a property": ("2 * self.threshold", "3 * self.threshold", (FIRST | SECOND) - {
        f"{group}.{name}" for group in ("first", "second") for name in ("constant", "of_part")
    } | {"total"}),
    "a helper": ("value + 1", "value + 2", {"first.constant", "first.whole", "second.constant", "second.whole"}),
    "the class of a field": (
        "factor = 3", "factor = 4", {"first.of_part", "second.of_part", "first.whole", "second.whole"},
    ),
    "a title": ("first = Detector(", "first = Detector(title='First', tags=['x'], ", set()),
}  # fmt: skip


@pytest.mark.parametrize("what", GROUP_EDITS)
def test_that_variables_of_groups_depend_on_what_they_use_of(what: str, codes: Codes) -> None:
    old, new, names = GROUP_EDITS[what]
    assert GROUPS.count(old) == 1

    assert changed(codes(GROUPS), codes(GROUPS.replace(old, new))) == names

"""Code hashes of any context file: the same wherever it is read, and changed by what a Variable reaches only."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from damnit_ctx.codes import codes_of
from damnit_ctx.context import LoadedContext
from damnit_ctx.load import Loader
from damnit_ctx.origin import Code
from hypothesis import given, settings
from hypothesis import strategies as st

RICH = '''
import functools
import numpy as np
from damnit_ctx import Group, Variable
from pathlib import Path

TEXTS = ["ü€𝄞", "\\u00ad\\U0001fae8", 'a' "b", r"\\d", b"bytes", """long
text"""]
NUMBERS = (1_000, 0x10, 1e-3, 1e400, -0.0, 2j, ..., None, True, 12345678901234567890123)
A, (B, *C) = 1, (2, 3, 4)


def formatted(x, *, width=3, **more):
    return f"{x!r:>{width}} {x=} {{}} {'a' if x else 'b'}" f"{more}" "tail"


async def waiting(things):
    async with things as t:
        return [y async for y in t if (z := y) and await z]


def everything(a, /, b=1, *args, c: "int" = 2, **kwargs):
    global A
    with open("x") as f, open("y"):
        pass
    try:
        assert a, "no"
        del b
    except (ValueError, TypeError) as error:
        raise KeyError from error
    else:
        a[1:2, ::3] += 1
    finally:
        while True:
            break
        else:
            pass
    for i, (j, k) in enumerate(args):
        if i < j <= k or not i in k and i is not j:
            continue
        elif i:
            yield from k
        else:
            A = yield
    return {**kwargs, "x": {1, 2}}, [*args, *(q for q in C)], lambda *p, r=1: p @ r, {k: v for k, v in more()}


@Group
class Detector:
    gain: float = 2.5
    path: object = Path("/a/b")
    limits: object = None
    link: object = None

    @functools.lru_cache(maxsize=None)
    def cached(self, x: "int" = 1):
        return self.gain * x

    @Variable(summary="mean")
    def value(self, run):
        return self.cached(), self.limits, self.path, self.link.gain, TEXTS, NUMBERS

    @Variable()
    def everything(self, run, value: "self#value", other: "var#plain"):
        return self, everything, formatted


one = Detector(limits=np.array([1.5, 2.5]))
two = Detector(
    link=one, limits={"b": {3, 1, 2}, "a": [Path("c"), functools.partial(formatted, 1, width=2)]}, gain=np.float32(2)
)
one.link = two


@Variable(units="mJ")
def plain(run, p: "param#p" = None, n: "meta#run_number" = 0):
    return waiting, B
'''

#: Made once. Changes with `SCHEME` only, or all values everywhere become stale.
RICH_HASH = "1dfa3e31cef4f7c6"


def loaded(text: str, folder: Path) -> LoadedContext:
    (folder / "context.py").write_text(text, encoding="utf-8")
    found = Loader().load(folder / "context.py", folder)
    assert isinstance(found, LoadedContext), found
    return found


def test_that_hashes_are_the_same_in_each_process_and_each_version_of_python(folder: Path) -> None:
    hashes = [f"{name} {code.hash}" for name, code in codes_of(loaded(RICH, folder), {}).items()]

    assert hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16] == RICH_HASH


@pytest.mark.parametrize("seed", [1, 2])
def test_that_hashes_do_not_depend_on_the_order_of_sets(folder: Path, seed: int) -> None:
    context = loaded(RICH, folder)
    code = (
        "import sys; from pathlib import Path;"
        "from damnit_ctx.load import Loader; from damnit_ctx.codes import codes_of;"
        "path = Path(sys.argv[1]); found = codes_of(Loader().load(path, path.parent), {});"
        "print(*(code.hash for code in found.values()), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(context.path)],
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.split() == [code.hash for code in codes_of(context, {}).values()]


def test_that_a_file_nested_too_deeply_is_hashed_as_a_whole(folder: Path) -> None:
    text = (
        "from damnit_ctx import Variable\nx = " + "+".join(["1"] * 600) + "\n@Variable()\ndef a(run):\n    return 1\n"
    )

    before, after = (codes_of(loaded(t, folder), {})["a"] for t in (text, text + "# comment\n"))

    assert before.hash != after.hash
    assert before.spans == (("", 1, 6),)


def test_that_objects_that_fail_when_looked_at_do_no_harm(folder: Path) -> None:
    text = (
        "from damnit_ctx import Variable\n"
        "class Bad:\n    def __getattribute__(self, name):\n        raise OSError(name)\n"
        "def made(bad):\n    def a(run):\n        return bad\n    return a\na = Variable()(made(Bad()))\n"
    )
    before, after = (codes_of(loaded(t, folder), {})["a"] for t in (text, text + "# comment\n"))

    assert before.hash != after.hash


@dataclass(frozen=True)
class File:
    """A context file of constants, helpers and Variables, each of which uses some of those before it, by number."""

    constants: list[int]
    helpers: list[tuple[set[int], set[int]]]  # constants, helpers
    variables: list[tuple[set[int], set[int], set[int]]]  # constants, helpers, Variables

    def text(self) -> str:
        parts = ["from damnit_ctx import Variable"]
        parts += [f"C{i} = {value}" for i, value in enumerate(self.constants)]
        for i, (constants, helpers) in enumerate(self.helpers):
            parts.append(f"def h{i}(x):\n    return [x, {self._terms(constants, helpers)}]")
        for i, (constants, helpers, variables) in enumerate(self.variables):
            needed = "".join(f", v{j}: 'var#v{j}'" for j in sorted(variables))
            parts.append(f"@Variable()\ndef v{i}(run{needed}):\n    return [{i}, {self._terms(constants, helpers)}]")
        return "\n".join(parts) + "\n"

    @staticmethod
    def _terms(constants: set[int], helpers: set[int]) -> str:
        return ", ".join([f"C{j}" for j in sorted(constants)] + [f"h{j}(1)" for j in sorted(helpers)])

    def reaching(self, constant: int) -> set[str]:
        """The Variables whose value the constant decides about."""
        helpers: set[int] = set()
        for i, (constants, used) in enumerate(self.helpers):
            if constant in constants or helpers & used:
                helpers.add(i)
        variables: set[int] = set()
        for i, (constants, used, needed) in enumerate(self.variables):
            if constant in constants or helpers & used or variables & needed:
                variables.add(i)
        return {f"v{i}" for i in variables}


def _some(below: int) -> st.SearchStrategy[set[int]]:
    return st.sets(st.integers(0, below - 1), max_size=3) if below else st.just(set())


@st.composite
def files(draw: st.DrawFn) -> File:
    constants = draw(st.lists(st.integers(0, 99), min_size=1, max_size=4))
    helpers = [(draw(_some(len(constants))), draw(_some(i))) for i in range(draw(st.integers(0, 4)))]
    variables = [
        (draw(_some(len(constants))), draw(_some(len(helpers))), draw(_some(i))) for i in range(draw(st.integers(1, 5)))
    ]
    return File(constants, helpers, variables)


def hashes(text: str) -> dict[str, str]:
    return {name: code.hash for name, code in _codes(text).items()}


def _codes(text: str) -> dict[str, Code]:
    """Of a text that is in no file."""
    here = Path.cwd()
    found = Loader().load(here / "context.py", here, text)
    assert isinstance(found, LoadedContext), found
    return codes_of(found, {})


@settings(deadline=None, max_examples=25)
@given(files())
def test_that_reformatting_and_comments_change_nothing(file: File) -> None:
    text = file.text()
    commented = "".join(f"{line}  # {i}\n\n" for i, line in enumerate(text.splitlines()))

    assert hashes(ast.unparse(ast.parse(text))) == hashes(commented) == hashes(text)


@settings(deadline=None, max_examples=25)
@given(files(), st.data())
def test_that_a_constant_changes_exactly_what_reaches_it(file: File, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(file.constants) - 1))
    other = File([c + (i == number) for i, c in enumerate(file.constants)], file.helpers, file.variables)

    before, after = hashes(file.text()), hashes(other.text())

    assert {name for name in before if before[name] != after[name]} == file.reaching(number)


@settings(deadline=None, max_examples=25)
@given(files(), st.data())
def test_that_the_order_of_definitions_changes_nothing(file: File, data: st.DataObject) -> None:
    first, *others = ast.parse(file.text()).body
    shuffled = data.draw(st.permutations(others))

    assert hashes(ast.unparse(ast.Module([first, *shuffled], []))) == hashes(file.text())


@settings(deadline=None, max_examples=25)
@given(files())
def test_that_the_covered_text_has_all_that_a_variable_reaches(file: File) -> None:
    text = file.text()
    lines = text.splitlines()
    for name, code in _codes(text).items():
        covered = "\n".join("\n".join(lines[first - 1 : last]) for _, first, last in code.spans)

        assert f"def {name}(" in covered
        for constant in range(len(file.constants)):
            own = File(file.constants, file.helpers, [(c, h, set()) for c, h, _ in file.variables])
            assert (f"C{constant} =" in covered) == (name in own.reaching(constant))

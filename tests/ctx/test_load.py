"""What is wrong with a context file is said at once, with its place."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from damnit_ctx.context import LoadedContext
from damnit_ctx.load import Loader
from damnit_ctx.problem import Problem

Problems = Callable[[str], list[Problem]]
Context = Callable[[str], LoadedContext]


def test_that_a_variable_has_defaults_from_its_function(context_of: Context) -> None:
    context = context_of(
        """
        from damnit_ctx import Variable

        @Variable
        def bare(run):
            "What it is."

        @Variable()
        def called(run, x: "var#bare"): ...

        @Variable("Group/Title", "Says more", "mean", data="proc", tags=["a", "b", "a"], units="J")
        def full(run): ...

        @Variable(tags="one", transient=True, cluster=True)
        def hidden(run): ...
        """
    )

    bare, called, full, hidden = (node.as_json() for node in context.nodes.values())
    assert bare == {
        "name": "bare",
        "title": "bare",
        "description": "What it is.",
        "summary": None,
        "data": "raw",
        "cluster": False,
        "tags": [],
        "transient": False,
        "units": None,
        "line": 5,
        "depends": [],
    }
    assert (called["title"], called["depends"]) == ("called", ["bare"])
    assert (full["title"], full["description"], full["summary"]) == ("Group/Title", "Says more", "mean")
    assert (full["data"], full["tags"], full["units"]) == ("proc", ["a", "b"], "J")
    assert (hidden["tags"], hidden["transient"], hidden["cluster"]) == (["one"], True, True)


def test_that_the_digest_is_that_of_the_file(context_of: Context, folder: Path) -> None:
    context = context_of("from damnit_ctx import Variable  # ü\n")

    assert context.digest == hashlib.sha256((folder / "context.py").read_bytes()).hexdigest()


def test_that_the_given_code_is_loaded_in_place_of_the_file(folder: Path) -> None:
    path = folder / "context.py"
    path.write_text("this is no Python")
    code = "from damnit_ctx import Variable\n@Variable\ndef x(run): ...\n"

    context = Loader().load(path, folder, code)

    assert isinstance(context, LoadedContext)
    assert context.digest == hashlib.sha256(code.encode()).hexdigest()
    assert list(context.nodes) == ["x"]


def test_that_the_file_finds_its_folder_its_modules_and_itself(context_of: Context, folder: Path) -> None:
    (folder / "own_helper.py").write_text("VALUE = 'first'")
    text = """
        import dataclasses, os
        from pathlib import Path
        import own_helper

        assert Path(__file__).name == "context.py" and Path(__file__).is_absolute()
        assert __name__ != "__main__"
        assert Path.cwd() == Path(__file__).parent

        @dataclasses.dataclass
        class Uses_its_module:
            x: "int" = 1

        SEEN = own_helper.VALUE
        """
    assert vars(context_of(text).module)["SEEN"] == "first"

    (folder / "own_helper.py").write_text("VALUE = 'second, and longer'")

    assert vars(context_of(text).module)["SEEN"] == "second, and longer"


def test_that_a_syntax_error_has_its_place(problems_of: Problems) -> None:
    (problem,) = problems_of("x = 1\ny = (1,\nz = ]\n")

    assert problem.error_cls == "SyntaxError"
    assert problem.line is not None
    assert problem.column is not None
    assert "SyntaxError" in problem.traceback


@pytest.mark.parametrize("text", ["x = 1\0", "(" * 5000 + ")" * 5000], ids=["NUL", "nested"])
def test_that_what_python_cannot_compile_is_a_problem(problems_of: Problems, text: str) -> None:
    (problem,) = problems_of(text)

    assert problem.message


def test_that_an_error_at_import_has_the_line_of_the_context_file(problems_of: Problems) -> None:
    (problem,) = problems_of(
        """
        import json

        def helper():
            return json.loads("{")

        helper()
        """
    )

    assert problem.error_cls == "JSONDecodeError"
    assert problem.line == 5
    assert problem.traceback.startswith("Traceback")
    assert "damnit_ctx" not in problem.traceback
    assert 'return json.loads("{")' in problem.traceback


@pytest.mark.parametrize("raised", ["SystemExit(3)", "Exception('a \\ud800')", "KeyError('x')"])
def test_that_whatever_is_raised_at_import_is_a_problem(problems_of: Problems, raised: str) -> None:
    (problem,) = problems_of(f"\nraise {raised}\n")

    assert problem.line == 2


def test_that_a_missing_package_is_named_with_the_interpreter(problems_of: Problems) -> None:
    (problem,) = problems_of("import surely_not_there\n")

    assert "'surely_not_there'" in problem.message
    assert sys.executable in problem.message
    assert problem.error_cls == "ModuleNotFoundError"


def test_that_a_syntax_error_in_an_own_module_is_not_put_into_the_context_file(
    problems_of: Problems, folder: Path
) -> None:
    (folder / "own_broken.py").write_text("\n\n\n\n\nx = (")

    (problem,) = problems_of("\nimport own_broken\n")

    assert problem.line == 2
    assert "own_broken" in problem.traceback


def test_that_a_file_that_cannot_be_read_is_a_problem(folder: Path) -> None:
    missing = Loader().load(folder / "context.py", folder)
    (folder / "latin.py").write_bytes(b"x = '\xe9'")
    undecodable = Loader().load(folder / "latin.py", folder)

    assert isinstance(missing, list)
    assert isinstance(undecodable, list)
    assert "cannot be read" in missing[0].message
    assert "cannot be read" in undecodable[0].message


def test_that_a_file_in_another_encoding_is_read_as_it_says(folder: Path) -> None:
    path = folder / "context.py"
    path.write_bytes("# coding: latin-1\nX = 'é'\n".encode("latin-1"))

    context = Loader().load(path, folder)

    assert isinstance(context, LoadedContext)
    assert vars(context.module)["X"] == "é"


def test_that_texts_that_no_database_holds_are_escaped(context_of: Context, problems_of: Problems) -> None:
    text = "from damnit_ctx import Variable\n@Variable('a\\ud800', tags='b\\0')\ndef x(run): ...\n"

    (node,) = context_of(text).nodes.values()
    (problem,) = problems_of(r"raise ValueError('\ud800')" + "\n")

    assert (node.as_json()["title"], node.as_json()["tags"]) == (r"a\ud800", [r"b\x00"])
    assert problem.message == r"ValueError: \ud800"
    assert problem.traceback.encode()


def test_that_a_selection_brings_its_dependencies_in_order(context_of: Context) -> None:
    context = context_of(
        """
        from damnit_ctx import Variable
        @Variable
        def late(run, x: "var#mid"): ...
        @Variable
        def mid(run, x: "var#early"): ...
        @Variable
        def early(run): ...
        @Variable(data="proc")
        def p(run): ...
        """
    )

    assert context.order(["late"]) == ["early", "mid", "late"]
    assert context.select(opened="raw", trigger=None) == ["late", "mid", "early"]
    assert context.select(opened="all", trigger="proc") == ["p"]
    assert context.select(opened="all", trigger=None) == ["late", "mid", "early", "p"]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module that is imported once a process, as it is not in the context file's folder."""
    path = tmp_path / "elsewhere" / "own_library.py"
    path.parent.mkdir()
    path.write_text(
        "from damnit_ctx import Group, Variable\n"
        "@Variable\ndef plain(run): return 1\n"
        "@Variable(data='cooked')\ndef _wrong(run): return 1\n"
        "@Group\nclass Part:\n    @Variable\n    def level(self, run): return 2\n"
        "part = Part()\n"
    )
    monkeypatch.syspath_prepend(path.parent)
    return path


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("from own_library import *", ["plain", "part.level"]),
        ("from own_library import plain as other", ["plain"]),
        ("from own_library import part as mine", ["mine.level"]),
        ("from own_library import Part; first, second = Part(), Part(name='named')", ["first.level", "named.level"]),
        ("import own_library", []),
        ("from own_library import plain; del plain", []),
        ("from own_library import plain; plain = 5", []),
    ],
)
def test_that_variables_of_other_modules_count_by_the_names_they_have_here(
    context_of: Context, library: Path, statement: str, names: list[str]
) -> None:
    assert library.exists()
    context_of("from own_library import *")  # a warm process has had it before

    assert list(context_of(statement + "\n").nodes) == names


def test_that_a_problem_in_another_module_has_no_line_of_the_context_file(problems_of: Problems, library: Path) -> None:
    (problem,) = problems_of("from own_library import _wrong\n")

    assert problem.line is None
    assert "'cooked'" in problem.message
    assert library.exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("for i in range(3):\n    globals()[f'v{i}'] = made(f'v{i}')", ["v0", "v1", "v2"]),
        ("vs = [made(f'v{i}') for i in range(3)]", []),
        ("if True:\n    a = made('a')\nelse:\n    b = made('b')", ["a"]),
        ("try:\n    import surely_not_there\nexcept ImportError:\n    a = made('a')", ["a"]),
        ("a = b = made('a')", ["a"]),
        ("b = made('a')", ["a"]),
        ("a = made('a')\na = made('a', 'Again')", ["a"]),
        ("_hidden = made('_hidden')", ["_hidden"]),
        ("class Outer:\n    inner = made('inner')", []),
        ("μ = made('μ')", ["μ"]),
    ],
)
def test_that_a_variable_is_found_by_what_the_module_holds_in_the_end(
    context_of: Context, text: str, names: list[str]
) -> None:
    header = """from damnit_ctx import Variable
def made(name, title=None):
    def function(run): ...
    function.__name__ = name
    return Variable(title or name)(function)
"""
    assert list(context_of(header + text + "\n").nodes) == names

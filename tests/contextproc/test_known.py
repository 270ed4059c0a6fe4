"""What is kept of a context file that was loaded."""

import asyncio

from damnit_backend.contextproc.known import covered_text, known_context
from damnit_backend.contextproc.process import ContextProcess
from damnit_backend.contextproc.protocol import Loaded

TEXT = """from damnit_ctx import Group, Variable
from own_helper import scaled

LIMIT = 3


@Variable()
def a(run):
    return scaled(LIMIT)


@Group
class G:
    x: int = 1

    @Variable()
    def first(self, run, limit: "param#limit" = 1):
        return self.x

    @Variable()
    def second(self, run):
        return 2


g = G()
"""
HELPER = "FACTOR = 2\n\n\ndef unused():\n    pass\n\n\ndef scaled(x):\n    return x * FACTOR\n"


def test_that_a_loaded_file_says_which_code_each_variable_has_and_what_executes_it(tmp_path):
    (tmp_path / "context.py").write_text(TEXT)
    (tmp_path / "own_helper.py").write_text(HELPER)

    async def load():
        process = await ContextProcess.start(None, tmp_path)
        try:
            return await process.load(tmp_path / "context.py", tmp_path)
        finally:
            await process.close()

    loaded = asyncio.run(load())
    assert isinstance(loaded, Loaded)
    known = known_context(loaded)

    assert known.version.text == TEXT
    assert known.version.files == {"own_helper.py": HELPER}
    a, first, second = known.variables
    assert a.text == (
        "from own_helper import scaled\n\nLIMIT = 3\n\n@Variable()\ndef a(run):\n    return scaled(LIMIT)\n\n"
        "# own_helper.py\nFACTOR = 2\n\ndef scaled(x):\n    return x * FACTOR\n"
    )
    assert first.text.startswith("@Group\nclass G:\n\n    @Variable()\n    def first(")
    assert "second" not in first.text
    assert first.parameters == ("limit",)
    assert len({a.code, first.code, second.code}) == 3
    assert known.environment is not None
    assert "numpy" in known.environment.packages


def test_that_lines_that_are_not_there_any_more_do_no_harm():
    assert covered_text({"": ["a", "b"]}, [("", 2, 3), ("gone.py", 1, 1)]) == "b\n\n# gone.py\n"

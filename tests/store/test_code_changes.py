"""What differs between two texts of code."""

import pytest

from damnit_backend.store.code_changes import changed_names

BEFORE = """import numpy as np
LIMIT = 1
TABLE = {}
TABLE["a"] = 1


def scaled(x):
    return x * LIMIT


class Group:
    gain = 1

    def level(self):
        return self.gain
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("x * LIMIT", "x / LIMIT", ["scaled"]),
        ("x * LIMIT", "(x\n        * LIMIT)  # comment", []),
        ("LIMIT = 1", "LIMIT = 2", ["LIMIT"]),
        ('TABLE["a"] = 1', 'TABLE["a"] = 2', ["TABLE"]),
        ("gain = 1", "gain = 2", ["Group.gain"]),
        ("return self.gain", "return 0", ["Group.level"]),
        ("numpy as np", "numpy.ma as np", ["np"]),
        ("LIMIT = 1\n", "", ["LIMIT"]),
        ("LIMIT = 1\n", "LIMIT = 1\nprint(LIMIT)\n", ["print(LIMIT)"]),
    ],
)
def test_that_changed_definitions_are_named(old, new, names):
    assert BEFORE.count(old) == 1
    assert changed_names(BEFORE, BEFORE.replace(old, new)) == names


@pytest.mark.parametrize("text", ["def", "x = " + "(" * 500, "\0"])
def test_that_what_is_no_code_has_no_names(text):
    assert changed_names(BEFORE, text) == []

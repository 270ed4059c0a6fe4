from typing import get_args

import numpy as np
import pytest

from damnit_backend.core.errors import UserError
from damnit_backend.core.values import CellValue, Failure, Kind, Picture, SmallArray, Trend, Value, kind_of

EXAMPLES = {
    Kind.EMPTY: None,
    Kind.BOOL: True,
    Kind.NUMBER: 1.5,
    Kind.COMPLEX: 1j,
    Kind.TEXT: "a",
    Kind.TREND: Trend(np.zeros(1), np.zeros(1)),
    Kind.IMAGE: Picture(b""),
    Kind.ARRAY: SmallArray(np.zeros(1)),
    Kind.FAILURE: Failure("E", "m"),
}


def test_that_every_kind_has_its_value_and_every_value_its_kind():
    assert set(EXAMPLES) == set(Kind)
    assert {kind: kind_of(value) for kind, value in EXAMPLES.items()} == {kind: kind for kind in Kind}
    assert {type(value) for value in EXAMPLES.values()} | {int} == set(get_args(Value))


@pytest.mark.parametrize(
    ("bold", "max_diff", "shown"),
    [(None, None, False), (None, 0.0, False), (None, 1e-10, False), (None, 0.1, True), (False, 0.1, False),
     (True, 0, True)],
)  # fmt: skip
def test_that_varying_data_are_bold_unless_asked_otherwise(bold, max_diff, shown):
    assert CellValue(1, bold=bold, max_diff=max_diff).is_bold is shown


def test_that_a_missing_source_and_a_skip_are_expected_and_an_error_is_not():
    assert [Failure(name, "").is_skip for name in ("Skip", "SourceNameError", "ValueError")] == [True, True, False]


def test_that_an_error_for_people_says_what_to_do_next():
    assert str(UserError("It broke.", "Mend it.")) == "It broke.\nMend it."
    assert str(UserError("It broke.")) == "It broke."

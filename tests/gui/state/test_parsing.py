"""What people type."""

import pytest

from damnit_backend.core.errors import UserError
from damnit_gui.state.parsing import parse_typed


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("yes", "boolean", True),
        (" NO ", "boolean", False),
        ("1", "boolean", True),
        ("-3", "integer", -3),
        ("9223372036854775807", "integer", 2**63 - 1),
        ("2e-7", "number", 2e-7),
        ("5", "number", 5.0),
        ("inf", "number", float("inf")),
        ("two\nlines ", "string", "two\nlines"),
        (" kept", "string", " kept"),
        ("", "string", None),
        ("  ", "number", None),
        ("", "boolean", None),
    ],
)
def test_typed_text_becomes_a_value_of_the_columns_type(text, type_, value) -> None:
    typed = parse_typed(text, type_)
    assert typed == value
    assert type(typed) is type(value)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("maybe", "boolean"),
        ("2", "boolean"),
        ("1.5", "integer"),
        ("9223372036854775808", "integer"),
        ("9" * 5000, "integer"),
        ("1,5", "number"),
        ("nan", "number"),
        ("five", "number"),
    ],
)
def test_what_means_nothing_is_refused_with_a_hint(text, type_) -> None:
    with pytest.raises(UserError) as refused:
        parse_typed(text, type_)
    assert refused.value.hint

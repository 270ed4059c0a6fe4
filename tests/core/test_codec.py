import io
import json
import math
import sqlite3
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as np_st

from damnit_backend.core.attributes import UNREADABLE
from damnit_backend.core.codec import NPY_MAGIC, PNG_MAGIC, StoredValue, decode, encode, npy_bytes
from damnit_backend.core.values import CellValue, Failure, Kind, Picture, SmallArray, Trend

FLOATS = np_st.arrays(np.float64, st.integers(0, 200), elements=st.floats(width=64))
ARRAYS = np_st.arrays(
    st.sampled_from(["f4", "f8", "i2", "i8", "u8", "?", "c8", "c16", "U5", "S3", "M8[ns]"]),
    np_st.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
VALUES = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.complex_numbers(allow_nan=False),
    TEXTS, st.none(), st.builds(Failure, TEXTS.filter(bool), TEXTS),
    st.binary().map(lambda rest: Picture(PNG_MAGIC + rest)),
)  # fmt: skip


def through_sqlite(stored: StoredValue) -> StoredValue:
    """What SQLite gives back for a stored row."""
    columns = (stored.value, stored.summary_type, stored.summary_method, stored.max_diff, stored.attributes)
    sql = sqlite3.connect(":memory:")
    try:
        return StoredValue(*sql.execute("SELECT ?, ?, ?, ?, ?", columns).fetchone())
    finally:
        sql.close()


@given(VALUES, TEXTS, st.none() | st.booleans(), st.none() | COLOURS, st.none() | st.floats(0, 1e300), TEXTS)
def test_that_every_cell_comes_back_from_the_database_as_it_was(value, units, bold, background, max_diff, method):
    cell = CellValue(value, units, bold, background, max_diff, method)
    found = decode(through_sqlite(encode(cell)))
    assert (found.value, type(found.value)) == (value, type(value))
    assert (found.units, found.bold, found.background, found.max_diff) == (units, bold, background, max_diff)
    assert (found.summary_method, found.kind) == (method, cell.kind)


@given(FLOATS.flatmap(lambda x: st.tuples(st.just(x), np_st.arrays(np.float64, x.shape))))
def test_that_trend_lines_come_back_exactly(curve):
    found = decode(through_sqlite(encode(CellValue(Trend(*curve))))).value
    assert isinstance(found, Trend)
    np.testing.assert_array_equal(found.x, curve[0])
    np.testing.assert_array_equal(found.y, curve[1])


@given(ARRAYS)
def test_that_small_arrays_of_any_type_and_shape_come_back_exactly(array):
    found = decode(through_sqlite(encode(CellValue(SmallArray(array))))).value
    assert isinstance(found, SmallArray)
    assert (found.data.dtype, found.data.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(found.data, array)


def test_that_an_array_in_fortran_order_comes_back_exactly():
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(decode(encode(CellValue(SmallArray(array)))).value.data, array)


@given(st.one_of(st.integers(max_value=-(2**63) - 1), st.integers(min_value=2**63)))
def test_that_an_integer_of_more_than_64_bits_keeps_its_magnitude(value):
    assert decode(through_sqlite(encode(CellValue(value)))).value == float(value)


@pytest.mark.parametrize("sign", [1, -1])
def test_that_an_integer_beyond_all_floats_becomes_infinite(sign):
    assert encode(CellValue(sign * 10**5000)).value == sign * math.inf


def test_that_not_a_number_is_an_empty_cell_because_sqlite_has_none():
    assert decode(through_sqlite(encode(CellValue(math.nan)))).kind is Kind.EMPTY


@given(st.text())
def test_that_any_text_can_be_stored_with_a_question_mark_for_what_is_no_unicode(text):
    cell = CellValue(text, units=text, summary_method=text)
    found = decode(through_sqlite(encode(cell)))
    expected = text.encode("utf-8", "replace").decode()
    assert (found.value, found.units, found.summary_method) == (expected, expected, expected)
    failure = decode(through_sqlite(encode(CellValue(Failure("E" + text, text))))).value
    assert failure == Failure("E" + expected, expected)


SQL_VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(), st.binary())


@given(SQL_VALUES, SQL_VALUES, SQL_VALUES, SQL_VALUES, SQL_VALUES, st.booleans())
def test_that_no_content_of_the_columns_raises(value, summary_type, method, max_diff, attributes, boolean):
    cell = decode(StoredValue(value, summary_type, method, max_diff, attributes), boolean=boolean)
    assert isinstance(cell.kind, Kind)
    assert isinstance(cell.summary_method, str)
    assert cell.max_diff is None or isinstance(cell.max_diff, float)


@given(
    st.sampled_from([NPY_MAGIC, PNG_MAGIC, b"", NPY_MAGIC + b"\x01\x00v\x00{'descr': ", NPY_MAGIC + b"\x03\x00"]),
    st.binary(max_size=300),
    st.sampled_from([None, "complex", "trendline", "numpy", "png", ""]),
)
def test_that_bytes_which_only_begin_well_never_raise(start, rest, summary_type):
    value = decode(StoredValue(start + rest, summary_type)).value
    assert isinstance(value, Failure | Picture | SmallArray | Trend | complex)


@pytest.mark.parametrize("length", range(0, 208, 9))
def test_that_a_truncated_array_is_a_failure(length):
    whole = npy_bytes(np.zeros((2, 5)))
    assert len(whole) == 208
    value = decode(StoredValue(whole[:length], "trendline")).value
    assert isinstance(value, Failure)
    assert value.error_cls == UNREADABLE


@pytest.mark.parametrize("shape", ["(1000000000000,)", "(2, 10000000000000)", "(-5,)", "(2.5,)", "'abc'", "(" * 300])
def test_that_a_header_which_promises_too_much_takes_no_memory(shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    raw = NPY_MAGIC + b"\x01\x00" + struct.pack("<H", len(header)) + header + bytes(80)
    assert isinstance(decode(StoredValue(raw, "trendline")).value, Failure)


def test_that_an_array_of_objects_is_never_unpickled():
    buffer = io.BytesIO()
    np.save(buffer, np.array([print, 1], dtype=object), allow_pickle=True)
    value = decode(StoredValue(buffer.getvalue(), "numpy")).value
    assert isinstance(value, Failure)
    assert "objects" in value.message


@pytest.mark.parametrize("array", [np.zeros(4), np.zeros((3, 4)), np.array([["a"], ["b"]]), np.zeros((2, 3), complex)])
def test_that_a_trend_line_of_another_form_is_a_failure(array):
    assert isinstance(decode(StoredValue(npy_bytes(array), "trendline")).value, Failure)


@pytest.mark.parametrize("raw", [b"", bytes(15), bytes(17)])
def test_that_a_complex_number_of_another_length_is_a_failure(raw):
    assert isinstance(decode(StoredValue(raw, "complex")).value, Failure)


@pytest.mark.parametrize("text", ["{", "[1]", "null", "7", "nonsense", b"\xff", 3, 2.5, "[" * 100_000, '{"error": "b'])
def test_that_unreadable_attributes_hide_no_value_but_mark_an_empty_cell(text):
    assert decode(StoredValue(1.5, attributes=text)).value == 1.5
    value = decode(StoredValue(None, attributes=text)).value
    assert isinstance(value, Failure)
    assert value.error_cls == UNREADABLE


@pytest.mark.parametrize(
    ("wrong", "background"),
    [
        ({"bold": "yes"}, None),
        ({"units": 5}, None),
        ({"background": [1, 2, 3, 4]}, (1, 2, 3)),
        ({"background": [1.4, 300, -7]}, (1, 255, 0)),
        ({"background": [1, 2]}, None),
        ({"background": [1, None, 3]}, None),
        ({"background": "#ff0000"}, None),
        ({"background": {}}, None),
        ({"error": 3, "error_cls": ["a"]}, None),
        ({"desk_type": 1}, None),
        ({"unknown": {"deep": [1]}}, None),
    ],
)
def test_that_one_wrong_attribute_leaves_the_value_and_the_others(wrong, background):
    cell = decode(StoredValue(7, attributes=json.dumps({"units": "mm", "bold": True} | wrong)))
    assert (cell.value, cell.background) == (7, background)
    assert cell.units == ("" if "units" in wrong else "mm")
    assert cell.bold is (None if "bold" in wrong else True)


def test_that_an_error_without_a_class_or_a_message_is_still_one():
    assert decode(StoredValue(attributes='{"error": ""}')).value == Failure("Error", "")
    assert decode(StoredValue(attributes='{"error_cls": "Skip"}')).value == Failure("Skip", "")
    assert decode(StoredValue(attributes='{"error": "\\u00b5", "error_cls": "X"}')).value == Failure("X", "µ")


@pytest.mark.parametrize(("raw", "value"), [(0, False), (1, True), (2, 2), (0.5, 0.5), ("1", "1"), (None, None)])
def test_that_only_0_and_1_of_a_boolean_variable_are_truth_values(raw, value):
    found = decode(StoredValue(raw), boolean=True).value
    assert (found, type(found)) == (value, type(value))


def test_that_numbers_stored_as_text_stay_text():
    assert decode(StoredValue("12.5", max_diff="3")).value == "12.5"
    assert decode(StoredValue("12.5", max_diff="3")).max_diff is None

"""Numbers of every type, and what those Variables get of them that ask for them."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Cell, Variable


def told(value):
    """What a dependant was given."""
    dtype, shape = getattr(value, "dtype", None), getattr(value, "shape", None)
    return f"{type(value).__module__}.{type(value).__qualname__} {dtype} {shape} {value!s:.60}"


@Variable(title="Numbers/an_int")
def an_int(run):
    return 7


@Variable(title="Given/an_int")
def given_an_int(run, value: "var#an_int"):
    return told(value)


@Variable(title="Numbers/negative")
def negative(run):
    return -7


@Variable(title="Given/negative")
def given_negative(run, value: "var#negative"):
    return told(value)


@Variable(title="Numbers/a_float")
def a_float(run):
    return 2.5


@Variable(title="Given/a_float")
def given_a_float(run, value: "var#a_float"):
    return told(value)


@Variable(title="Numbers/a_bool")
def a_bool(run):
    return True


@Variable(title="Given/a_bool")
def given_a_bool(run, value: "var#a_bool"):
    return told(value)


@Variable(title="Numbers/a_complex")
def a_complex(run):
    return 1 - 2j


@Variable(title="Given/a_complex")
def given_a_complex(run, value: "var#a_complex"):
    return told(value)


@Variable(title="Numbers/a_text")
def a_text(run):
    return "beam on"


@Variable(title="Given/a_text")
def also_given_a_text(run, value: "var#a_text"):
    return told(value)


@Variable(title="Numbers/zero_d")
def zero_d(run):
    return np.array(4)


@Variable(title="Given/zero_d")
def also_given_zero_d(run, value: "var#zero_d"):
    return told(value)


@Variable(title="Numbers/zero_d_float")
def zero_d_float(run):
    return np.array(0.5, dtype=np.float32)


@Variable(title="Given/zero_d_float")
def also_given_zero_d_float(run, value: "var#zero_d_float"):
    return told(value)


@Variable(title="Numbers/int8")
def int8(run):
    return np.int8(-128)


@Variable(title="Given/int8")
def given_int8(run, value: "var#int8"):
    return told(value)


@Variable(title="Numbers/int16")
def int16(run):
    return np.int16(-300)


@Variable(title="Given/int16")
def given_int16(run, value: "var#int16"):
    return told(value)


@Variable(title="Numbers/int32")
def int32(run):
    return np.int32(70000)


@Variable(title="Given/int32")
def given_int32(run, value: "var#int32"):
    return told(value)


@Variable(title="Numbers/int64")
def int64(run):
    return np.int64(-(2**62))


@Variable(title="Given/int64")
def given_int64(run, value: "var#int64"):
    return told(value)


@Variable(title="Numbers/uint8")
def uint8(run):
    return np.uint8(255)


@Variable(title="Given/uint8")
def given_uint8(run, value: "var#uint8"):
    return told(value)


@Variable(title="Numbers/uint16")
def uint16(run):
    return np.uint16(65535)


@Variable(title="Given/uint16")
def given_uint16(run, value: "var#uint16"):
    return told(value)


@Variable(title="Numbers/uint32")
def uint32(run):
    return np.uint32(2**32 - 1)


@Variable(title="Given/uint32")
def given_uint32(run, value: "var#uint32"):
    return told(value)


@Variable(title="Numbers/uint64")
def uint64(run):
    return np.uint64(2**63 - 1)


@Variable(title="Given/uint64")
def given_uint64(run, value: "var#uint64"):
    return told(value)


@Variable(title="Numbers/float16")
def float16(run):
    return np.float16(0.1)


@Variable(title="Given/float16")
def given_float16(run, value: "var#float16"):
    return told(value)


@Variable(title="Numbers/float32")
def float32(run):
    return np.float32(0.1)


@Variable(title="Given/float32")
def given_float32(run, value: "var#float32"):
    return told(value)


@Variable(title="Numbers/float64")
def float64(run):
    return np.float64(0.1)


@Variable(title="Given/float64")
def given_float64(run, value: "var#float64"):
    return told(value)


@Variable(title="Numbers/bool_")
def bool_(run):
    return np.bool_(True)


@Variable(title="Given/bool_")
def given_bool_(run, value: "var#bool_"):
    return told(value)


@Variable(title="Numbers/complex64")
def complex64(run):
    return np.complex64(1 + 1j)


@Variable(title="Given/complex64")
def given_complex64(run, value: "var#complex64"):
    return told(value)


@Variable(title="Numbers/complex128")
def complex128(run):
    return np.complex128(1 + 1j)


@Variable(title="Given/complex128")
def given_complex128(run, value: "var#complex128"):
    return told(value)


@Variable(title="Numbers/huge")
def huge(run):
    return 1e300


@Variable(title="Given/huge")
def given_huge(run, value: "var#huge"):
    return told(value)


@Variable(title="Numbers/tiny")
def tiny(run):
    return 5e-324


@Variable(title="Given/tiny")
def given_tiny(run, value: "var#tiny"):
    return told(value)


@Variable(title="Numbers/not_a_number")
def not_a_number(run):
    return np.float32("nan")


@Variable(title="Given/not_a_number")
def given_not_a_number(run, value: "var#not_a_number"):
    return told(value)


@Variable(title="Numbers/minus_infinity")
def minus_infinity(run):
    return -np.inf


@Variable(title="Given/minus_infinity")
def given_minus_infinity(run, value: "var#minus_infinity"):
    return told(value)


@Variable(title="Numbers/sum_of_ints")
def sum_of_ints(run):
    return np.arange(10).sum()


@Variable(title="Given/sum_of_ints")
def given_sum_of_ints(run, value: "var#sum_of_ints"):
    return told(value)


@Variable(title="Numbers/mean_of_floats")
def mean_of_floats(run):
    return np.arange(10.0).mean()


@Variable(title="Given/mean_of_floats")
def given_mean_of_floats(run, value: "var#mean_of_floats"):
    return told(value)


@Variable(title="Numbers/length")
def length(run):
    return len(run.train_ids)


@Variable(title="Given/length")
def given_length(run, value: "var#length"):
    return told(value)


@Variable(title="Numbers/a_list")
def a_list(run):
    return [1, 2, 3]


@Variable(title="Given/a_list")
def also_given_a_list(run, value: "var#a_list"):
    return told(value)


@Variable(title="Numbers/a_tuple")
def a_tuple(run):
    return (1, 2, 3)


@Variable(title="Given/a_tuple")
def also_given_a_tuple(run, value: "var#a_tuple"):
    return told(value)


@Variable(title="Numbers/a_range")
def a_range(run):
    return range(4)


@Variable(title="Given/a_range")
def also_given_a_range(run, value: "var#a_range"):
    return told(value)


@Variable(title="Numbers/list_of_floats")
def list_of_floats(run):
    return [0.5, 1]


@Variable(title="Given/list_of_floats")
def also_given_list_of_floats(run, value: "var#list_of_floats"):
    return told(value)


@Variable(title="Numbers/list_of_bools")
def list_of_bools(run):
    return [True, False]


@Variable(title="Given/list_of_bools")
def also_given_list_of_bools(run, value: "var#list_of_bools"):
    return told(value)


@Variable(title="Numbers/an_array")
def an_array(run):
    return np.arange(6, dtype=np.int16).reshape(2, 3)


@Variable(title="Given/an_array")
def also_given_an_array(run, value: "var#an_array"):
    return told(value)


@Variable(title="Numbers/in_a_cell")
def in_a_cell(run):
    return Cell(5, bold=True)


@Variable(title="Given/in_a_cell")
def given_in_a_cell(run, value: "var#in_a_cell"):
    return told(value)


@Variable(title="Numbers/in_a_cell_with_summary")
def in_a_cell_with_summary(run):
    return Cell(np.arange(4), summary="max")


@Variable(title="Given/in_a_cell_with_summary")
def also_given_in_a_cell_with_summary(run, value: "var#in_a_cell_with_summary"):
    return told(value)


@Variable(title="Numbers/only_a_summary")
def only_a_summary(run):
    return Cell(None, summary_value=3)


@Variable(title="Given/only_a_summary")
def also_given_only_a_summary(run, value: "var#only_a_summary"):
    return told(value)


@Variable(title="Used/as numpy's")
def used(run, count: "var#length", energy: "var#a_float", flag: "var#a_bool"):
    return count.astype(float) * energy.item() + count.shape.__len__() + flag.sum()


@Variable(title="Used/as Python's")
def used_plainly(run, count: "var#length", energy: "var#a_float", flag: "var#a_bool", text: "var#a_text"):
    return f"{int(count) + 1} {float(energy):.2f} {bool(flag)} {text.upper()} {list(range(count))[:2]} {count:d}"


@Variable(title="Used/in a glob")
def used_by_glob(run, values: "var#*int*"):
    return ", ".join(f"{name}={told(value)}" for name, value in sorted(values.items()))


@Variable(title="Used/with a default")
def used_default(run, value: "var#no_data" = 5):
    return told(value)


@Variable(title="Nothing")
def no_data(run):
    return None


@Variable(title="Used/if")
def used_if(run, flag: "var#a_bool", count: "var#an_int"):
    return "yes" if flag and count == 7 and flag == True else "no"  # noqa: E712

"""Failures of every class."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Variable


class OwnError(Exception):
    """An exception of the context file."""


class TwoArguments(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("cannot be printed")


@Variable(title="Failures/value_error")
def value_error(run):
    raise ValueError("wrong value")


@Variable(title="Needs/value_error")
def needs_value_error(run, value: "var#value_error"):
    return 1


@Variable(title="Failures/own_error")
def own_error(run):
    raise OwnError("our own")


@Variable(title="Needs/own_error")
def needs_own_error(run, value: "var#own_error"):
    return 1


@Variable(title="Failures/no_message")
def no_message(run):
    raise OwnError


@Variable(title="Needs/no_message")
def needs_no_message(run, value: "var#no_message"):
    return 1


@Variable(title="Failures/two_arguments")
def two_arguments(run):
    raise TwoArguments(5, "text")


@Variable(title="Needs/two_arguments")
def needs_two_arguments(run, value: "var#two_arguments"):
    return 1


@Variable(title="Failures/key_error")
def key_error(run):
    {}["missing"]


@Variable(title="Needs/key_error")
def needs_key_error(run, value: "var#key_error"):
    return 1


@Variable(title="Failures/index_error")
def index_error(run):
    [][3]


@Variable(title="Needs/index_error")
def needs_index_error(run, value: "var#index_error"):
    return 1


@Variable(title="Failures/zero_division")
def zero_division(run):
    return 1 / 0


@Variable(title="Needs/zero_division")
def needs_zero_division(run, value: "var#zero_division"):
    return 1


@Variable(title="Failures/attribute_error")
def attribute_error(run):
    return run.no_such_attribute


@Variable(title="Needs/attribute_error")
def needs_attribute_error(run, value: "var#attribute_error"):
    return 1


@Variable(title="Failures/name_error")
def name_error(run):
    return undefined_name


@Variable(title="Needs/name_error")
def needs_name_error(run, value: "var#name_error"):
    return 1


@Variable(title="Failures/type_error")
def type_error(run):
    return "a" + 1


@Variable(title="Needs/type_error")
def needs_type_error(run, value: "var#type_error"):
    return 1


@Variable(title="Failures/assertion")
def assertion(run):
    assert run is None


@Variable(title="Needs/assertion")
def needs_assertion(run, value: "var#assertion"):
    return 1


@Variable(title="Failures/assertion_with_text")
def assertion_with_text(run):
    assert run is None, "run is something"


@Variable(title="Needs/assertion_with_text")
def needs_assertion_with_text(run, value: "var#assertion_with_text"):
    return 1


@Variable(title="Failures/stop_iteration")
def stop_iteration(run):
    next(iter([]))


@Variable(title="Needs/stop_iteration")
def needs_stop_iteration(run, value: "var#stop_iteration"):
    return 1


@Variable(title="Failures/import_error")
def import_error(run):
    import no_such_package_at_all  # noqa: F401


@Variable(title="Needs/import_error")
def needs_import_error(run, value: "var#import_error"):
    return 1


@Variable(title="Failures/file_not_found")
def file_not_found(run):
    open("/no/such/file")  # noqa: PTH123, SIM115


@Variable(title="Needs/file_not_found")
def needs_file_not_found(run, value: "var#file_not_found"):
    return 1


@Variable(title="Failures/multi_line")
def multi_line(run):
    raise ValueError("first\nsecond\n  third")


@Variable(title="Needs/multi_line")
def needs_multi_line(run, value: "var#multi_line"):
    return 1


@Variable(title="Failures/unicode")
def unicode(run):
    raise ValueError("µJ – 静")


@Variable(title="Needs/unicode")
def needs_unicode(run, value: "var#unicode"):
    return 1


@Variable(title="Failures/long")
def long(run):
    raise ValueError("x" * 3000)


@Variable(title="Needs/long")
def needs_long(run, value: "var#long"):
    return 1


@Variable(title="Failures/recursion")
def recursion(run):
    return recursion.func(run)


@Variable(title="Needs/recursion")
def needs_recursion(run, value: "var#recursion"):
    return 1


@Variable(title="Failures/memory")
def memory(run):
    raise MemoryError


@Variable(title="Needs/memory")
def needs_memory(run, value: "var#memory"):
    return 1


@Variable(title="Failures/os_error")
def os_error(run):
    raise OSError(28, "No space left on device")


@Variable(title="Needs/os_error")
def needs_os_error(run, value: "var#os_error"):
    return 1


@Variable(title="Failures/chained")
def chained(run):
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("in consequence") from error


@Variable(title="Needs/chained")
def needs_chained(run, value: "var#chained"):
    return 1


@Variable(title="Failures/numpy_error")
def numpy_error(run):
    np.zeros(3) + np.zeros(4)


@Variable(title="Needs/numpy_error")
def needs_numpy_error(run, value: "var#numpy_error"):
    return 1


@Variable(title="Failures/linalg")
def linalg(run):
    np.linalg.inv(np.zeros((2, 2)))


@Variable(title="Needs/linalg")
def needs_linalg(run, value: "var#linalg"):
    return 1


@Variable(title="Failures/missing_source")
def missing_source(run):
    run["NO/SUCH/SOURCE", "key"]


@Variable(title="Needs/missing_source")
def needs_missing_source(run, value: "var#missing_source"):
    return 1


@Variable(title="Failures/missing_source_alone")
def missing_source_alone(run):
    run["NO/SUCH/SOURCE"]


@Variable(title="Needs/missing_source_alone")
def needs_missing_source_alone(run, value: "var#missing_source_alone"):
    return 1


@Variable(title="Failures/missing_source_select")
def missing_source_select(run):
    run.select("NO/SUCH/*")


@Variable(title="Needs/missing_source_select")
def needs_missing_source_select(run, value: "var#missing_source_select"):
    return 1


@Variable(title="Failures/missing_key")
def missing_key(run):
    run["SA3_XTD10_XGM/XGM/DOOCS", "no.key"]


@Variable(title="Needs/missing_key")
def needs_missing_key(run, value: "var#missing_key"):
    return 1


@Variable(title="Failures/missing_run_value")
def missing_run_value(run):
    run.get_run_value("SA3_XTD10_XGM/XGM/DOOCS", "no.key")


@Variable(title="Needs/missing_run_value")
def needs_missing_run_value(run, value: "var#missing_run_value"):
    return 1


@Variable(title="Failures/missing_alias")
def missing_alias(run):
    run.alias["energy"]


@Variable(title="Needs/missing_alias")
def needs_missing_alias(run, value: "var#missing_alias"):
    return 1


@Variable(title="Failures/no_train")
def no_train(run):
    run.train_from_id(1)


@Variable(title="Needs/no_train")
def needs_no_train(run, value: "var#no_train"):
    return 1


@Variable(title="Failures/exception_group")
def exception_group(run):
    raise ExceptionGroup("several", [ValueError("a")])


@Variable(title="Needs/exception_group")
def needs_exception_group(run, value: "var#exception_group"):
    return 1


@Variable(title="Failures/not_implemented")
def not_implemented(run):
    raise NotImplementedError


@Variable(title="Needs/not_implemented")
def needs_not_implemented(run, value: "var#not_implemented"):
    return 1


@Variable(title="Failures/timeout")
def timeout(run):
    raise TimeoutError("too late")


@Variable(title="Needs/timeout")
def needs_timeout(run, value: "var#timeout"):
    return 1

"""Runs in which something is not there: Skip, None, defaults, failures further up."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

from damnit_ctx import Cell, Skip, Variable


class NoBeam(Skip):
    """A reason of our own."""


@Variable(title="Skips/With a reason")
def skipped(run):
    raise Skip("no laser today")


@Variable(title="Skips/Without a reason")
def skipped_silently(run):
    raise Skip


@Variable(title="Skips/A class of our own")
def no_beam(run):
    raise NoBeam("beam off")


@Variable(title="Skips/Long reason")
def long_reason(run):
    raise Skip("first line\nsecond line – with µ")


@Variable(title="Nothing")
def nothing(run):
    return None


@Variable(title="Missing source")
def missing(run):
    return run["SCS_ILH_LAS/MOTOR/LT3", "actualPosition"].ndarray()


@Variable(title="Missing key")
def missing_key(run):
    return run["SA3_XTD10_XGM/XGM/DOOCS", "actualPosition"].ndarray()


@Variable(title="Broken")
def broken(run):
    return 1 / 0


@Variable(title="Fine")
def fine(run):
    return 1


@Variable(title="Needs/Skipped")
def needs_skipped(run, value: "var#skipped"):
    return value


@Variable(title="Needs/Class of our own")
def needs_no_beam(run, value: "var#no_beam"):
    return value


@Variable(title="Needs/Nothing")
def needs_nothing(run, value: "var#nothing"):
    return value


@Variable(title="Needs/Missing")
def needs_missing(run, value: "var#missing"):
    return value


@Variable(title="Needs/Missing key")
def needs_missing_key(run, value: "var#missing_key"):
    return value


@Variable(title="Needs/Broken")
def needs_broken(run, value: "var#broken"):
    return value


@Variable(title="Needs/Broken and skipped")
def needs_both(run, one: "var#broken", two: "var#skipped"):
    return one


@Variable(title="Needs/Nothing and missing")
def needs_excused(run, one: "var#nothing", two: "var#missing"):
    return one


@Variable(title="Needs/Second level")
def needs_needs(run, value: "var#needs_both", fine: "var#fine"):
    return value


@Variable(title="Needs/Second level of skips")
def needs_needs_skipped(run, value: "var#needs_skipped"):
    return value


@Variable(title="Defaults/Skipped")
def default_skipped(run, value: "var#skipped" = "default"):
    return value


@Variable(title="Defaults/None")
def default_none(run, value: "var#broken" = None):
    return "no value" if value is None else value


@Variable(title="Defaults/One of two")
def default_one(run, one: "var#fine", two: "var#missing" = 10):
    return one + two


@Variable(title="Defaults/Not used")
def default_unused(run, one: "var#fine" = 10):
    return one


@Variable(title="Sometimes")
def sometimes(run, number: "meta#run_number"):
    if number % 2:
        return Cell(number)
    return None

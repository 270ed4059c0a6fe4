"""Variables written in unusual ways."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import functools

import numpy as np
from damnit_ctx import Variable

for number in (1, 2):

    def of_loop(run, number=number):
        return number

    of_loop.__name__ = f"of_loop_{number}"
    globals()[of_loop.__name__] = Variable(title=f"Loop/{number}")(of_loop)


def factory(name, value):
    def made(run):
        return value

    made.__name__ = name
    return Variable(title=f"Factory/{name}")(made)


made_a = factory("made_a", 5)
made_b = factory("made_b", "text")


def checked(function):
    @functools.wraps(function)
    def wrapper(run, *args, **kwargs):
        return function(run, *args, **kwargs)

    return wrapper


@Variable(title="Decorated")
@checked
def decorated(run):
    return 3


@Variable(title="Decorated with a dependency")
@checked
def decorated_dependant(run, value: "var#decorated"):
    return int(value) + 1


@Variable(title="Dependant")
def dependant(run, value: "var#decorated"):
    return int(value)


@Variable(title="Keyword only")
def keyword_only(run, *, value: "var#decorated", factor=2):
    return int(value) * factor


@Variable(title="Another name for the run")
def other_name(r):
    return len(r.train_ids)


@Variable(title="Plain default")
def plain_default(run, factor=4):
    return factor


@Variable
def _private(run):
    return 1


@Variable(title="  spaces around  ")
def spaces(run):
    return 1


@Variable(title="Deep/er/and/deeper")
def deep(run):
    return 1


@Variable(title="", tags=())
def no_title(run):
    return 1


@Variable(title="Umlaut µ ü", description="Line one\n\n  Line two")
def ümlaut(run):
    return 1


if np.__version__:

    @Variable(title="Conditional")
    def conditional(run):
        return 1


@Variable(title="A long docstring")
def documented(run):
    """
    First line.

        Indented.
    Last line.
    """
    return 1

"""Patterns: many Variables at once."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

from damnit_ctx import Variable


@Variable(title="Detector 1")
def detector_1(run):
    return 1.5


@Variable(title="Detector 2")
def detector_2(run):
    return 2.5


@Variable(title="Detector 3")
def detector_3(run):
    raise RuntimeError("off")


@Variable(title="Detector without data")
def detector_none(run):
    return None


@Variable(title="Camera")
def camera(run):
    raise RuntimeError("off")


@Variable(transient=True)
def hidden_list(run):
    return [1, 2, object()]


@Variable(title="All detectors")
def names(run, found: "var#detector_*"):
    return ", ".join(f"{name}={value}" for name, value in found.items())


@Variable(title="One character")
def one_character(run, found: "var#detector_?"):
    return ", ".join(sorted(found))


@Variable(title="A range")
def some(run, found: "var#detector_[12]"):
    return sum(found.values())


@Variable(title="Only failures")
def only_failures(run, found: "var#cam*"):
    return len(found)


@Variable(title="Only failures, default")
def only_failures_default(run, found: "var#cam*" = None):
    return "none" if found is None else len(found)


@Variable(title="Hidden too")
def hidden(run, found: "var#hidden_*"):
    return len(found["hidden_list"])


@Variable(title="Detectors and a default")
def mixed(run, found: "var#detector_*", other: "var#camera" = 4):
    return f"{len(found)} {other}"

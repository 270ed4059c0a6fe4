"""A context file with helpers and files beside it."""

# ruff: noqa: ARG001, F401, F821, PTH123, SIM115 -- Variables take a run they may not use; as people open files

import json
import logging
import sys
import warnings
from pathlib import Path

import own_helpers
from damnit_ctx import Variable
from own_helpers import FACTOR, from_helper, mean_energy
from own_package.deeper import Detector

HERE = Path.cwd()
CALIBRATION = json.load(open("calibration.json"))
log = logging.getLogger(__name__)
log.info("the context file is loaded")
print("printed when loaded")


@Variable(title="By a helper")
def energy(run):
    return FACTOR * mean_energy(run, "SA3_XTD10_XGM/XGM/DOOCS")


@Variable(title="From a package")
def detector(run):
    return Detector("diode").describe()


@Variable(title="Files/In the folder")
def beside(run):
    return json.loads((HERE / "calibration.json").read_text())["offset"]


@Variable(title="Files/Opened when loaded")
def at_load(run):
    return CALIBRATION["offset"]


@Variable(title="Files/Relative, in a Variable")
def relative(run):
    with open("calibration.json") as file:
        return json.load(file)["name"]


@Variable(title="Surroundings/working directory")
def working_directory(run):
    return str(Path.cwd() == HERE.resolve())


@Variable(title="Surroundings/context file in sys.path")
def in_path(run):
    return str(str(HERE) in sys.path or "" in sys.path)


@Variable(title="Surroundings/module of helpers")
def module(run):
    return own_helpers.__name__


@Variable(title="Says a lot")
def talkative(run):
    print("printed", "in", "a Variable")
    print("to standard error", file=sys.stderr)
    logging.warning("logged by the root logger")
    log.error("logged by our logger")
    warnings.warn("a warning", stacklevel=1)
    return 1


counter = 0


@Variable(title="Globals/counted")
def counted(run):
    global counter
    counter += 1
    return counter


@Variable(title="Globals/seen")
def counted_twice(run, before: "var#counted"):
    return counter


if __name__ == "__main__":
    raise SystemExit("a context file is imported")

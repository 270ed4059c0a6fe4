"""Pipelines inside of Variables."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import tempfile
from pathlib import Path

import h5py
import numpy as np
from damnit_ctx import Pipeline, Variable


@Variable(title="Data")
def data(run):
    return np.arange(12.0).reshape(3, 4)


@Variable
def total(array):
    """The first argument is what the pipeline is executed on: here an array, in the run table the run itself."""
    return np.sum(array) if isinstance(array, np.ndarray) else len(array.train_ids)


@Variable(title="Mean of rows", summary="max")
def rows(array):
    return array.mean(axis=1)


@Variable(title="Scaled")
def scaled(array, total: "var#total", factor: "param#factor" = 1):
    return factor * array / total


steps = Pipeline(1, 2).add(total, rows, scaled)


@Variable(title="Results of a pipeline")
def results(run, data: "var#data"):
    found = steps.execute(data=data, param_values={"factor": 10})
    return f"{found.cells['total'].data} {found.cells['rows'].data.tolist()} {found.cells['scaled'].data.sum():.3f}"


@Variable(title="Its errors")
def errors(run):
    found = steps.execute(data="no array")
    return ", ".join(f"{name}: {type(error).__name__}" for name, error in sorted(found.errors.items()))


@Variable(title="Saved by a pipeline")
def saved(run, data: "var#data"):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.h5"
        steps.execute(data=data).save_hdf5(path)
        with h5py.File(path) as file:
            return ", ".join(sorted(name for name in file if not name.startswith(".")))


@Variable(title="Selected")
def selected(run, data: "var#data"):
    return ", ".join(sorted(steps.select(variables=["scaled"]).execute(data=data).cells))


@Variable(title="Names of Variables")
def names(run):
    return ", ".join(sorted(steps.vars))


@Variable(title="From text")
def from_text(run):
    text = "from damnit_ctx import Variable\n@Variable(title='Inner')\ndef inner(run):\n    return 2 * run\n"
    return Pipeline.from_str(text).with_context(proposal=1, run_number=2).execute(data=21).cells["inner"].data

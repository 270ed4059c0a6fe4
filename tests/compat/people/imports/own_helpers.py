"""Helpers of a context file, beside it."""

from damnit_ctx import Variable

FACTOR = 2


def mean_energy(run, xgm):
    return run[f"{xgm}:output", "data.intensityTD"].ndarray()[:, :30].mean()


@Variable(title="Variable of a helper")
def from_helper(run):
    return len(run.train_ids)

"""SCS: DSSC, two sequence files for each module."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Cell, Variable
from extra_data.components import DSSC1M


@Variable(title="Run/Trains")
def n_trains(run):
    return np.int64(len(run.train_ids))


@Variable(title="Run/Files")
def n_files(run):
    return len(run.files)


@Variable(title="DSSC/Modules")
def modules(run):
    return sorted(DSSC1M(run).modno_to_source)


@Variable(transient=True)
def dssc(run):
    return DSSC1M(run, modules=[0, 1])


@Variable(title="DSSC/First frames", cluster=True)
def first_frames(run, dssc: "var#dssc"):
    frames = dssc["image.data"].select_trains(np.s_[:1]).select_pulses(np.s_[:2]).ndarray()
    return Cell(frames, preview=frames.reshape(-1, 512))


@Variable(title="DSSC/Counts", units="ADU")
def counts(run, frames: "var#first_frames"):
    return frames.astype(float).mean()


@Variable(title="DSSC/Start of the second sequence")
def second_sequence(run):
    return run["SCS_DET_DSSC1M-1/DET/0CH0:xtdf", "image.trainId"].ndarray()[64 * 64, 0]

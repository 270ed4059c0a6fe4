"""The first context file of a beamtime: slow data, titles in groups, summaries."""

# ruff: noqa: ARG001 -- Variables take a run they may not use

import numpy as np
from damnit_ctx import Variable

XGM = "SA3_XTD10_XGM/XGM/DOOCS"
MOTOR = "SA3_XTD10_MCP/MOTOR/X2"


@Variable
def n_trains(run):
    """Number of trains"""
    return len(run.train_ids)


@Variable()
def first_train(run):
    return run.train_ids[0]


@Variable("Trains/Last")
def last_train(run):
    return run.train_ids[-1]


@Variable("XGM/Energy", summary="mean", units="uJ", tags="XGM")
def xgm_energy(run):
    return run[f"{XGM}:output", "data.intensityTD"].xarray()[:, :30].mean("dim_0")


@Variable(title="XGM/All pulses", description="Every pulse of every train", tags=["XGM", "slow"])
def xgm_pulses(run):
    """Not shown: there is a description."""
    return run[f"{XGM}:output", "data.intensityTD"].ndarray(roi=np.s_[:30])


@Variable(title="XGM/Wavelength [nm]")
def wavelength(run):
    return run[XGM, "pulseEnergy.wavelengthUsed"].as_single_value()


@Variable(title="Motor/Position", summary="nanmean", units="mm")
def motor(run):
    return run[MOTOR, "actualPosition"].xarray()


@Variable(title="Motor/Position, no summary", units="mm")
def motor_trend(run):
    return run[MOTOR, "actualPosition"].xarray()


@Variable(title="Motor/Steps", summary="size")
def steps(run):
    return np.unique(run[MOTOR, "actualPosition"].ndarray().round(1))


@Variable(title="Motor/Moved?")
def moved(run):
    return run[MOTOR, "actualPosition"].ndarray().std() > 0.1


@Variable(title="Summaries/std", summary="std")
def by_std(run):
    return run[MOTOR, "actualPosition"].ndarray()


@Variable(title="Summaries/argmax", summary="argmax")
def by_argmax(run):
    return run[MOTOR, "actualPosition"].ndarray()


@Variable(title="Summaries/count_nonzero", summary="count_nonzero")
def by_count_nonzero(run):
    return run[MOTOR, "actualPosition"].ndarray() > 2


@Variable(title="Summaries/any", summary="any")
def by_any(run):
    return run[MOTOR, "actualPosition"].ndarray() > 2


@Variable(title="Summaries/ptp of an image", summary="ptp")
def by_ptp(run):
    return run[f"{XGM}:output", "data.intensityTD"].ndarray()[:, :4]


@Variable(title="Summaries/nanmedian of a DataArray", summary="nanmedian")
def by_nanmedian(run):
    return run[f"{XGM}:output", "data.intensityTD"].xarray()[:, :4]


@Variable(title="Summaries/cumsum", summary="cumsum")
def by_cumsum(run):
    return np.arange(5.0)


@Variable(title="Summaries/shape", summary="shape")
def by_shape(run):
    return np.zeros((4, 6))


@Variable(title="Summaries/misspelt", summary="avarage")
def by_nothing(run):
    return np.arange(5.0)


@Variable(title="Summaries/needs more arguments", summary="percentile")
def by_percentile(run):
    return np.arange(5.0)


@Variable(title="Summaries/of a number", summary="mean")
def of_number(run):
    return 3


@Variable(title="Summaries/of a text", summary="max")
def of_text(run):
    return "text"


@Variable(title="Summaries/of a list", summary="max")
def of_list(run):
    return [1, 5, 3]


@Variable(title="Summaries/of bool", summary="mean")
def of_bool(run):
    return np.array([True, False])


@Variable(title="Summaries/of nothing", summary="mean")
def of_nothing(run):
    return np.array([])

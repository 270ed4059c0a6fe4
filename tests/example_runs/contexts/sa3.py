"""The SASE3 tunnel: slow data of many devices, cameras that lack trains, sources without data."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
import pandas as pd
from damnit_ctx import Skip, Variable

XGM = "SA3_XTD10_XGM/XGM/DOOCS"
MOTOR = "SA3_XTD10_MCP/MOTOR/X2"


@Variable(title="XGM/Energy", units="µJ", summary="nanmedian")
def energy(run):
    return run[f"{XGM}:output", "data.intensityTD"].xarray()[:, :30].mean("dim_0")


@Variable(title="XGM/Energy by hand")
def energy_twice(run, energy: "var#energy"):
    return pd.Series(2 * energy.values, index=energy["trainId"].values, name="twice")


@Variable(title="Vacuum/Temperatures")
def temperatures(run):
    values = {s[-7:]: run[s, "value"].ndarray().mean() for s in sorted(run.select("*/TSENS/*").control_sources)}
    return pd.DataFrame({"mean": values})


@Variable(title="Motor/Position", units="mm", summary="ptp")
def position(run):
    return run[MOTOR, "actualPosition"].ndarray()


@Variable(title="Motor/Steps")
def steps(run, position: "var#position"):
    if position.std() < 0.01:
        raise Skip("the motor did not move")
    return len(np.unique(position.round()))


@Variable(title="Motor/At the start")
def at_start(run):
    return run.get_run_value(MOTOR, "targetPosition")


@Variable(title="Motor/First value")
def first_value(run):
    return run[MOTOR].run_value("actualPosition")


@Variable(title="Camera/Images")
def images(run):
    return run["SA3_XTD10_IMGFEL/CAM/BEAMVIEW2:daqOutput", "data.image.pixels"].data_counts(labelled=False)


@Variable(title="Camera/None at all")
def no_images(run):
    shape = run["SA3_XTD10_IMGFEL/CAM/BEAMVIEW:daqOutput", "data.image.pixels"].shape
    return int(shape[0])


@Variable(title="Digitizer/Trace")
def trace(run):
    return run["SQS_DIGITIZER_UTC4/ADC/1:network", "digitizers.channel_1_A.raw.samples"].ndarray()[0]


@Variable(title="Wrong key")
def wrong_key(run):
    return run[MOTOR, "actualPositon"].ndarray()

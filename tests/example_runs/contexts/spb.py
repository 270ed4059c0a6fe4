"""SPB: AGIPD with two XGMs and a side microscope."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
import xarray as xr
from damnit_ctx import Cell, Skip, Variable
from extra_data.components import AGIPD1M
from matplotlib.figure import Figure

XGM_SASE = "SA1_XTD2_XGM/DOOCS/MAIN"
XGM_SPB = "SPB_XTD9_XGM/DOOCS/MAIN"
SIDEMIC = "SPB_IRU_CAM/CAM/SIDEMIC:daqOutput"
MODULES = [0, 7, 15]


def intensity(run, xgm):
    """Per train and pulse; 1 stands for pulses that are not there."""
    energy = run[f"{xgm}:output", "data.intensityTD"].xarray(extra_dims=["pulse"])
    return energy.where(energy > 1).dropna("pulse", how="all")


@Variable(title="Run/Trains")
def n_trains(run):
    return len(run.train_ids)


@Variable(title="Run/Sources", description="How many sources the run has.")
def n_sources(run):
    return len(run.all_sources)


@Variable(title="XGM/Pulse energy", units="µJ", summary="nanmean", tags="xgm")
def energy(run):
    return intensity(run, XGM_SPB).mean("pulse")


@Variable(title="XGM/Energy per pulse", units="µJ", tags=["xgm", "pulses"])
def energy_of_pulses(run):
    return intensity(run, XGM_SPB)


@Variable(title="XGM/Pulses")
def n_pulses(run, energy_of_pulses: "var#energy_of_pulses"):
    return energy_of_pulses.sizes["pulse"]


@Variable(title="XGM/Transmission", units="%")
def transmission(run, energy: "var#energy"):
    upstream = intensity(run, XGM_SASE).mean("pulse")
    return Cell(100 * float((energy / upstream).mean()), bold=True)


@Variable(title="XGM/Beam position")
def beam_position(run):
    return run.get_dataframe(fields=[(f"{XGM_SPB}*", "*.i[xy]Pos")]).sort_index(axis=1)


@Variable(title="XGM/State")
def state(run):
    return run[XGM_SPB, "state"].ndarray()[-1]


@Variable(title="XGM/Units in the file")
def units(run):
    return run[f"{XGM_SPB}:output", "data.intensityTD"].units


@Variable(title="Side microscope/Mean")
def sidemic(run):
    return run[SIDEMIC, "data.image.pixels"].xarray().mean("trainId")


@Variable(title="Side microscope/Profiles")
def profiles(run, image: "var#sidemic"):
    figure = Figure()
    axes = figure.subplots(1, 2)
    axes[0].plot(image.mean("dim_0"))
    axes[1].plot(image.mean("dim_1"))
    return figure


@Variable(title="AGIPD/Modules")
def agipd_modules(run):
    return AGIPD1M(run, min_modules=1).n_modules


@Variable(title="AGIPD/Frames per train", data="raw")
def agipd_frames(run):
    return AGIPD1M(run).frames_per_train


@Variable(title="AGIPD/First frame", data="proc")
def agipd_first(run):
    agipd = AGIPD1M(run, modules=MODULES)
    return agipd["image.data"].select_trains(np.s_[:1]).select_pulses(np.s_[:1]).xarray().squeeze(drop=True)


@Variable(title="AGIPD/Mean intensity of modules")
def agipd_intensity(run, first: "var#agipd_first"):
    return first.mean(first.dims[1:])


@Variable(title="AGIPD/Brightest module")
def agipd_brightest(run, intensity: "var#agipd_intensity"):
    return int(intensity.idxmax())


@Variable(title="AGIPD/Masked pixels", data="proc")
def agipd_masked(run):
    first = AGIPD1M(run, modules=[15])["image.mask"].select_trains(np.s_[:1])
    return int((first.select_pulses(np.s_[:1]).ndarray() != 0).sum())


@Variable(title="Pump laser/Delay", units="ps")
def delay(run):
    return run["SPB_LAS_SYS/MOTOR/DELAY", "actualPosition"].xarray().mean()


@Variable(title="Pump laser/Delay on")
def delay_on(run, delay: "var#delay"):
    return delay > 0


@Variable(title="Slow data as a Dataset")
def slow(run):
    if XGM_SPB not in run.control_sources:
        raise Skip("the run has no XGM")
    return xr.Dataset({axis: run[XGM_SPB, f"beamPosition.{axis}"].xarray() for axis in ("ixPos", "iyPos")})

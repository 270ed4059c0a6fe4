"""JUNGFRAU detectors, of eight modules and of one."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Variable
from extra_data.components import JUNGFRAU


@Variable(title="JF4M/Image")
def image(run):
    jungfrau = JUNGFRAU(run, detector_name="SPB_IRDA_JF4M", modules=[1, 2])
    return jungfrau["data.adc"].select_trains(np.s_[:1]).ndarray()[:, 0, 0]


@Variable(title="JF4M/Corner", summary="max")
def corner(run, image: "var#image"):
    return image[:, :4, :4]


@Variable(title="JF4M/Modules")
def modules(run):
    return JUNGFRAU(run, detector_name="SPB_IRDA_JF4M").n_modules


@Variable(title="JF500K/Mask")
def mask(run):
    jungfrau = JUNGFRAU(run, detector_name="FXE_XAD_JF500K")
    return jungfrau["data.mask"].select_trains(np.s_[:1]).ndarray()[0, 0, 0]


@Variable(title="JF4M/Temperature", units="°C", summary="mean")
def temperature(run):
    return run["SPB_IRDA_JF4M/MDL/MONITOR", "module1.fpgaTemperature"].xarray()

"""An example context file: what the run table shows of the simulated beamtime.

Each function below is a *Variable*: a column of the table. DAMNIT calls it once for every new run, with the run as
EXtra-data opens it, and shows what it returns. Change a Variable, save the file, and the next run uses it.
"""

import numpy as np
import xarray as xr
from damnit_ctx import Cell, Skip, Variable
from matplotlib.figure import Figure

# The names of the sources, as EXtra-data lists them for a run: `run.info()`.
XGM = "SIM_XTD1_XGM/XGM/DOOCS"
XGM_FAST = "SIM_XTD1_XGM/XGM/DOOCS:output"
UNDULATOR = "SIM_XTD1_UND/DOOCS/PHOTON_ENERGY"
MOTOR = "SIM_EXP_JET/MOTOR/X"
RUN_INFO = "SIM_EXP_CTRL/MDL/RUN_INFO"
CAMERA = "SIM_EXP_JET/CAM/SCREEN:daqOutput"
DIODE = "SIM_EXP_DIODE/ADC/TRANSMISSION:network"
DETECTOR = "SIM_EXP_EPIX/DET/RECEIVER:daqOutput"

CAMERA_NOISE = 3  # counts, in a profile
DIODE_COUNTS_PER_UJ = 8.0
HIT_THRESHOLD = 0.3  # photons a pixel, averaged over the detector


# --- Text and numbers -------------------------------------------------------------------------------------------


# A slash in the title groups columns under a common header.
@Variable("Run/Sample", tags="overview")
def sample(run):
    """What was in the jet."""
    return str(run[RUN_INFO, "sampleName"].as_single_value())


@Variable("Run/Type", tags="overview")
def run_type(run):
    """Why the run was taken."""
    return str(run[RUN_INFO, "runType"].as_single_value())


@Variable("Run/Trains", tags="overview")
def n_trains(run):
    """How many trains the run has."""
    return len(run.train_ids)


# `meta#…` is something known about the run, `var#…` the result of another Variable.
@Variable("Run/Label")
def label(run, number: "meta#run_number", sample: "var#sample"):
    """A name for plots and the logbook."""
    return f"r{number:04d}, {sample}"


@Variable("XGM/Photon energy", units="keV", tags="xgm")
def photon_energy(run):
    """Photon energy that the undulators are set to."""
    return run[UNDULATOR, "actualPosition"].ndarray().mean()


# In a dark run there are no pulses, and this divides by zero: the cell says so. Other cells are not affected.
# Where you know of such a case, raise Skip, as `transmission` does.
@Variable("XGM/Pulse spacing", units="µs", tags="xgm")
def pulse_spacing(run):
    """Time between two pulses in the 600 µs of a train."""
    pulses = int(run[XGM, "pulseEnergy.numberOfBunchesActual"].as_single_value())
    return 600 / pulses


# --- Arrays -----------------------------------------------------------------------------------------------------


# A transient result is handed to the Variables that ask for it, and not saved.
@Variable(transient=True)
def xgm_energies(run):
    """Energy of each pulse in µJ: trains x pulses."""
    return run[XGM_FAST, "data.intensityTD"].xarray(extra_dims=["pulse"])


# The whole array is saved; the table shows its mean, as `summary` says.
@Variable("XGM/Pulse energy", summary="mean", units="µJ", tags=["xgm", "overview"])
def pulse_energy(run, energies: "var#xgm_energies"):
    """Energy of all pulses."""
    return energies


# One-dimensional data without a summary make a sparkline.
@Variable("XGM/Along the run", units="µJ", tags="xgm")
def energy_along_run(run, energies: "var#xgm_energies"):
    """Mean pulse energy of each train."""
    return energies.mean("pulse")


@Variable("Jet/Motor", units="mm", tags="jet")
def motor(run):
    """Position of the jet's motor."""
    return run[MOTOR, "actualPosition"].xarray()


# --- Images -----------------------------------------------------------------------------------------------------


# Two-dimensional data make a thumbnail. If the camera was not recorded, EXtra-data raises SourceNameError:
# the cell says that the source is missing, and Variables that need this one are skipped.
@Variable("Camera/Mean image", tags="camera")
def camera_image(run):
    """The screen, averaged over the run."""
    return run[CAMERA, "data.image.pixels"].ndarray().mean(axis=0)


# A Cell says more about how a result is shown: here a number in bold if the spot moved, and on opening
# the cell its profile.
@Variable("Camera/Spot position", units="px", tags="camera")
def spot_position(run, mean_image: "var#camera_image", kind: "var#run_type"):
    """Horizontal centre of the beam spot in each train."""
    if kind == "Dark":
        raise Skip("dark run")
    profile = run[CAMERA, "data.image.pixels"].xarray(extra_dims=["y", "x"]).mean("y")
    profile = (profile - profile.median("x") - CAMERA_NOISE).clip(min=0)
    centre = (profile * np.arange(profile.sizes["x"])).sum("x") / profile.sum("x")
    return Cell(centre, summary="mean", bold=bool(centre.std() > 1), preview=mean_image.mean(axis=0))


# --- Dependencies, Skip and figures -----------------------------------------------------------------------------


@Variable("Diode/Signal", summary="mean", units="counts", tags="diode")
def diode_signal(run, energies: "var#xgm_energies"):
    """Height of the diode's peak, averaged over the pulses of each train."""
    trace = run[DIODE, "data.trace"].xarray(extra_dims=["sample"])
    pulses = energies.sizes["pulse"]
    spacing = trace.sizes["sample"] // pulses
    windows = trace.values[:, : pulses * spacing].reshape(-1, pulses, spacing)
    return xr.DataArray(windows.max(axis=2).mean(axis=1), dims="trainId", coords={"trainId": trace.trainId})


@Variable("Diode/Transmission", summary="mean", tags=["diode", "overview"])
def transmission(run, signal: "var#diode_signal", energies: "var#xgm_energies", kind: "var#run_type"):
    """Part of the beam that passes the jet, in each train."""
    if kind == "Dark":
        raise Skip("dark run")
    return signal / DIODE_COUNTS_PER_UJ / energies.mean("pulse").values


@Variable("Jet/Centre", units="mm", tags="jet")
def jet_centre(run, position: "var#motor", transmission: "var#transmission", kind: "var#run_type"):
    """Where the jet is: the mean position, weighted with what it absorbs."""
    if kind != "Jet scan":
        raise Skip("no scan of the jet")
    absorption = (1 - transmission).clip(min=0)
    return float((position * absorption).sum() / absorption.sum())


# Make figures with matplotlib's Figure, not with pyplot, which keeps every figure in memory.
@Variable("Jet/Scan", tags="jet")
def jet_scan(run, position: "var#motor", transmission: "var#transmission", centre: "var#jet_centre", name: "var#label"):
    """Transmission against motor position."""
    figure = Figure(figsize=(5, 3.5), layout="tight")
    axes = figure.subplots()
    axes.plot(position, transmission, ".", alpha=0.5)
    axes.axvline(centre, color="C1", label=f"jet at {centre:.3f} mm")
    axes.set(xlabel="Motor position (mm)", ylabel="Transmission", title=name)
    axes.legend()
    return figure


# --- Calibrated data --------------------------------------------------------------------------------------------


# With data="proc" a Variable waits for the calibrated data of the run.
@Variable("Detector/Mean image", data="proc", tags="detector")
def detector_image(run):
    """Photons a pixel, averaged over the run; bad pixels are NaN."""
    return run[DETECTOR, "data.image.pixels"].ndarray().mean(axis=0)


@Variable("Detector/Ring radius", data="proc", units="px", tags="detector")
def ring_radius(run, image: "var#detector_image"):
    """Radius of the brightest ring; the radial profile is saved with it."""
    y, x = np.indices(image.shape)
    centre_y, centre_x = (length / 2 - 0.5 for length in image.shape)
    radius = np.hypot(y - centre_y, x - centre_x)
    good = np.isfinite(image)
    rings = radius[good].astype(int)
    profile = np.bincount(rings, weights=image[good]) / np.maximum(np.bincount(rings), 1)
    return Cell(profile, summary_value=int(profile.argmax()), bold=False)


@Variable("Detector/Hit rate", data="proc", units="%", tags=["detector", "overview"])
def hit_rate(run):
    """Trains with scattering from a particle: red below 20 %, green above 40 %."""
    photons = run[DETECTOR, "data.image.pixels"].xarray(extra_dims=["y", "x"]).mean(["y", "x"])
    rate = 100 * float((photons > HIT_THRESHOLD).mean())
    colour = "#f4c7c3" if rate < 20 else "#c8e6c9" if rate > 40 else None
    return Cell(photons, summary_value=rate, background=colour)

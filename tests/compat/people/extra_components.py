"""A scan at SASE3, with the components of EXtra."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Cell, Variable
from extra.components import XGM, AdqRawChannel, MachinePulses, OpticalLaserPulses, PumpProbePulses, Scan, XrayPulses

MOTOR = "SA3_XTD10_MCP/MOTOR/X2"


@Variable(transient=True)
def xgm(run):
    return XGM(run)


@Variable(title="XGM/Pulse energy", summary="mean", units="uJ")
def pulse_energy(run, xgm: "var#xgm"):
    return xgm.pulse_energy()


@Variable(title="XGM/Photon energy", units="keV")
def photon_energy(run, xgm: "var#xgm"):
    return xgm.photon_energy()


@Variable(title="XGM/Wavelength", units="nm")
def wavelength(run, xgm: "var#xgm"):
    return xgm.wavelength()


@Variable(title="Pulses/Pattern")
def pulse_ids(run):
    return XrayPulses(run, sase=3).peek_pulse_ids(labelled=False)


@Variable(title="Pulses/X-ray", summary="max")
def n_pulses(run):
    return XrayPulses(run, sase=3).pulse_counts()


@Variable(title="Pulses/Constant")
def constant(run):
    return XrayPulses(run, sase=3).is_constant_pattern()


@Variable(title="Pulses/Laser", summary="max")
def n_laser(run):
    return OpticalLaserPulses(run, ppl_seed="SQS").pulse_counts()


@Variable(title="Pulses/Of the machine", summary="max")
def n_machine(run):
    return MachinePulses(run).pulse_counts()


@Variable(title="Pulses/Pumped")
def pumped(run):
    pulses = PumpProbePulses(run, instrument="SQS", bunch_table_offset=0)
    return int(pulses.pulse_mask(labelled=False)[0].sum())


@Variable(title="Scan/Steps")
def n_steps(run, scan: "var#scan"):
    return len(scan.steps)


@Variable(transient=True)
def scan(run):
    return Scan(run[MOTOR, "actualPosition"])


@Variable(title="Scan/Positions", units="mm")
def positions(run, scan: "var#scan"):
    return scan.positions


@Variable(title="Scan/Energy by position", units="uJ")
def binned(run, scan: "var#scan", energy: "var#pulse_energy"):
    per_train = energy.mean(energy.dims[1]) if energy.ndim > 1 else energy.groupby("trainId").mean()
    means = [float(per_train.sel(trainId=trains).mean()) for _, trains in scan.steps]
    return Cell(np.array(means), summary="max", bold=True)


@Variable(title="Scan/Plot")
def plot(run, scan: "var#scan"):
    return scan.plot()


@Variable(title="Digitizer/Mean trace")
def trace(run):
    pulses = XrayPulses(run, sase=3)
    channel = AdqRawChannel(run, "1A", pulses=pulses, interleaved=False, clock_ratio=16)
    return channel.train_data(labelled=False).mean(axis=0)


@Variable(title="Pulses/None such")
def no_timing(run):
    return XrayPulses(run.deselect("*TIMESERVER*"), sase=3).pulse_counts()

"""FXE: LPD with XGMs and a GEC camera."""

# ruff: noqa: ARG001, ARG002, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Cell, Group, Variable
from extra_data import by_id
from extra_data.components import LPD1M

CAMERA = "FXE_XAD_GEC/CAM/CAMERA:daqOutput"


@Group(tags="xgm")
class Xgm:
    source: str

    @Variable(title="Energy", units="µJ", summary="mean")
    def energy(self, run):
        return run[f"{self.source}:output", "data.intensityTD"].xarray()[:, :30].mean(axis=1)

    @Variable(title="Flux")
    def flux(self, run):
        return run[self.source, "pulseEnergy.photonFlux"].ndarray()[0]

    @Variable(title="Spread", units="%")
    def spread(self, run, energy: "self#energy"):
        return 100 * float(energy.std() / energy.mean())


sase = Xgm(title="XGM SASE1", source="SA1_XTD2_XGM/DOOCS/MAIN")
spb = Xgm(title="XGM SPB", source="SPB_XTD9_XGM/DOOCS/MAIN")


@Variable(title="Both XGMs")
def both(run, energies: "var#*.energy"):
    return float(np.corrcoef([energies["sase.energy"], energies["spb.energy"]])[0, 1])


@Variable(title="Camera/Exposures")
def exposures(run):
    return run[CAMERA, "data.image.pixels"].shape[0]


@Variable(title="Camera/Nothing")
def no_exposures(run):
    return run["FXE_XAD_GEC/CAM/CAMERA_NODATA:daqOutput", "data.image.pixels"].ndarray().mean()


@Variable(title="Trains/With all data")
def complete(run):
    return len(run.select([("*XGM*", "data.intensityTD"), (CAMERA, "*")], require_all=True).train_ids)


@Variable(title="LPD/Modules")
def lpd_modules(run):
    return ", ".join(f"{module}" for module in sorted(LPD1M(run, min_modules=1).modno_to_source))


@Variable(title="LPD/Train", data="proc")
def lpd_train(run):
    train, modules = next(iter(LPD1M(run, modules=[0, 1]).trains(pulses=by_id[[0, 1]])))
    return Cell(modules["image.data"].mean(["module", "train", "pulse"]), summary_value=int(train))


@Variable(title="LPD/Raw or corrected")
def lpd_kind(run):
    return str(LPD1M(run, min_modules=1)["image.data"].dtype)


@Variable(title="LPD/Missed frames")
def lpd_missed(run):
    counts = LPD1M(run, min_modules=1).data_availability()
    return int((counts == 0).sum())

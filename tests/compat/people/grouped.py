"""Groups as instruments' own libraries define them: one for each detector, linked to those that it needs."""

# ruff: noqa: ARG001, ARG002, F821 -- Variables take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Cell, Group, Skip, Variable

XGM = "SA3_XTD10_XGM/XGM/DOOCS"


@Group(tags="xgm")
class Xgm:
    source: str
    pulses: int = 30

    @Variable(title="Energy", units="uJ", summary="mean")
    def energy(self, run):
        return run[f"{self.source}:output", "data.intensityTD"].ndarray()[:, : self.pulses].mean(axis=1)

    @Variable(title="Pulses")
    def n_pulses(self, run):
        """Pulses that are looked at."""
        return self.pulses

    @Variable(title="Raw", transient=True)
    def raw(self, run):
        return run[self.source]

    @Variable(title="Flux", tags=["flux", "mean"])
    def flux(self, run, source: "self#raw"):
        return source["pulseEnergy.photonFlux"].ndarray().mean()


@Group
class Motor:
    source: str
    unit_factor: float = 1.0

    @Variable(title="Position", units="mm")
    def position(self, run):
        return self.unit_factor * run[self.source, "actualPosition"].ndarray()

    @Variable(title="Scanned")
    def scanned(self, run, position: "self#position"):
        if position.std() < 0.1:
            raise Skip("no scan")
        return True


@Group(tags=["analysis"])
class Analysis:
    xgm: Xgm
    motor: Motor
    steps: int = 5

    @Variable(title="Energy by position")
    def binned(self, run, energy: "self#xgm.energy", position: "self#motor.position"):
        edges = np.linspace(position.min(), position.max(), self.steps + 1)
        found = np.digitize(position, edges[1:-1])
        return Cell(np.array([energy[found == i].mean() for i in range(self.steps)]), summary="max", units="uJ")

    @Variable(title="Number", data="raw")
    def number(self, run, run_number: "meta#run_number"):
        return run_number

    @Variable(title="Title of it")
    def who(self, run):
        return f"{self.name} | {self.title} | {self.sep} | {self.tags}"


@Group(tags="more")
class Better(Analysis):
    factor: float = 2

    @Variable(title="Twice")
    def twice(self, run, binned: "self#binned"):
        return self.factor * binned

    @Variable(title="Number of better")
    def number(self, run):
        return -1


xgm = Xgm(title="XGM", source=XGM)
motor = Motor(source="SA3_XTD10_MCP/MOTOR/X2", title="X2", tags="motors")
other_motor = Motor(source="SA3_XTD10_MCP/MOTOR/X3", name="third", title="X3")
analysis = Analysis(xgm=xgm, motor=motor, title="Analysis")
better = Better(xgm=xgm, motor=other_motor, steps=3, sep=" > ", title="Better")
own = Analysis(xgm=Xgm(source=XGM, pulses=2, title="Own"), motor=motor, title="With its own XGM")


@Variable(title="Over all")
def total(run, energy: "var#xgm.energy", all_energies: "var#*.energy"):
    return f"{energy.mean():.3f} {sorted(all_energies)}"

"""A simulated beamtime: raw and calibrated runs in the European XFEL's file format, to try everything with."""

from damnit_backend.simulator.beamtime import Beamtime
from damnit_backend.simulator.feed import play
from damnit_backend.simulator.options import BeamtimeOptions
from damnit_backend.simulator.plan import RunKind, RunPlan, plan_run

__all__ = ["Beamtime", "BeamtimeOptions", "RunKind", "RunPlan", "plan_run", "play"]

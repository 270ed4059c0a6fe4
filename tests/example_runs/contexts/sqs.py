"""SQS: reconstructed hits of a reaction microscope, beside raw slow data."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

from damnit_ctx import Variable

HITS = "SQS_REMI_DLD6/DET/TOP:output"


@Variable(title="XGM/Energy", summary="mean")
def energy(run):
    return run["SA3_XTD10_XGM/XGM/DOOCS:output", "data.intensityTD"].ndarray()[:, 0]


@Variable(title="REMI/Hits", data="proc")
def hits(run):
    return run[HITS, "rec.hits"].ndarray()["x"]


@Variable(title="REMI/Signals of one train", data="proc")
def signals(run):
    return run[HITS, "rec.signals"].ndarray()[0]


@Variable(title="REMI/Baseline", data="proc")
def baseline(run):
    return run.get_run_value("SQS_REMI_DLD6/DET/TOP", "digitizer.baseline_region")


@Variable(title="REMI/Hits per energy")
def ratio(run, hits: "var#hits", energy: "var#energy"):
    return len(hits) / energy.mean()

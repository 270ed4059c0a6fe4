"""Raw and calibrated data, cluster Variables, transient ones."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

from damnit_ctx import Variable

HITS = "SQS_REMI_DLD6/DET/TOP:output"


@Variable(title="Unset")
def unset(run):
    return len(run.all_sources)


@Variable(title="Raw", data="raw")
def raw(run):
    return "raw"


@Variable(title="Proc", data="proc")
def proc(run):
    return run[HITS, "rec.hits"].ndarray().shape[1]


@Variable(title="Promoted")
def promoted(run, hits: "var#proc"):
    return 2 * int(hits)


@Variable(title="Promoted twice")
def promoted_twice(run, hits: "var#promoted", raw: "var#raw"):
    return f"{raw} {int(hits)}"


@Variable(title="Promoted in spite of a default")
def promoted_default(run, hits: "var#proc" = 0):
    return int(hits)


@Variable(title="Cluster", cluster=True)
def cluster(run):
    return 17


@Variable(title="Cluster, proc", cluster=True, data="proc")
def cluster_proc(run):
    return 18


@Variable(title="After cluster")
def after_cluster(run, value: "var#cluster", raw: "var#raw"):
    return int(value) + len(raw)


@Variable(title="After cluster and proc")
def after_both(run, value: "var#cluster", hits: "var#proc"):
    return int(value) + int(hits)


@Variable(transient=True)
def passed_on(run):
    return {"open": run}


@Variable(transient=True, data="proc")
def passed_on_proc(run, both: "var#passed_on"):
    return both["open"]


@Variable(title="Of transient ones")
def of_transient(run, same: "var#passed_on_proc"):
    return len(same.train_ids)


@Variable(title="Transient but for", transient=False)
def not_transient(run, both: "var#passed_on"):
    return str(sorted(both))

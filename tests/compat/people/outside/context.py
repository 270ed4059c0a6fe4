"""What comes from outside of the file: about the run, parameters."""

# ruff: noqa: ARG001, F821 -- Variables take a run they may not use; annotations are those of context files

from damnit_ctx import Cell, Variable


@Variable(title="Meta/Run")
def run_number(run, n: "meta#run_number"):
    return n


@Variable(title="Meta/Proposal")
def proposal_number(run, p: "meta#proposal"):
    return p


@Variable(title="Meta/Path")
def path(run, p: "meta#proposal_path"):
    return f"{type(p).__name__} {p.name} {(p / 'raw').is_dir()}"


@Variable(title="Meta/In words")
def words(run, n: "meta#run_number", p: "meta#proposal", count: "var#run_number"):
    return Cell(f"p{p:06d} r{n:04d}", bold=bool(count == n))


@Variable(title="Parameter/Default")
def with_default(run, threshold: "param#threshold" = 2.5):
    return threshold


@Variable(title="Parameter/Default None")
def with_none(run, threshold: "param#threshold" = None):
    return "none" if threshold is None else threshold


@Variable(title="Catalogue/Run type")
def run_type(run, kind: "mymdc#run_type"):
    return kind


@Variable(title="Catalogue/Sample")
def sample_name(run, name: "mymdc#sample_name"):
    return name


@Variable(title="Catalogue/Techniques")
def techniques(run, found: "mymdc#techniques"):
    return ", ".join(technique["name"] for technique in found)


@Variable(title="Catalogue/Default")
def sample(run, name: "mymdc#sample_name" = "unknown"):
    return name


@Variable(title="Needs the catalogue")
def needs_catalogue(run, kind: "var#run_type"):
    return kind

"""A context file with Groups, whose Variables have names with a dot, and with Pipelines."""

# ruff: noqa: ARG001, ARG002, F821 -- its functions take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Group, Pipeline, Variable


@Variable(title="Scale of groups")
def group_scale(run):
    return 10


@Group(tags=["camera", "all groups"])
class Camera:
    gain: float = 1

    @Variable(title="Mean", units="counts", tags="means")
    def mean(self, run, scale: "var#group_scale"):
        """The mean."""
        return 2.5 * self.gain * scale

    @Variable(title="Image")
    def image(self, run, mean: "self#mean"):
        return np.full((300, 300), mean) + np.arange(300)

    @Variable
    def who(self, run):
        return f"{self.name}, {self.title}, {self.sep}"


@Group
class BetterCamera(Camera):
    offset: int = 3

    @Variable(title="Better mean")
    def mean(self, run, number: "meta#run_number"):
        return self.offset + number

    @Variable(title="All", transient=False)
    def everything(self, run, found: "self#[mi]*"):
        return ", ".join(sorted(found))


@Group(tags="pairs")
class Pair:
    one: Camera = None
    other: Camera = None
    signal: Variable = None

    @Variable(title="Sum")
    def sum(self, run, one: "self#one.mean", other: "self#other.mean" = -1):
        return one + other

    @Variable(title="Means of one")
    def means(self, run, means: "self#one.m*"):
        return str(len(means))

    @Variable
    def signal_or_nothing(self, run, signal: "self#signal" = "nothing"):
        return signal


left = Camera(title="Left", gain=2)
right = BetterCamera(name="right_camera", sep=" - ", tags=("other tags",))
both = Pair(title="Both", one=left, other=right, signal=left.mean)
nested = Pair(title="Nested", one=Camera(gain=4, title="Nested one"))


@Variable(title="Means of all cameras")
def all_means(run, means: "var#*.mean"):
    return ", ".join(sorted(means))


@Variable(title="Parameter with default")
def with_parameter(run, value: "param#no_such_parameter" = 5):
    return value


@Variable(title="A pipeline in a Variable")
def from_pipeline(run):
    @Variable(title="Doubled")
    def doubled(data):
        return 2 * data

    @Variable(title="A parameter")
    def parameter(data, value: "param#value"):
        return value

    pipeline = Pipeline(1, 2, data=21).add(doubled, parameter, Camera(name="inner", gain=3), group_scale)
    selected = pipeline.select(variables=["doubled", "inner.mean", "parameter"])
    cells = selected.execute(param_values={"value": 100}).cells
    return float(sum(cells[name].data for name in ("doubled", "inner.mean", "parameter")))


Pipeline.default().add(group_scale, Camera(name="added", title="Added", gain=8))

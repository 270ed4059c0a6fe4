"""A context file with a Group, whose Variables have names with a dot."""

# ruff: noqa: ARG002, F821 -- its functions take a run they may not use; annotations are those of context files

import numpy as np
from damnit_ctx import Group, Variable


@Group
class Camera:
    gain: int = 1

    @Variable(title="Mean", units="counts", tags="camera")
    def mean(self, run):
        return 2.5 * self.gain

    @Variable(title="Image")
    def image(self, run, mean: "self#mean"):
        return np.full((6, 8), mean)


left = Camera(title="Left", gain=2)

"""What a context file imports.

Runs in the user's Python (3.9 or newer) and imports nothing else of the project. Importing this package
needs the standard library only: numpy, h5py, xarray and EXtra-data are imported by `damnit_ctx.serve`, which
can say clearly when one is missing.
"""

from damnit_ctx.cell import Cell
from damnit_ctx.group import Group
from damnit_ctx.pipeline import Pipeline
from damnit_ctx.variable import Skip, Variable

__all__ = ["Cell", "Group", "Pipeline", "Skip", "Variable"]

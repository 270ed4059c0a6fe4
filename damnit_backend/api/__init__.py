"""For notebooks and scripts: read the results of a DAMNIT folder."""

from .damnit import Damnit
from .history import FormerValue
from .variables import RunVariables, VariableData, VariableError

__all__ = ["Damnit", "FormerValue", "RunVariables", "VariableData", "VariableError"]

"""The inspector: all that is known about the current cell."""

from .panel import InspectorPanel

__all__ = ["InspectorPanel"]

"""The queue of processing jobs."""

from .panel import JobsPanel

__all__ = ["JobsPanel"]

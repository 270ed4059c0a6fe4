"""Logs of runs and of the listener."""

from .panel import LogPanel

__all__ = ["LogPanel"]

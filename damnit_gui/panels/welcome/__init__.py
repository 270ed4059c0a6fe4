"""What is shown while no folder is open."""

from .panel import WelcomePanel

__all__ = ["WelcomePanel"]

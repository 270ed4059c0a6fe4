"""What the window had to say."""

from .panel import MessagesPanel

__all__ = ["MessagesPanel"]

"""The editor of the context file."""

from .panel import EditorPanel

__all__ = ["EditorPanel"]

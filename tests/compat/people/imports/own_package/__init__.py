"""A package beside the context file."""

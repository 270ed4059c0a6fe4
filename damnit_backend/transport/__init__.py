"""Hints between processes that a folder has changed: a local socket, and an in-memory hub for tests and one process."""

"""Measurements: each module is a command with `--json`; figures and how they were made stand in docs/performance.md."""

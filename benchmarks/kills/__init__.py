"""Kills and faults at random instants of a loaded beamtime; was anything lost? `python -m benchmarks.kills`."""

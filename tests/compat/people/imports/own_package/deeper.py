"""A module of the package."""

from dataclasses import dataclass


@dataclass
class Detector:
    name: str

    def describe(self):
        return f"detector {self.name}"

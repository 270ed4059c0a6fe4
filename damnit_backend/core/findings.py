"""What a check of a folder found: plain values, as they are printed, sent as JSON and shown in the window."""

import enum

import msgspec


class Level(enum.StrEnum):
    """How bad it is. Only warnings and errors are problems."""

    OK = "ok"
    NOTICE = "notice"
    """Worth knowing; nothing needs to be done."""
    WARNING = "warning"
    """Something is not as it should be, but nothing is lost."""
    ERROR = "error"
    """Something cannot be read or does not work."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a check has to say."""

    check: str
    """The name of the check."""
    level: Level
    text: str
    """What is so, in one sentence."""
    where: str = ""
    """The file or table that it is about."""
    advice: str = ""
    """What a person can do; empty if nothing."""
    details: tuple[str, ...] = ()
    mend: str = ""
    """What `--fix` does about it; empty if nothing is safe."""
    mended: str = ""
    """What was done about it just now."""

    @property
    def is_problem(self) -> bool:
        """Whether something is wrong still."""
        return self.level in (Level.WARNING, Level.ERROR) and not self.mended


class Progress(msgspec.Struct, frozen=True):
    """How far long work has come; ``total`` is 0 where that is not known."""

    title: str
    done: int = 0
    total: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that the checks of a folder found."""

    folder: str
    quick: bool
    seconds: float
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> int:
        return sum(finding.is_problem for finding in self.findings)

    @property
    def verdict(self) -> str:
        """All of it in a few words."""
        mended = sum(bool(finding.mended) for finding in self.findings)
        words = f"{mended} mended. " if mended else ""
        if self.problems:
            return words + ("1 problem remains." if self.problems == 1 else f"{self.problems} problems remain.")
        return words + ("No problem at a quick look." if self.quick else "All is well.")

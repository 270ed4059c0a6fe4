"""Settings of the facility and of the folder: typed, with defaults, described where they are declared.

The facility's file is `damnit.toml`: the one named by ``$DAMNIT_CONFIG``, else in the user's configuration directory,
else `/etc/damnit/damnit.toml`. What it does not say has the defaults below.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec
import platformdirs
from msgspec import Meta

from .errors import UserError

Seconds = Annotated[float, Meta(ge=0, le=1e8)]
Journal: TypeAlias = Literal["auto", "wal", "delete"]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What context files may take. A folder may have limits of its own, by the same names."""

    run_seconds: Seconds = 14_400.0
    """Wall time of one run; 0 means no limit."""
    run_memory_gb: Annotated[float, Meta(ge=0, le=1e6)] = 0.0
    """Memory of one run, in units of 10^9 bytes, beyond what the context file has taken when it was loaded; loading it
    may take as much. 0: four fifths of the machine's memory, divided among the ``workers``, but at least 4 GB of it."""
    run_cores: Annotated[int, Meta(ge=0, le=4096)] = 0
    """CPU cores that one run may use; 0 means all."""
    load_seconds: Annotated[float, Meta(ge=0.1, le=86_400)] = 60.0
    """Time that loading the context file may take."""


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much of a folder's history is kept besides numbers, texts and errors, which are kept for ever."""

    history_images: Annotated[int, Meta(ge=0, le=100_000)] = 5
    """Former pictures, curves and small arrays of each cell."""
    history_results: Annotated[int, Meta(ge=0, le=100_000)] = 1
    """Former full results of each cell, in `extracted_data/former/`."""


class Settings(Limits, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a facility or a person may choose for all folders."""

    data_root: str = ""
    """Where proposals are, as ROOT/INSTRUMENT/CYCLE/pNNNNNN. Empty: ``$XFEL_DATA_ROOT``, ``$EXTRA_DATA_DATA_ROOT``."""
    settle_seconds: Seconds = 2.0
    """A run is ready when none of its files has changed for this long."""
    scan_seconds: Annotated[float, Meta(ge=0.05, le=3600)] = 0.5
    """How often `raw/` and `proc/` are looked at."""
    workers: Annotated[int, Meta(ge=1, le=256)] = 2
    """How many runs are processed at a time."""
    journal_mode: Journal = "auto"
    """How the database is written safely: ``wal``, with a write-ahead log, for which all who use the folder must be
    on one host; ``delete``, with a rollback journal; ``auto``, the former on a local disk and the latter elsewhere.
    A folder may have its own. A change takes effect when it is next opened while nobody else has it open."""
    kafka: dict[str, str] = {}
    """Options of librdkafka for the facility's broker, at least ``bootstrap.servers``. Empty: there is none."""


def config_files() -> list[Path]:
    """The places where `damnit.toml` is looked for, the first that exists counts."""
    named = os.environ.get("DAMNIT_CONFIG")
    if named:
        return [Path(named)]
    return [platformdirs.user_config_path("damnit-desktop") / "damnit.toml", Path("/etc/damnit/damnit.toml")]


def load_settings() -> Settings:
    """The facility's settings, else the defaults."""
    for path in config_files():
        try:
            return msgspec.toml.decode(path.read_bytes(), type=Settings)
        except FileNotFoundError as error:
            if os.environ.get("DAMNIT_CONFIG"):
                raise UserError(
                    f"There is no settings file {path}, which DAMNIT_CONFIG names.", "Correct or unset DAMNIT_CONFIG."
                ) from error
        except (OSError, msgspec.MsgspecError, ValueError) as error:
            raise UserError(
                f"The settings file {path} cannot be used: {error}", "Correct it or move it away."
            ) from error
    return Settings()


def data_root(settings: Settings) -> Path | None:
    """The directory in which proposals are looked up by number, if any is known."""
    for text in (
        settings.data_root,
        os.environ.get("XFEL_DATA_ROOT"),
        os.environ.get("EXTRA_DATA_DATA_ROOT"),
    ):
        if text:
            return Path(text)
    return None

"""What the window remembers for its user: theme, recent folders, and where everything was."""

import hashlib
import json
from pathlib import Path

import platformdirs
from PyQt6.QtCore import QByteArray, QObject, QSettings, pyqtSignal

RECENT = 10
"""How many folders are remembered."""


def preferences_file() -> Path:
    """Where the preferences of the user are kept."""
    return platformdirs.user_config_path("damnit-desktop") / "window.ini"


class Preferences(QObject):
    """Typed access to an INI file. A damaged or missing file means defaults."""

    recent_changed = pyqtSignal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = QSettings(str(path), QSettings.Format.IniFormat, self)

    @property
    def theme(self) -> str:
        """``light``, ``dark`` or ``system``."""
        value = self._settings.value("theme", "system")
        return value if isinstance(value, str) else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("theme", name)

    @property
    def recent(self) -> list[Path]:
        """The folders opened lately, the last one first."""
        value = self._settings.value("recent", [])
        texts = [value] if isinstance(value, str) else value
        return [Path(text) for text in texts if isinstance(text, str)] if isinstance(texts, list) else []

    def add_recent(self, folder: Path) -> None:
        folders = [folder, *(other for other in self.recent if other != folder)]
        for forgotten in folders[RECENT:]:
            self._settings.remove(_folder_key(forgotten))
        self._set_recent(folders[:RECENT])

    def remove_recent(self, folder: Path) -> None:
        self._set_recent([other for other in self.recent if other != folder])

    def _set_recent(self, folders: list[Path]) -> None:
        self._settings.setValue("recent", [str(folder) for folder in folders])
        self.recent_changed.emit()

    def bytes(self, key: str) -> QByteArray | None:
        """Bytes that `set_bytes` stored, such as the layout of the docks."""
        value = self._settings.value(f"window/{key}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_bytes(self, key: str, value: QByteArray) -> None:
        self._settings.setValue(f"window/{key}", value)

    def arrangement(self, folder: Path) -> object:
        """How the panels of a folder were arranged, as plain JSON; None if they never were."""
        text = self._settings.value(_folder_key(folder))
        try:
            return json.loads(text) if isinstance(text, str) else None
        except ValueError:
            return None

    def set_arrangement(self, folder: Path, arrangement: object) -> None:
        self._settings.setValue(_folder_key(folder), json.dumps(arrangement))

    def save(self) -> None:
        """Write what changed to the disk now."""
        self._settings.sync()


def _folder_key(folder: Path) -> str:
    # A path is no key: its slashes would make groups.
    return f"folders/{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"

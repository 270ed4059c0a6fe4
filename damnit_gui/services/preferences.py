"""What the window remembers for its user: theme, recent folders, and where everything was."""

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
        kept = [folder, *(other for other in self.recent if other != folder)][:RECENT]
        self._set_recent(kept)

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

    def clear_layout(self) -> None:
        self._settings.remove("window")

    def save(self) -> None:
        """Write what changed to the disk now."""
        self._settings.sync()

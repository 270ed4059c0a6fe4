"""Checking and copying the folder: two dialogs beside the window, which goes on."""

from PyQt6.QtWidgets import QWidget

from damnit_gui.services.folder_session import FolderSession

from .backup_dialog import BackupDialog
from .check_dialog import CheckDialog

__all__ = ["BackupDialog", "CheckDialog", "show_once"]


def show_once(kind: type[BackupDialog] | type[CheckDialog], session: FolderSession, parent: QWidget) -> None:
    """Show the dialog of a kind, a new one unless there is one."""
    found = parent.findChildren(kind)
    dialog = found[0] if found else kind(session, parent)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()

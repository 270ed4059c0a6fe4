"""A widget as a picture: to the clipboard or into a PNG file."""

import re
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QImage, QKeySequence, QPainter
from PyQt6.QtWidgets import QFileDialog, QWidget

from damnit_backend.core.errors import UserError
from damnit_gui.services.notifier import Notifier
from damnit_gui.theme import icon

SCALE = 2
"""Pixels of the picture for one of the screen, so that it looks well in a log book."""


def picture_of(widget: QWidget) -> QImage:
    """The widget as it is shown, drawn anew with more pixels."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(widget.palette().window().color())
    painter = QPainter(image)
    widget.render(painter, QPoint())
    painter.end()
    return image


def copy_picture(widget: QWidget) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setImage(picture_of(widget))


def save_picture(widget: QWidget, path: Path) -> None:
    """Write a PNG file; UserError if it cannot be written."""
    if not picture_of(widget).save(str(path), "PNG"):
        raise UserError(f"The picture cannot be saved as {path}.", "Choose another place or name.")


def picture_actions(widget: QWidget, name: Callable[[], str], notifier: Notifier) -> list[QAction]:
    """Actions of the widget that copy and save its picture; ``name`` proposes the file's name."""

    def save() -> None:
        proposed = re.sub(r"[^\w.-]+", "_", name()).strip("_") or "plot"
        chosen, _ = QFileDialog.getSaveFileName(widget, "Save picture", f"{proposed}.png", "PNG pictures (*.png)")
        if not chosen:
            return
        path = Path(chosen)
        try:
            save_picture(widget, path if path.suffix else path.with_suffix(".png"))
        except UserError as error:
            notifier.report(error)

    copy_action = QAction(icon("mdi6.content-copy"), "Copy picture", widget)
    copy_action.setShortcut(QKeySequence("Ctrl+Shift+C"))
    copy_action.triggered.connect(lambda: copy_picture(widget))
    save_action = QAction(icon("mdi6.image-move"), "Save picture…", widget)
    save_action.setShortcut(QKeySequence("Ctrl+Shift+S"))
    save_action.triggered.connect(save)
    for action in (copy_action, save_action):
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        widget.addAction(action)
    return [copy_action, save_action]

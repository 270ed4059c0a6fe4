"""A widget as a picture: to the clipboard or into a PNG file."""

import re
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction, QGuiApplication, QImage, QKeySequence, QPainter
from PyQt6.QtWidgets import QFileDialog, QWidget

from damnit_backend.core.errors import UserError
from damnit_gui.services.tasks import Tasks
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


def save_picture(picture: QImage, path: Path) -> None:
    """Write a PNG file. Blocking; UserError if it cannot be written."""
    if not picture.save(str(path), "PNG"):
        raise UserError(f"The picture cannot be saved as {path}.", "Choose another place or name.")


def picture_actions(widget: QWidget, name: Callable[[], str], tasks: Tasks) -> list[QAction]:
    """Actions of the widget that copy and save its picture; ``name`` proposes the file's name."""

    def ask() -> None:
        proposed = re.sub(r"[^\w.-]+", "_", name()).strip("_") or "plot"
        dialog = QFileDialog(widget, "Save picture", "", "PNG pictures (*.png)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{proposed}.png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(save)
        dialog.open()

    def save(chosen: str) -> None:
        picture = picture_of(widget)
        tasks.run(lambda: save_picture(picture, Path(chosen)), lambda _: None)

    copy_action = QAction(icon("mdi6.content-copy"), "Copy picture", widget)
    copy_action.setShortcut(QKeySequence("Ctrl+Shift+C"))
    copy_action.triggered.connect(lambda: copy_picture(widget))
    save_action = QAction(icon("mdi6.image-move"), "Save picture…", widget)
    save_action.setShortcut(QKeySequence("Ctrl+Shift+S"))
    save_action.triggered.connect(ask)
    for action in (copy_action, save_action):
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        widget.addAction(action)
    return [copy_action, save_action]

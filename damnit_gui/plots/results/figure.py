"""The view of drawn figures and other pictures in colour."""

import numpy as np
from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from damnit_backend.store.results import Result, ResultKind
from damnit_gui.plots.picture import picture_actions
from damnit_gui.theme import SPACE_2

from .arrays import Array
from .base import Newest, Services, Shown, ViewKind


def image_of(pixels: Array) -> QImage:
    """(height, width, 3 or 4) uint8 as an image that owns its pixels; what is transparent becomes white, like paper."""
    height, width = pixels.shape[:2]
    opaque = pixels[..., :3]
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:].astype(np.uint16)
        opaque = ((opaque * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    content = np.ascontiguousarray(opaque).tobytes()
    return QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class PictureBox(QWidget):
    """Shows an image as large as fits, never larger than it is drawn sharply."""

    def __init__(self, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = image
        self.setMinimumSize(QSize(80, 60))

    def show_image(self, image: QImage) -> None:
        """Show another image."""
        self._image = image
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self._image.size()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        if self._image.isNull():
            return
        size = self._image.size()
        room = self.rect().adjusted(SPACE_2, SPACE_2, -SPACE_2, -SPACE_2).size()
        if (
            size.width() > room.width()
            or size.height() > room.height()
            or (size.width() * 2 < room.width() and size.height() * 2 < room.height())
        ):
            size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *_pair(size))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size.width() < 8 * self._image.width())
        painter.drawImage(box, self._image)


def _pair(size: QSize) -> tuple[int, int]:
    return size.width(), size.height()


def accepts(result: Result) -> bool:
    if result.kind not in (ResultKind.IMAGE, ResultKind.ARRAY):
        return False
    data = np.asarray(result.data)
    return data.dtype == np.uint8 and data.ndim == 3 and data.shape[2] in (3, 4) and min(data.shape[:2]) > 0


def make(shown: Shown, services: Services) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    box = PictureBox(QImage(), page)
    pixels = np.asarray(shown.result.data)
    Newest(box, services.tasks, box.show_image).request(lambda: image_of(pixels))
    box.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
    picture_actions(box, lambda: shown.value.title, services.tasks)
    layout.addWidget(box)
    return page


KIND = ViewKind("Figure", accepts, make)

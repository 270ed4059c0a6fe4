"""Thumbnails, as large as the cell allows."""

from functools import lru_cache

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QFontMetrics, QImage, QImageReader, QPainter

from damnit_backend.core.values import Kind, Picture

from .base import CENTRE, Look, Shown, draw_text

MAX_SIDE = 4096
"""Thumbnails have 300 pixels a side; what claims to be larger than this is not decoded."""
CACHED = 1000
WIDEST = 4
"""A thumbnail does not make its column wider than so many times its height."""
UNREADABLE = "unreadable image"


class ImageRenderer:
    kind = Kind.IMAGE
    alignment = CENTRE

    def paint(self, painter: QPainter, rect: QRect, shown: Shown, look: Look) -> None:
        picture = shown.cell.value
        device = painter.device()
        if not isinstance(picture, Picture) or device is None:
            return
        ratio = device.devicePixelRatioF()
        image = thumbnail(picture, round(rect.width() * ratio), round(rect.height() * ratio))
        if image is None:
            painter.setPen(look.muted)
            draw_text(painter, rect, UNREADABLE, CENTRE, look.font)
            return
        size = QSizeF(image.size()) / ratio
        target = QRectF(rect.x(), rect.y(), size.width(), size.height())
        target.moveCenter(QRectF(rect).center())
        # Whole device pixels: the image is scaled already, a second smoothing would blur it.
        target.moveTopLeft((target.topLeft() * ratio).toPoint().toPointF() / ratio)
        painter.drawImage(target, image)

    def width(self, shown: Shown, metrics: QFontMetrics, height: int) -> int:
        picture = shown.cell.value
        size = natural_size(picture) if isinstance(picture, Picture) else None
        if size is None:
            return metrics.horizontalAdvance(UNREADABLE)
        scaled = size.scaled(QSize(WIDEST * height, height), Qt.AspectRatioMode.KeepAspectRatio)
        return scaled.width()


@lru_cache(maxsize=CACHED)
def natural_size(picture: Picture) -> QSize | None:
    """The picture's own size, from its header only; None if it cannot be shown."""
    with _Reader(picture) as reader:
        size = reader.size()
    usable = size.isValid() and not size.isEmpty() and max(size.width(), size.height()) <= MAX_SIDE
    return size if usable else None


@lru_cache(maxsize=CACHED)
def thumbnail(picture: Picture, width: int, height: int) -> QImage | None:
    """The picture scaled into ``width`` x ``height`` device pixels, its aspect kept; None if it cannot be read."""
    if natural_size(picture) is None or width < 1 or height < 1:
        return None
    with _Reader(picture) as reader:
        image = reader.read()
    if image.isNull():
        return None
    # Pictures of a few pixels stay recognisable as such: their pixels are shown as squares.
    tiny = image.width() <= width and image.height() <= height and max(image.width(), image.height()) <= 16
    mode = Qt.TransformationMode.FastTransformation if tiny else Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(width, height, Qt.AspectRatioMode.KeepAspectRatio, mode)
    return scaled.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


class _Reader:
    """An image reader on a picture's bytes, which it keeps alive."""

    def __init__(self, picture: Picture) -> None:
        self._bytes = QByteArray(picture.png)
        self._buffer = QBuffer(self._bytes)

    def __enter__(self) -> QImageReader:
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        return QImageReader(self._buffer, QByteArray(b"png"))

    def __exit__(self, *error: object) -> None:
        self._buffer.close()

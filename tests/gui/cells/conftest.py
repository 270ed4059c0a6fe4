"""Cells to draw, and a canvas to draw them on."""

import io

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage, QPainter

from damnit_backend.core.values import CellValue, Failure, Picture, SmallArray, Trend
from damnit_gui.cells import renderer_of
from damnit_gui.cells.base import Shown
from damnit_gui.cells.delegate import make_look
from damnit_gui.theme import LIGHT

# The machine may be busy with other work: how long an example takes says nothing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def png(width: int, height: int, colour=(200, 30, 30)) -> Picture:
    """A picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return Picture(buffer.getvalue())


@pytest.fixture(scope="session")
def picture():
    return png


@pytest.fixture
def draw(qapp):
    """``draw(value, width, height)``: the image of a cell, transparent where nothing was drawn."""

    def paint(value, width=120, height=40, ratio=1.0, **cell) -> QImage:
        image = QImage(int(width * ratio), int(height * ratio), QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(0, 0, 0, 0))
        shown = Shown(CellValue(value, **cell))
        painter = QPainter(image)
        renderer_of(shown.cell.kind).paint(
            painter, QRect(0, 0, width, height), shown, make_look(LIGHT, LIGHT.base, qapp.font(), False)
        )
        painter.end()
        return image

    return paint


@pytest.fixture(scope="session")
def alpha():
    """The opacity of an image's pixels, as an array of (height, width)."""

    def opacity(image: QImage) -> np.ndarray:
        bits = image.constBits()
        bits.setsize(image.sizeInBytes())
        return np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.width(), 4)[..., 3]

    return opacity


EVERY_KIND = {
    "empty": None,
    "bool": True,
    "number": 0.25,
    "complex": 1 + 2j,
    "text": "some <b>text</b> & more",
    "trend": Trend(np.arange(50.0), np.sin(np.arange(50.0))),
    "image": png(30, 20),
    "array": SmallArray(np.arange(3)),
    "failure": Failure("ValueError", "no peak"),
}


@pytest.fixture(params=EVERY_KIND.values(), ids=EVERY_KIND.keys())
def any_value(request):
    return request.param

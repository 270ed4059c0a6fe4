"""The table's delegate: paints a cell's ground and marks, and leaves its value to the renderer of the kind."""

from functools import lru_cache

from PyQt6.QtCore import QEvent, QModelIndex, QObject, QPointF, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from damnit_gui.theme import SPACE_2, Tokens, current, tabular
from damnit_gui.theme.tokens import AA_GRAPHICS

from . import renderer_of
from .base import EditState, Look, Shown
from .contrast import blend, dimmed, hex_colour, readable_on
from .editors import LineEditor, make_editor

SHOWN_ROLE = Qt.ItemDataRole.UserRole + 1
"""The role under which the model gives a `Shown`."""

MARGIN_X, MARGIN_Y = SPACE_2, 3
_SELECTED_SHARE = 0.7
_MARK = 6


class CellDelegate(QStyledItemDelegate):
    """Paints everything itself: preparing Qt's own style option would cost more than the drawing."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if painter is None:
            return
        shown = index.data(SHOWN_ROLE)
        if not isinstance(shown, Shown):
            return
        tokens = current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = _ground(shown, tokens, selected)
        painter.save()
        painter.setClipRect(option.rect)
        if ground != tokens.base:
            painter.fillRect(option.rect, QColor(ground))
        # A copy of the font: the cache keeps it longer than Qt keeps the option that it is a part of.
        look = make_look(tokens, ground, QFont(option.font), shown.state is not EditState.STORED)
        rect = option.rect.adjusted(MARGIN_X, MARGIN_Y, -MARGIN_X, -MARGIN_Y)
        renderer_of(shown.cell.kind).paint(painter, rect, shown, look)
        if shown.state is not EditState.STORED:
            _draw_mark(painter, option.rect, tokens.error if shown.state is EditState.FAILED else tokens.busy)
        if option.state & QStyle.StateFlag.State_HasFocus:
            _draw_focus(painter, option.rect, tokens.accent)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        shown = index.data(SHOWN_ROLE)
        height = option.rect.height()
        if not isinstance(shown, Shown):
            return QSize(0, height)
        wanted = renderer_of(shown.cell.kind).width(shown, option.fontMetrics, height - 2 * MARGIN_Y)
        return QSize(wanted + 2 * MARGIN_X, height)

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex) -> QWidget | None:  # noqa: ARG002
        return make_editor(parent, index)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if (
            isinstance(watched, LineEditor)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and watched.take_enter(event)
        ):
            return True
        return super().eventFilter(watched, event)


def _ground(shown: Shown, tokens: Tokens, selected: bool) -> str:
    """The colour behind a cell."""
    background = shown.cell.background
    ground = tokens.base if background is None else hex_colour(background)
    if tokens.dark and background is not None:
        ground = dimmed(ground)
    if shown.state is EditState.WAITING:
        ground = tokens.pending_fill
    elif shown.state is EditState.FAILED:
        ground = tokens.error_fill
    if not selected:
        return ground
    return tokens.selection if ground == tokens.base else blend(ground, tokens.selection, _SELECTED_SHARE)


@lru_cache(maxsize=256)
def make_look(tokens: Tokens, ground: str, font: QFont, pending: bool) -> Look:
    """Colours that can be read on ``ground``; what is not stored is in italics."""
    normal = tabular(font)
    normal.setItalic(pending)
    bold = QFont(normal)
    bold.setBold(True)

    def colour(wanted: str) -> QColor:
        return QColor(readable_on(ground, wanted, tokens.text))

    return Look(
        text=colour(tokens.text),
        muted=colour(tokens.muted),
        error=colour(tokens.error),
        skipped=colour(tokens.skipped),
        curve=QColor(readable_on(ground, tokens.curve, tokens.text, least=AA_GRAPHICS)),
        font=normal,
        bold=bold,
    )


def _draw_mark(painter: QPainter, rect: QRect, colour: str) -> None:
    """A small corner that says that the cell's value is not stored."""
    corner = QPointF(rect.right() + 1, rect.top())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF([corner, corner - QPointF(_MARK, 0), corner + QPointF(0, _MARK)]))


def _draw_focus(painter: QPainter, rect: QRect, colour: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    pen = QPen(QColor(colour), 2)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(1, 1, -1, -1))

"""Text that is read and copied, never typed: as wide as there is room, as high as it needs."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QFont, QResizeEvent, QTextOption
from PyQt6.QtWidgets import QSizePolicy, QTextEdit, QWidget


class ReadableText(QTextEdit):
    """Plain text that breaks anywhere if it must (paths, numbers), so that a narrow panel stays narrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameStyle(0)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().setAutoFillBackground(False)  # type: ignore[union-attr]
        document = self.document()
        if document is not None:
            document.setDocumentMargin(0)

    def set_text_font(self, font: QFont) -> None:
        """The font of the text. Not the widget's own, which a style sheet of a parent would take back."""
        document = self.document()
        if document is not None:
            document.setDefaultFont(font)

    def show_text(self, text: str) -> None:
        self.setPlainText(text)
        self.setVisible(bool(text))
        self._fit()

    def _fit(self) -> None:
        document, viewport = self.document(), self.viewport()
        if document is not None and viewport is not None:
            document.setTextWidth(viewport.width())
            self.setFixedHeight(int(document.size().height()) + 1)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

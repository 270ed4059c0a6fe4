"""The few rules that a palette cannot express: edges that are seen in both themes, and calm bars. Kept short."""

from pathlib import Path

from .tokens import SPACE_1, SPACE_2, SPACE_3, Tokens


def style_sheet(tokens: Tokens) -> str:
    """The application's style sheet for a theme."""
    return _frame(tokens) + _buttons(tokens) + _fields(tokens)


def _frame(tokens: Tokens) -> str:
    """Bars, headers, docks and what lies over the window."""
    return f"""
QMainWindow::separator {{ background: {tokens.border}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {tokens.accent}; }}
#dockTitle {{ background: {tokens.window}; border-bottom: 1px solid {tokens.border}; }}
QToolTip {{
    color: {tokens.text}; background: {tokens.raised}; border: 1px solid {tokens.border}; padding: {SPACE_1}px;
}}
QToolBar {{
    background: {tokens.window}; border: none; border-bottom: 1px solid {tokens.border};
    spacing: {SPACE_1}px; padding: 2px {SPACE_1}px;
}}
QStatusBar {{ background: {tokens.window}; border-top: 1px solid {tokens.border}; }}
QStatusBar::item {{ border: none; }}
QHeaderView {{ background: {tokens.raised}; border: none; }}
QHeaderView::section {{
    background: {tokens.raised}; color: {tokens.text}; border: none;
    border-right: 1px solid {tokens.border}; border-bottom: 1px solid {tokens.border};
    padding: {SPACE_1}px {SPACE_2}px;
}}
QTableView {{ gridline-color: {tokens.border}; border: none; }}
#palette {{ background: {tokens.window}; border: 1px solid {tokens.outline}; border-radius: {SPACE_1}px; }}
#palette QTreeView {{ background: {tokens.window}; border: none; }}
"""


def _buttons(tokens: Tokens) -> str:
    return f"""
QToolButton {{
    border: 1px solid transparent; border-radius: {SPACE_1}px; padding: 3px; background: transparent;
}}
QToolButton:hover {{ background: {tokens.hover}; }}
QToolButton:pressed {{ background: {tokens.border}; }}
QToolButton:checked {{ background: {tokens.hover}; border-color: {tokens.outline}; }}
QToolButton:focus {{ border-color: {tokens.accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton {{
    background: {tokens.raised}; border: 1px solid {tokens.outline}; border-radius: {SPACE_1}px;
    padding: 3px {SPACE_3}px;
}}
QPushButton:hover {{ background: {tokens.hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {tokens.border}; }}
QPushButton:focus {{ border-color: {tokens.accent}; }}
QPushButton:disabled {{ border-color: {tokens.border}; color: {tokens.disabled}; }}
"""


def _fields(tokens: Tokens) -> str:
    """What can be typed into or chosen from; inside another field, a line has no edge of its own."""
    return f"""
QLineEdit, QComboBox {{
    background: {tokens.base}; border: 1px solid {tokens.outline}; border-radius: 3px; padding: 2px {SPACE_1}px;
    selection-background-color: {tokens.selection}; selection-color: {tokens.selection_text};
}}
QLineEdit:focus, QComboBox:focus, QComboBox:on {{ border-color: {tokens.accent}; }}
QLineEdit:disabled, QComboBox:disabled {{ border-color: {tokens.border}; color: {tokens.disabled}; }}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit, QAbstractItemView QLineEdit {{
    border: none; border-radius: 0; padding: 0 2px;
}}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({_drawing("chevron", tokens)}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {tokens.base}; border: 1px solid {tokens.outline}; }}
QCheckBox::indicator {{
    width: 14px; height: 14px; background: {tokens.base}; border: 1px solid {tokens.outline}; border-radius: 3px;
}}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {tokens.accent}; }}
QCheckBox::indicator:checked {{
    background: {tokens.accent}; border-color: {tokens.accent}; image: url({_drawing("tick", tokens)});
}}
QCheckBox::indicator:disabled {{ border-color: {tokens.border}; background: {tokens.window}; }}
"""


def _drawing(name: str, tokens: Tokens) -> str:
    """A small drawing of the theme: a style sheet takes it from a file only, so it cannot be tinted when painted."""
    return Path(__file__).with_name(f"{name}-{tokens.name}.svg").as_posix()

"""Qt's palette made from the tokens, and the few rules that a palette cannot express."""

from pathlib import Path

from PyQt6.QtGui import QColor, QPalette

from .tokens import SPACE_1, SPACE_2, SPACE_3, Tokens


def palette(tokens: Tokens) -> QPalette:
    """The palette of the Fusion style for a theme."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, colour in {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.base,
        role.AlternateBase: tokens.alternate,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.selection_text,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Accent: tokens.accent,
        role.Light: tokens.raised,
        role.Midlight: tokens.hover,
        role.Mid: tokens.border,
        role.Dark: tokens.outline,
        role.Shadow: tokens.border,
    }.items():
        made.setColor(target, QColor(colour))
    for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, target, QColor(tokens.disabled))
    return made


def style_sheet(tokens: Tokens) -> str:
    """What the palette cannot say: calm docks, headers, separators and tool tips. Kept short on purpose."""
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
QComboBox {{
    background: {tokens.base}; border: 1px solid {tokens.outline}; border-radius: 3px; padding: 2px {SPACE_1}px;
}}
QComboBox:focus, QComboBox:on {{ border-color: {tokens.accent}; }}
QComboBox:disabled {{ border-color: {tokens.border}; color: {tokens.disabled}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({_chevron(tokens)}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {tokens.base}; border: 1px solid {tokens.outline}; }}
QLineEdit {{
    background: {tokens.base}; border: 1px solid {tokens.outline}; border-radius: 3px; padding: 2px {SPACE_1}px;
    selection-background-color: {tokens.selection}; selection-color: {tokens.selection_text};
}}
QLineEdit:focus {{ border-color: {tokens.accent}; }}
QLineEdit:disabled {{ border-color: {tokens.border}; color: {tokens.disabled}; }}
QComboBox QLineEdit, QAbstractSpinBox QLineEdit, QAbstractItemView QPushButton {{
    background: {tokens.raised}; border: 1px solid {tokens.outline}; border-radius: {SPACE_1}px;
    padding: 3px {SPACE_3}px;
}}
QPushButton:hover {{ background: {tokens.hover}; }}
QPushButton:pressed, QPushButton:checked {{ background: {tokens.border}; }}
QPushButton:focus {{ border-color: {tokens.accent}; }}
QPushButton:disabled {{ border-color: {tokens.border}; color: {tokens.disabled}; }}
QComboBox {{
    background: {tokens.base}; border: 1px solid {tokens.outline}; border-radius: 3px; padding: 2px {SPACE_1}px;
}}
QComboBox:focus, QComboBox:on {{ border-color: {tokens.accent}; }}
QComboBox:disabled {{ border-color: {tokens.border}; color: {tokens.disabled}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({_chevron(tokens)}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {tokens.base}; border: 1px solid {tokens.outline}; }}
QLineEdit {{
    border: none; border-radius: 0; padding: 0 2px;
}}
#palette {{ background: {tokens.window}; border: 1px solid {tokens.outline}; border-radius: {SPACE_1}px; }}
#palette QTreeView {{ background: {tokens.window}; border: none; }}
QTableView {{ gridline-color: {tokens.border}; border: none; }}
"""


def _chevron(tokens: Tokens) -> str:
    """The arrow of drop-down lists: a style sheet takes it from a file only, so it cannot be tinted when painted."""
    return Path(__file__).with_name(f"chevron-{tokens.name}.svg").as_posix()

from collections import Counter

import pytest
from PyQt6.QtGui import QKeySequence

from damnit_gui.actions.catalogue import ACTIONS, MENUS
from damnit_gui.actions.help_panel import about_html, shortcuts_html
from damnit_gui.theme.icons import icon


def repeated(values):
    return [value for value, count in Counter(values).items() if count > 1]


def test_each_action_has_a_name_of_its_own():
    assert repeated(action.id for action in ACTIONS) == []


def test_no_two_actions_share_a_shortcut():
    keys = [QKeySequence(action.shortcut).toString() for action in ACTIONS if action.shortcut]
    assert "" not in keys
    assert repeated(keys) == []


def test_each_action_is_in_a_menu_that_exists():
    assert {action.menu for action in ACTIONS} == set(MENUS)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_each_action_has_an_icon_that_exists(action):
    assert action.icon
    assert not icon(action.icon).pixmap(16, 16).isNull()


def test_the_help_lists_every_shortcut():
    html = shortcuts_html()
    for action in ACTIONS:
        if action.shortcut:
            assert QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText) in html


def test_about_names_the_program_and_its_version():
    assert "DAMNIT Desktop 0." in about_html()

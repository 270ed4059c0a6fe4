"""Whose process this is."""

import os
import pwd


def user_name() -> str:
    """The name of this process's user, as the system knows it; the environment may claim anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())  # containers may have users without names

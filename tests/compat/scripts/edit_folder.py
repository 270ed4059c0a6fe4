"""Make user-editable variables and comments in a DAMNIT folder with the reference program.

    python edit_folder.py FOLDER

runs in the reference program's interpreter; values are typed into cells by `open_window.py` afterwards.
"""

import sys

from damnit.backend.db import DamnitDB
from damnit.backend.user_variables import UserEditableVariable


def main(folder):
    database = DamnitDB.from_dir(folder)
    for kind in ("boolean", "integer", "number", "string"):
        database.add_user_variable(UserEditableVariable(f"user_{kind}", f"User/{kind}", kind, f"A {kind}."))
    database.add_user_variable(UserEditableVariable("user_cleared", "User/cleared", "string"))
    database.add_standalone_comment(1_700_000_000.5, "beam is back")
    database.update_views()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

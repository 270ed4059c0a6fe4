"""Make a run in advance, and comment on it, with the reference program.

python precreate_run.py FOLDER PROPOSAL RUN COMMENT
"""

import sys

from damnit.backend.db import DamnitDB


def main(folder, proposal, run, comment):
    database = DamnitDB.from_dir(folder)
    database.ensure_run(int(proposal), int(run))
    database.change_run_comment(int(proposal), int(run), comment)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

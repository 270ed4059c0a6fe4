"""`python -m damnit_ctx serve`."""

import sys

from damnit_ctx import serve

if __name__ == "__main__":
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: python -m damnit_ctx serve")
    serve.main_and_exit()

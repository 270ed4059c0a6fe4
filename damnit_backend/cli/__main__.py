"""`python -m damnit_backend.cli`."""

from . import main

main()

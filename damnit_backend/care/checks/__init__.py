"""The checks of a folder: each a module, listed in `catalogue`."""

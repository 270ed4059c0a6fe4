"""The DAMNIT folder: the only package that speaks SQL and, besides `damnit_ctx`'s writer, HDF5."""

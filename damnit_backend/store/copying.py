"""Copying one result from an HDF5 file into another."""

import h5py

from .results import ERRORS, PREVIEW, REDUCED

PLACES = (REDUCED, PREVIEW, ERRORS)
"""Where a file holds something of a variable, besides the full result at its top."""

DIMENSIONS = "DIMENSION_LIST"
USES = "REFERENCE_LIST"


def copy_result(source: h5py.Group, target: h5py.Group, name: str) -> None:
    """Copy a dataset or a group of that name, netCDF's dimensions included.

    netCDF ties an array to its dimensions by references in attributes. HDF5 does not translate those on the way into
    another file, so the ties are made anew from what they name in the source.
    """
    source.copy(source[name], target, name=name)
    if isinstance(source[name], h5py.Group):
        _attach_dimensions(source[name], target[name])


def copy_places(source: h5py.File, target: h5py.File, name: str) -> None:
    """Copy all that a file holds of a variable into another file that holds nothing of it."""
    if name in source:
        copy_result(source, target, name)
    for place in PLACES:
        if f"{place}/{name}" in source:
            copy_result(source[place], target.require_group(place), name)


def _attach_dimensions(old: h5py.Group, new: h5py.Group) -> None:
    scales = {name: _scale_names(old[name]) for name in old if DIMENSIONS in old[name].attrs}
    for name in new:
        for attribute in (DIMENSIONS, USES):
            if attribute in new[name].attrs:
                del new[name].attrs[attribute]
    for name, axes in scales.items():
        for axis, attached in enumerate(axes):
            for scale in attached:
                new[name].dims[axis].attach_scale(new[scale])


def _scale_names(dataset: h5py.Dataset) -> list[list[str]]:
    """For each axis, the names of the dimensions attached to it."""
    return [
        [dataset.file[reference].name.rpartition("/")[2] for reference in references]
        for references in dataset.attrs[DIMENSIONS]
    ]

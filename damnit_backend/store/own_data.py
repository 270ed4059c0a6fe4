"""Making sure that an HDF5 file holds its data itself: whoever reads it must not be led to other files."""

import h5py


def require_own_data(file: h5py.File) -> None:
    """ValueError if anything in the file leads elsewhere.

    Whoever writes fragments must not have the listener read, with its permissions, what they cannot read: links to
    other files, data stored in other files, virtual datasets. Soft links are refused too: nobody has a use for them.
    """

    # What is not None ends a walk; neither may raise. Links first: they say what there is, and neither walk follows
    # one that is not hard, or goes in circles.
    def is_link(name: bytes, link: h5py.h5l.LinkInfo) -> bytes | None:
        return None if link.type == h5py.h5l.TYPE_HARD else name

    def is_elsewhere(name: bytes) -> bytes | None:
        node = h5py.h5o.open(file.id, name)
        if not isinstance(node, h5py.h5d.DatasetID):
            return None
        made = node.get_create_plist()
        return name if made.get_layout() == h5py.h5d.VIRTUAL or made.get_external_count() > 0 else None

    if (found := file.id.links.visit(is_link, info=True)) is not None:
        raise ValueError(f"{_text(found)} is a link")
    if (found := h5py.h5o.visit(file.id, is_elsewhere)) is not None:
        raise ValueError(f"the data of {_text(found)} are in another file")


def _text(name: bytes) -> str:
    return name.decode(errors="replace")

"""Names of subsets and labels as names of files and folders."""

from __future__ import annotations

import re

from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.model.media_path import check_media_path

_USUAL = re.compile(
    r"(?:train|training|trainval|val|valid|validation|minival|test|testing|dev|eval|default)(?:[-_]?\d+)?",
    re.IGNORECASE,
)


def is_usual_subset(name: str) -> bool:
    """Tell whether a folder's name is one by which a subset is known: train, val, test and the like, also train2017."""
    return _USUAL.fullmatch(name) is not None


def check_plain_name(what: str, name: str) -> None:
    """Refuse a name that cannot be that of a file or folder in the dataset's folder, or stand in a line of text.

    Args:
        what: What has the name, such as "subset".
        name: The name.

    Raises:
        InvalidItemError: It has more than one part, leads elsewhere, or has a line break or space around it.
    """
    try:
        check_media_path(name)
    except MediaPathError:
        plain = False
    else:
        plain = "/" not in name and name == name.strip() and "\n" not in name and "\r" not in name
    if not plain:
        message = f"{what} {name!r}: the name cannot be part of a file's name"
        raise InvalidItemError(message)

"""Which paths a media file may have: those that stay inside the dataset's folder, on every operating system."""

from __future__ import annotations

import re

from datumpb.errors import MediaPathError

_DRIVE = re.compile(r"[A-Za-z]:")
_SURROGATES = re.compile("[\ud800-\udfff]")
_NO_NAMES = frozenset({"", ".", ".."})


def check_media_path(path: str) -> None:
    r"""Refuse a path that is not relative or that leads out of the dataset's folder.

    Refused: an absolute path, an empty part, "." or "..", a backslash, NUL, a drive such as `C:`, half of a surrogate
    pair. Links are not looked at: the file system is not touched.

    Raises:
        MediaPathError: It is such a path.
    """
    if _DRIVE.match(path):
        message = "a media path must not name a drive"
    elif path.startswith("/"):
        message = "a media path has to be relative to the dataset's folder"
    elif "\\" in path or "\0" in path:
        message = "a media path must not have a backslash or NUL"
    elif not path.isascii() and _SURROGATES.search(path):
        message = "a media path must not have half of a surrogate pair"
    elif not _NO_NAMES.isdisjoint(path.split("/")):
        message = 'a media path must not have an empty part, "." or ".."'
    else:
        return
    raise MediaPathError(message, path)

"""Telling the format by the metadata at the end of its files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datumpb.dataset.layout import annotation_files

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".parquet"

_MAGIC = b"PAR1"
_VERSION_KEY = b"datumpb.version"
_TAIL = 8  # the footer's size, and the magic
_LONGEST_FOOTER = 64 << 20


def looks_like(path: Path) -> str | None:
    """Return why a path looks like this format, or None; reads no more than the ends of files."""
    if path.is_file():
        files = [path] if path.suffix.lower() == SUFFIX else []
    else:
        files = list(annotation_files(path, SUFFIX).values())
    if files and all(map(_is_ours, files)):
        return f"{files[0].name} is a Parquet file with the metadata of datumpb"
    return None


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or length > min(size - _TAIL, _LONGEST_FOOTER):
            return False
        file.seek(size - _TAIL - length)
        return _VERSION_KEY in file.read(length)

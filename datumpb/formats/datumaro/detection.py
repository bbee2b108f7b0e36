"""Telling the format by what its annotation files begin with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datumpb.dataset.json_start import keys_by_depth, read_start
from datumpb.dataset.layout import annotation_files

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".json"

_CATEGORIES_MAP = re.compile(r'"categories"\s*:\s*\{')
_KINDS = {"label", "mask", "points"}


def looks_like(path: Path) -> str | None:
    """Return why a path looks like this format, or None; reads no more than the first bytes of a few files."""
    if path.is_file():
        files = [path] if path.suffix.lower() == SUFFIX else []
    else:
        files = list(annotation_files(path, SUFFIX).values())
    for file in files:
        reason = _reason(read_start(file))
        if reason is not None:
            return f"{file.name} {reason}"
    return None


def _reason(text: str) -> str | None:
    if not text.startswith("{"):
        return None
    keys = keys_by_depth(text)
    top = keys.get(1, {})
    if "dm_format_version" in top:
        return 'has the key "dm_format_version" of Datumaro'
    # Files of older versions; where the categories are many, the items are not in sight.
    if "categories" in top and _CATEGORIES_MAP.search(text) and ("items" in top or _KINDS & keys.get(2, {}).keys()):
        return "has categories by kind, as Datumaro has them"
    return None

"""What a JSON file begins with, to tell what it is without reading all of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PREFIX_SIZE = 1 << 16
"""How much of a file is looked at, in bytes."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[\[\]{}]', re.DOTALL)


def read_start(path: Path) -> str:
    """Return the first characters of a file; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(PREFIX_SIZE).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    except OSError:
        return ""


def keys_by_depth(text: str) -> dict[int, dict[str, None]]:
    """Return the keys at each depth of a JSON text that may be cut off, in their order."""
    keys: dict[int, dict[str, None]] = {}
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token.group()[0]
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        elif token.group(1):
            keys.setdefault(depth, {})[token.group()[1:].rsplit('"', 1)[0]] = None
    return keys

"""Sizes of pictures that are not there, in a file beside the lists: `"<path>" <height> <width>` on each line.

Datumaro has such a file, too, with the items' ids instead of paths; both are read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datumpb.dataset.text_lines import line_place, numbered_lines
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path

SIZES_FILE = "images.meta"

_FIELDS = 3
_SIDE = re.compile(r"[1-9][0-9]{0,8}")


def read_sizes(root: Path) -> dict[str, tuple[int, int]]:
    """Return height and width of pictures by path or id; empty where there is no such file.

    Raises:
        SourceFormatError: A line is not of this form.
    """
    path = root / SIZES_FILE
    sizes = {}
    for number, line in numbered_lines(path) if path.is_file() else []:
        if line.startswith("#"):
            continue
        fields = line.rsplit(None, 2)
        if len(fields) != _FIELDS or not all(map(_SIDE.fullmatch, fields[1:])):
            message = 'a path in quotes, height and width expected, such as "a.jpg" 480 640'
            raise SourceFormatError(message, path, line_place(number))
        name = fields[0]
        quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "\"'"
        sizes[name[1:-1] if quoted else name] = int(fields[1]), int(fields[2])
    return sizes


def size_line(path: str, height: int, width: int) -> str:
    """Return the line of a picture."""
    return f'"{path}" {height} {width}\n'

"""Text for people: sizes with units, aligned tables, and nothing that could confuse a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_STEP = 1000


def printable(text: str) -> str:
    """Replace what is not printable (line ends, control characters, lone surrogates) by its escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def size(count: int) -> str:
    """Write a number of bytes with three digits and a decimal unit, such as "1.23 MB"."""
    if count < _STEP:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        value /= _STEP
        if value < _STEP - 0.5 or unit == "PB":
            break
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0  # noqa: PLR2004 -- where rounding adds a digit
    return f"{value:.{digits}f} {unit}"


def number(count: int) -> str:
    """Write a number with a comma every three digits."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a number and its noun: "1 item", "2 items"."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def percent(part: int, whole: int) -> str:
    """Write one number as a percentage of another; a dash where that makes no sense."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """Lay out a table: the columns of the numbers in `left` to the left, all others to the right."""
    cells = [[printable(cell) for cell in row] for row in (heading, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(map(_pad, row, widths, [place not in left for place in range(len(row))])).rstrip() for row in cells
    ]


def _pad(cell: str, width: int, to_right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if to_right else cell + space


def _width(text: str) -> int:
    """Count the columns that a text takes on a terminal: East Asian wide characters take two, accents none."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)

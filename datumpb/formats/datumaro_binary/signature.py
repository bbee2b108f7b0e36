"""How a file of the format begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIGNATURE = b"signature:datumaro_binary"


def has_signature(path: Path) -> bool:
    """Tell whether a file begins as one of this format does."""
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE

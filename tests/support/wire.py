"""Messages written byte by byte, in ways that no library writes them."""

from __future__ import annotations


def field(number: int, content: bytes) -> bytes:
    """Return a field of bytes, its size in one byte."""
    return bytes([number << 3 | 2, len(content)]) + content

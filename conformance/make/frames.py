"""Zstandard frames that are the same bytes everywhere: those of the library pinned in a file, hostile ones by hand."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import zstandard

PINNED = Path(__file__).with_name("frames.json")
_LEVEL = 15
_MAGIC = bytes.fromhex("28b52ffd")
_MAX_BLOCK = 1 << 17
_MIN_RUN = 32


class Frames:
    """Compresses bodies. Another version of Zstandard may compress otherwise, so each frame is made once and kept.

    Attributes:
        used: The frames that were asked for, by what they are made of.
    """

    def __init__(self) -> None:
        """Take the frames that are kept."""
        self._pinned: dict[str, str] = json.loads(PINNED.read_text("ascii")) if PINNED.exists() else {}
        self.used: dict[str, str] = {}

    def compress(self, body: bytes, *, checksum: bool = False) -> bytes:
        """Return the frame of a body, with its content size and, where asked for, a checksum."""
        name = hashlib.sha256(body).hexdigest() + ("-checksum" if checksum else "")
        if name not in self._pinned:
            compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=checksum)
            self._pinned[name] = base64.b64encode(compressor.compress(body)).decode()
        self.used[name] = self._pinned[name]
        frame = base64.b64decode(self.used[name])
        assert zstandard.ZstdDecompressor().decompress(frame, len(body)) == body
        return frame


def frame(body: bytes, content_size: int | None = -1, *, dictionary: int | None = None) -> bytes:
    """Make a frame by hand, whose blocks are raw or a byte repeated.

    Args:
        body: What it decompresses to.
        content_size: What it says of its content's size; None: nothing; -1: the truth.
        dictionary: The number of the dictionary that it says to need, below 256.
    """
    size = len(body) if content_size == -1 else content_size
    # An 8-byte content size; a window of 128 KiB, no checksum.
    flags = (0 if size is None else 0xC0) | (0 if dictionary is None else 1)
    head = bytes((flags, (17 - 10) << 3))
    head += b"" if dictionary is None else bytes((dictionary,))
    head += b"" if size is None else size.to_bytes(8, "little")
    return _MAGIC + head + _blocks(body)


def _blocks(body: bytes) -> bytes:
    pieces = list(_pieces(body)) or [(0, b"", 0)]
    blocks = b""
    for number, (kind, content, size) in enumerate(pieces):
        last = number == len(pieces) - 1
        blocks += (size << 3 | kind << 1 | last).to_bytes(3, "little") + content
    return blocks


def _pieces(body: bytes) -> list[tuple[int, bytes, int]]:
    """Cut a body into raw pieces (kind 0) and runs of a byte (kind 1)."""
    pieces: list[tuple[int, bytes, int]] = []
    raw, at = 0, 0
    while at < len(body):
        end = at
        while end < len(body) and body[end] == body[at] and end - at < _MAX_BLOCK:
            end += 1
        if end - at >= _MIN_RUN:
            if raw < at:
                pieces.append((0, body[raw:at], at - raw))
            pieces.append((1, body[at : at + 1], end - at))
            raw = end
        at = end
    if raw < len(body):
        pieces.append((0, body[raw:], len(body) - raw))
    return pieces

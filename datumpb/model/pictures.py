"""Pictures, by pillow: their pixels, and their size without decoding them."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

import numpy as np
import PIL.Image

from datumpb.errors import MediaMismatchError, MediaNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.media import MediaRef


def decode(data: bytes, path: str | None = None) -> np.ndarray:
    """Decode a picture: (H, W, 3) uint8 RGB, or (H, W) of the file's own type where it has one channel.

    Args:
        data: The encoded picture.
        path: Its path, for error messages.

    Raises:
        MediaMismatchError: The bytes are not a picture that pillow can read.
    """
    try:
        with PIL.Image.open(io.BytesIO(data)) as picture:
            single = len(picture.getbands()) == 1 and picture.mode != "P"
            return np.asarray(picture if single else picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        message = f"not a picture that can be decoded: {error}"
        raise MediaMismatchError(message, path) from error


def decode_numbers(data: bytes, path: str | None = None) -> tuple[np.ndarray, np.ndarray] | None:
    """Decode a picture that has a palette.

    Args:
        data: The encoded picture.
        path: Its path, for error messages.

    Returns:
        (H, W) uint8, the number of each pixel; (N, 3) uint8 RGB, the colours of the numbers up to the highest one.
        None: the picture has no palette, or numbers that are not in it.

    Raises:
        MediaMismatchError: The bytes are not a picture that pillow can read.
    """
    try:
        with PIL.Image.open(io.BytesIO(data)) as picture:
            palette = picture.getpalette("RGB") if picture.mode == "P" else None
            if palette is None:
                return None
            numbers = np.asarray(picture)
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        message = f"not a picture that can be decoded: {error}"
        raise MediaMismatchError(message, path) from error
    colours = np.array(palette, np.uint8).reshape(-1, 3)
    count = int(numbers.max()) + 1 if numbers.size else 0
    return (numbers, colours[:count]) if count <= len(colours) else None


def size_of_file(path: Path) -> tuple[int, int]:
    """Return height and width of a picture in pixels, as its header has them; nothing is decoded.

    Raises:
        MediaNotFoundError: The file cannot be read.
        MediaMismatchError: It is not a picture that pillow can read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        message = f"cannot read this picture, whose size is needed: {error.strerror}"
        raise MediaNotFoundError(message, path) from error
    with file:
        return _size(file, str(path))


def size_of_media(ref: MediaRef) -> tuple[int, int]:
    """Return height and width of an item's picture in pixels, as its header has them; nothing is decoded.

    Raises:
        MediaError: The file cannot be had, or is not a picture that pillow can read.
    """
    chunks = ref.chunks()
    start = next(chunks, b"")
    try:
        return _size(io.BytesIO(start), ref.path)
    except MediaMismatchError:  # the header may be longer than a chunk
        return _size(io.BytesIO(start + b"".join(chunks)), ref.path)


def _size(file: IO[bytes], path: str | None) -> tuple[int, int]:
    try:
        with PIL.Image.open(file) as picture:
            return picture.height, picture.width
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        message = "not a picture whose size can be told"
        raise MediaMismatchError(message, path) from error

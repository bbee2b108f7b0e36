"""Decoding of pictures, by pillow."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image

from datumpb.errors import MediaMismatchError


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

"""Panoptic PNGs, both ways: a picture whose colours are the numbers of segments (red + 256 green + 65536 blue)."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from datumpb.errors import InvalidItemError, MediaError, SourceFormatError
from datumpb.model import rle
from datumpb.model.annotations import Mask
from datumpb.model.media import MediaRef
from datumpb.model.media_folder import MediaFolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_SEGMENT = (1 << 24) - 1


def read_masks(folder: Path, name: str, source: Path, place: str) -> tuple[tuple[int, int], dict[int, Mask]]:
    """Read a PNG: its height and width, and the mask of each number in it but 0, which stands for nothing.

    Args:
        folder: Where it is.
        name: Its path in there.
        source: The annotation file that names it, for errors.
        place: Where in that file.

    Raises:
        SourceFormatError: It is missing, outside of the folder, no picture, or too large.
    """
    try:
        path = MediaFolder(folder).resolve(name)
        data = b"".join(MediaFolder(folder).chunks(MediaRef(path=name)))
    except MediaError as error:
        message = f"the segments' PNG cannot be had: {error}"
        raise SourceFormatError(message, source, place) from error
    try:
        with PIL.Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > rle.MAX_BITMAP_PIXELS:
                message = f"a PNG of {height} x {width} pixels is too large"
                raise SourceFormatError(message, path)
            colours = np.asarray(picture.convert("RGB"), np.uint32)
    except (
        OSError,
        ValueError,
        SyntaxError,
        PIL.Image.DecompressionBombError,
        PIL.Image.DecompressionBombWarning,
    ) as error:
        message = f"not a picture that can be decoded: {error}"
        raise SourceFormatError(message, path) from error
    numbers = colours[..., 0] | colours[..., 1] << 8 | colours[..., 2] << 16
    masks = rle.segment_masks(numbers)
    return (height, width), {number: Mask(height, width, counts) for number, counts in masks.items() if number}


def empty_mask(height: int, width: int) -> Mask:
    """Make a mask of a size without any pixel."""
    return Mask(height, width, rle.encode_runs([height * width]))


def png_of(masks: Iterable[tuple[int, Mask]], height: int, width: int) -> bytes:
    """Draw the masks of segments, by their numbers, the later ones over the earlier ones.

    Raises:
        InvalidItemError: A mask's runs do not fit its size, or the size is absurd.
    """
    if height * width > rle.MAX_BITMAP_PIXELS:
        message = f"a PNG of {height} x {width} pixels is too large"
        raise InvalidItemError(message)
    numbers = np.zeros((height, width), np.uint32)
    for number, mask in masks:
        numbers[rle.to_bitmap(mask.counts, mask.height, mask.width)] = number
    colours = np.stack([numbers & 255, numbers >> 8 & 255, numbers >> 16 & 255], axis=-1).astype(np.uint8)
    buffer = io.BytesIO()
    PIL.Image.fromarray(colours).save(buffer, "PNG", compress_type=zlib.Z_RLE)  # as for pictures of masks in VOC
    return buffer.getvalue()

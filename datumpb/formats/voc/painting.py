"""Pictures of masks, written: shapes drawn over each other, as PNG of classes and PNG of objects."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from datumpb.formats.voc.layout import CLASSES, OBJECTS
from datumpb.formats.voc.palette import NUMBERS, PALETTE, Colour
from datumpb.model.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datumpb.model.annotations import Annotation

_MAX_COLOURS = 256


@dataclass(frozen=True, slots=True)
class Layer:
    """A shape to draw, the colour of its class, and its number, 0 to 255."""

    shape: Annotation
    colour: Colour
    number: int


def paint(layers: Sequence[Layer], height: int, width: int) -> tuple[dict[str, bytes], int]:
    """Draw shapes, those of a higher z_order over those of a lower one, later ones over earlier ones.

    Args:
        layers: The shapes.
        height: Of the pictures, in pixels.
        width: Of the pictures, in pixels.

    Returns:
        The PNG files by their folders, and how many classes of objects are hidden, or partly, by others.

    Raises:
        InvalidItemError: A shape cannot be drawn into a picture of this size.
    """
    values = list(dict.fromkeys((layer.colour, layer.number) for layer in layers))
    # Column by column, as shapes are drawn.
    columns = np.zeros(width * height, np.uint16 if len(values) < 1 << 16 else np.uint32)
    hidden: set[int] = set()
    for layer in sorted(layers, key=lambda layer: layer.shape.z_order):
        owner = values.index((layer.colour, layer.number)) + 1
        covered = draw(layer.shape, height, width).T.reshape(-1)
        first = int(covered.argmax()) if covered.size else 0
        last = covered.size - int(covered[::-1].argmax()) if covered.size else 0
        covered, own = covered[first:last], columns[first:last]  # most shapes are in few columns
        hidden |= {*np.flatnonzero(np.bincount(own[covered])).tolist()} - {0, owner}
        own[covered] = owner
    owners = np.ascontiguousarray(columns.reshape(width, height).T)
    numbers = np.array([0, *(number for _, number in values)], np.uint8)
    colours: list[Colour] = [PALETTE[0], *(colour for colour, _ in values)]
    return {CLASSES: _picture(owners, colours), OBJECTS: _png(numbers[owners], dict(enumerate(PALETTE)))}, len(hidden)


def _picture(owners: np.ndarray, colours: Sequence[Colour]) -> bytes:
    """Return a picture in which every pixel has the colour of its owner: by VOC's palette, or one like it."""
    used = list(dict.fromkeys(colours))
    if len(used) > _MAX_COLOURS:
        return _png(np.array(colours, np.uint8)[owners], None)
    palette = {NUMBERS[colour]: colour for colour in used if colour in NUMBERS}
    free = (number for number in range(_MAX_COLOURS) if number not in palette)
    palette |= dict(zip(list(free), (colour for colour in used if colour not in NUMBERS), strict=False))
    numbers = {colour: number for number, colour in palette.items()}
    indices = np.array([numbers[colour] for colour in colours], np.uint8)
    return _png(indices[owners], {**dict(enumerate(PALETTE)), **palette})


def _png(pixels: np.ndarray, palette: Mapping[int, Colour] | None) -> bytes:
    picture = PIL.Image.fromarray(pixels)
    if palette is not None:
        picture.putpalette([shade for number in range(_MAX_COLOURS) for shade in palette[number]])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_type=zlib.Z_RLE)  # a quarter of the time, and smaller: runs are all there is
    return buffer.getvalue()

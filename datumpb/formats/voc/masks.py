"""Pictures of masks, read: the colours of one say the class of each pixel, those of the other the object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import MediaError, SourceFormatError
from datumpb.formats.voc.layout import KEY
from datumpb.formats.voc.palette import BACKGROUND, NUMBERS, PALETTE, VOID, Colour, code, colour_of
from datumpb.model import rle
from datumpb.model.annotations import Mask
from datumpb.model.pictures import decode, size_of_file

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.values import Value

_BITS = 24
_CODES = np.array([code(colour) for colour in PALETTE], np.uint32)


def read_codes(path: Path) -> np.ndarray:
    """Return the colours of a picture as numbers of 24 bits, (H, W) uint32; without colours, by VOC's palette.

    Raises:
        SourceFormatError: It is no picture, or too large.
    """
    try:
        height, width = size_of_file(path)
        if height * width > rle.MAX_BITMAP_PIXELS:
            message = f"a picture of {height} x {width} pixels is too large"
            raise SourceFormatError(message, path)
        pixels = decode(path.read_bytes(), str(path))
    except (MediaError, OSError) as error:
        message = f"a picture of masks that cannot be read: {getattr(error, 'message', error)}"
        raise SourceFormatError(message, path) from error
    if pixels.ndim == 3:  # noqa: PLR2004 -- with red, green and blue
        red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
        return np.asarray(red << 16 | green << 8 | blue)
    if pixels.dtype.kind not in "iub" or (pixels.size and not 0 <= pixels.min() <= pixels.max() < len(_CODES)):
        message = "a picture of masks has to have colours, or numbers from 0 to 255"
        raise SourceFormatError(message, path)
    return np.asarray(_CODES[pixels.astype(np.uint8)])


class MaskReader:
    """Reads masks by the colours of labels."""

    def __init__(self, colours: dict[int, Colour]) -> None:
        """Take the colours by the indices of their labels; the first label of a colour has it."""
        self._labels: dict[Colour, int] = {}
        for label, colour in colours.items():
            self._labels.setdefault(colour, label)

    def read(self, classes: Path | None, objects: Path | None, size: tuple[int, int] | None) -> list[Mask]:
        """Return a mask for each pair of a class and an object that occurs, in the order of the objects.

        The number of the object, from 1, is the mask's id; it is 0 where there is none. Where both are the background,
        there is no mask. The void around objects is a mask of the label that has its colour, or of none and marked.

        Args:
            classes: The picture of classes; None: there is none.
            objects: The picture of objects; None: there is none.
            size: Height and width that the pictures have to have; None: not known.

        Raises:
            SourceFormatError: A picture cannot be read, or has another size or an unknown colour.
        """
        codes: dict[Path, np.ndarray] = {path: read_codes(path) for path in (classes, objects) if path is not None}
        for path, picture in codes.items():
            size = size or picture.shape[:2]
            if picture.shape != size:
                shape = " x ".join(map(str, picture.shape))
                message = f"a picture of {shape} pixels (height x width), not {size[0]} x {size[1]}"
                raise SourceFormatError(message, path)
        if not codes or size is None:
            return []
        both = np.zeros(size, np.int64)
        if classes is not None:
            both |= codes[classes].astype(np.int64) << _BITS
        if objects is not None:
            both |= codes[objects]
        found = []
        for pair, counts in rle.segment_masks(both).items():
            colour = colour_of(pair >> _BITS)
            label = self._label(colour, classes, counts, size, background=pair & (1 << _BITS) - 1 > 0)
            number = _number(colour_of(pair), objects, counts, size)
            if pair:
                kept: dict[str, Value] = {KEY: {"void": True}} if colour == VOID and label is None else {}
                found.append(Mask(*size, counts, id=number, label=label, attributes=kept))
        return sorted(found, key=lambda mask: (mask.id, -1 if mask.label is None else mask.label))

    def _label(
        self, colour: Colour, path: Path | None, counts: bytes, size: tuple[int, int], *, background: bool
    ) -> int | None:
        if colour in self._labels:
            return self._labels[colour] if colour != BACKGROUND or (background and path is not None) else None
        if colour not in {BACKGROUND, VOID}:
            _refuse(colour, path, counts, size, "is that of no label")
        return None


def _number(colour: Colour, path: Path | None, counts: bytes, size: tuple[int, int]) -> int:
    if colour not in NUMBERS:
        _refuse(colour, path, counts, size, "is not in VOC's palette of objects")
    return NUMBERS[colour]


def _refuse(colour: Colour, path: Path | None, counts: bytes, size: tuple[int, int], what: str) -> None:
    box = rle.box(rle.checked_runs(counts, *size), size[0])
    assert box is not None
    message = f"the colour {','.join(map(str, colour))} {what}"
    raise SourceFormatError(message, path, f"pixel ({box[0]}, {box[1]}) or near it")

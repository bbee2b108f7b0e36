"""Pictures of masks, read: the colours of one say the class of each pixel, those of the other the object."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datumpb.errors import MediaError, SourceFormatError
from datumpb.formats.voc.layout import KEY
from datumpb.formats.voc.palette import BACKGROUND, NUMBERS, PALETTE, VOID, Colour, code, colour_of
from datumpb.model import rle
from datumpb.model.annotations import Mask
from datumpb.model.pictures import decode, decode_numbers, size_of_file

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.values import Value

_CODES = np.array([code(colour) for colour in PALETTE], np.uint32)


class Coloured(NamedTuple):
    """A picture of colours.

    Attributes:
        numbers: (H, W) uint8, or uint32 where there is no palette: the number of each pixel's colour.
        codes: (N,) uint32, the colour of each number, of 24 bits, no two of them the same; None: the number is that.
    """

    numbers: np.ndarray
    codes: np.ndarray | None

    def code(self, number: int) -> int:
        """Return the colour of a number."""
        return number if self.codes is None else int(self.codes[number])

    def pixels(self) -> np.ndarray:
        """Return the colours of all pixels, (H, W) uint32."""
        return self.numbers if self.codes is None else self.codes[self.numbers]


def read_colours(path: Path) -> Coloured:
    """Return the colours of a picture; where it has none, VOC's palette says which its numbers stand for.

    Raises:
        SourceFormatError: It is no picture, or too large.
    """
    try:
        height, width = size_of_file(path)
        if height * width > rle.MAX_BITMAP_PIXELS:
            message = f"a picture of {height} x {width} pixels is too large"
            raise SourceFormatError(message, path)
        data = path.read_bytes()
        indexed = decode_numbers(data, str(path))
        if indexed is not None:
            return _distinct(*indexed)
        pixels = decode(data, str(path))
    except (MediaError, OSError) as error:
        message = f"a picture of masks that cannot be read: {getattr(error, 'message', error)}"
        raise SourceFormatError(message, path) from error
    if pixels.ndim == 3:  # noqa: PLR2004 -- with red, green and blue
        red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
        return Coloured(red << 16 | green << 8 | blue, None)
    if pixels.dtype.kind not in "iub" or (pixels.size and not 0 <= pixels.min() <= pixels.max() < len(_CODES)):
        message = "a picture of masks has to have colours, or numbers from 0 to 255"
        raise SourceFormatError(message, path)
    return Coloured(pixels.astype(np.uint8), _CODES)


def _distinct(numbers: np.ndarray, colours: np.ndarray) -> Coloured:
    """Give pixels of the same colour the same number, the first one that the palette has for it."""
    red, green, blue = colours.astype(np.uint32).T
    codes = red << 16 | green << 8 | blue
    firsts = {one: number for number, one in reversed([*enumerate(codes.tolist())])}
    if len(firsts) < len(codes):
        numbers = np.array([firsts[one] for one in codes.tolist()], np.uint8)[numbers]
    return Coloured(numbers, codes)


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
        first_picture, second_picture = (None if path is None else read_colours(path) for path in (classes, objects))
        for path, picture in ((classes, first_picture), (objects, second_picture)):
            if picture is None:
                continue
            size = size or picture.numbers.shape[:2]
            if picture.numbers.shape != size:
                shape = " x ".join(map(str, picture.numbers.shape))
                message = f"a picture of {shape} pixels (height x width), not {size[0]} x {size[1]}"
                raise SourceFormatError(message, path)
        if size is None or (classes is None and objects is None):
            return []
        found = []
        for first, second, counts in _pairs(first_picture, second_picture):
            colour = colour_of(first)
            label = self._label(colour, classes, counts, size, background=second > 0)
            number = _number(colour_of(second), objects, counts, size)
            if first or second:
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


def _pairs(classes: Coloured | None, objects: Coloured | None) -> list[tuple[int, int, bytes]]:
    """Return each pair of colours that occurs, 0 where there is no picture, and the compressed runs of its pixels."""
    given = [picture for picture in (classes, objects) if picture is not None]
    narrow = all(picture.codes is not None for picture in given)  # numbers of palettes: a quarter of the memory
    if not narrow:
        given = [Coloured(picture.pixels(), None) for picture in given]
    bits = 8 if narrow else 24
    both = np.zeros(given[0].numbers.shape, np.uint16 if narrow else np.int64)
    for picture in given:
        both <<= bits
        both |= picture.numbers
    found = []
    for pair, counts in rle.segment_masks(both).items():
        first = 0 if classes is None else given[0].code(pair >> bits if objects is not None else pair)
        second = 0 if objects is None else given[-1].code(pair & (1 << bits) - 1)
        found.append((first, second, counts))
    return sorted(found)


def _number(colour: Colour, path: Path | None, counts: bytes, size: tuple[int, int]) -> int:
    if colour not in NUMBERS:
        _refuse(colour, path, counts, size, "is not in VOC's palette of objects")
    return NUMBERS[colour]


def _refuse(colour: Colour, path: Path | None, counts: bytes, size: tuple[int, int], what: str) -> None:
    box = rle.box(rle.checked_runs(counts, *size), size[0])
    assert box is not None
    message = f"the colour {','.join(map(str, colour))} {what}"
    raise SourceFormatError(message, path, f"pixel ({box[0]}, {box[1]}) or near it")

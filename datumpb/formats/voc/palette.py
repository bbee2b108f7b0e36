"""VOC's colours: 256 of them, and those that labels are given."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Colour = tuple[int, int, int]

BACKGROUND: Colour = (0, 0, 0)
VOID: Colour = (224, 224, 192)
VOID_NUMBER = 255
"""The colour, and the number in the palette, of the border around objects, which belongs to nothing."""


def _colour(number: int) -> Colour:
    """Return VOC's colour of a number: its bits are dealt out to red, green and blue, the lowest ones count most."""
    red = green = blue = 0
    for place in range(8):
        bits = number >> 3 * place
        red |= (bits & 1) << 7 - place
        green |= (bits >> 1 & 1) << 7 - place
        blue |= (bits >> 2 & 1) << 7 - place
    return red, green, blue


PALETTE: tuple[Colour, ...] = tuple(map(_colour, range(256)))
"""The colours by their numbers: of instances, and of VOC's own classes."""

NUMBERS = {colour: number for number, colour in enumerate(PALETTE)}
"""The numbers by their colours."""


def code(colour: Colour) -> int:
    """Return a colour as one number of 24 bits."""
    return colour[0] << 16 | colour[1] << 8 | colour[2]


def colour_of(number: int) -> Colour:
    """Return the colour that a number of 24 bits stands for."""
    return number >> 16 & 255, number >> 8 & 255, number & 255


def complete(labels: Sequence[int], colours: Mapping[int, Colour]) -> dict[int, Colour]:
    """Give every label a colour of its own: its own one where no label before it has that, else a free one.

    Args:
        labels: The indices of the labels.
        colours: The colours that they have.
    """
    chosen: dict[int, Colour] = {}
    taken: set[Colour] = set()
    for label in labels:
        colour = colours.get(label)
        if colour is not None and colour not in taken:
            chosen[label] = colour
            taken.add(colour)
    taken |= {BACKGROUND, VOID}
    every = itertools.chain(PALETTE, map(colour_of, range(1, 1 << 24)))
    free = (colour for colour in every if colour not in taken)
    for label in labels:
        if label not in chosen:
            chosen[label] = next(free)
            taken.add(chosen[label])
    return chosen

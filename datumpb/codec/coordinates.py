"""Coordinates, from and to messages: small and exact (schema: `coordinates.proto`).

A number that a person or a program rounded to a few decimals is an integer divided by a power of ten; such integers, as
differences, take a byte or two each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.coordinate_batch import CoordinateBatch, beyond_bounds, wrong_count
from datumpb.codec.coordinate_encoder import CoordinateEncoder
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM, SCALES

if TYPE_CHECKING:
    import numpy as np

    from datumpb import messages


def encode_coordinates(values: object, message: messages.Coordinates, stride: int, count: int | None = None) -> None:
    """Put numbers into an empty message; `CoordinateEncoder` makes those of many shapes in a fraction of the time.

    Args:
        values: The numbers: an array of any shape, read in C order, or what numpy can make float64 of.
        message: Where to put them. It is left untouched where there are none.
        stride: How many numbers make a point.
        count: How many numbers there have to be; None: any multiple of `stride`.

    Raises:
        InvalidItemError: They are not numbers, or not as many as there have to be.
    """
    encoder = CoordinateEncoder()
    encoder.add(values, stride, count)
    (encoded,) = encoder.encode()
    message.MergeFromString(encoded)


def decode_coordinates(message: messages.Coordinates, stride: int) -> np.ndarray:
    """Return the numbers of one message, (N, stride) float64.

    Args:
        message: The message, which nobody has checked so far.
        stride: How many numbers make a point.

    Raises:
        DamagedFileError: The message is not what the schema allows.
    """
    batch = CoordinateBatch(stride)
    batch.add(message)
    points, _ = batch.decode()
    return points


def decode_numbers(message: messages.Coordinates, stride: int, count: int) -> list[float]:
    """Return the numbers of a message that has to have just a few, for which arrays would take longer.

    Args:
        message: The message, which nobody has checked so far.
        stride: How many numbers make a point.
        count: How many numbers there have to be.

    Raises:
        DamagedFileError: The message is not what the schema allows.
    """
    sums, decimals = message.delta[:], message.decimals
    if len(sums) != count or decimals > MAX_DECIMALS or message.rice_high or message.f32 or message.f64:
        numbers: list[float] = decode_coordinates(message, stride).reshape(-1).tolist()
        if len(numbers) != count:
            raise wrong_count(len(numbers), str(count))
        return numbers
    for place in range(stride, count):
        sums[place] += sums[place - stride]
    if max(sums) > MAX_SUM or min(sums) < -MAX_SUM:
        raise beyond_bounds()
    scale = SCALES[decimals]
    return [number / scale for number in sums]

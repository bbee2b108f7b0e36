"""Coordinates, from and to messages: small and exact (schema: `coordinates.proto`).

A number that a person or a program rounded to a few decimals is an integer divided by a power of ten; such integers, as
differences, take a byte or two each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.coordinate_batch import CoordinateBatch, beyond_bounds, wrong_count
from datumpb.codec.rice import encode_rice
from datumpb.codec.scales import MAX_DECIMALS, MAX_SUM, SCALES
from datumpb.errors import InvalidItemError
from datumpb.model.arrays import as_float64

if TYPE_CHECKING:
    from datumpb import messages


def encode_coordinates(values: object, message: messages.Coordinates, stride: int, count: int | None = None) -> None:
    """Put numbers into an empty message.

    Args:
        values: The numbers: an array of any shape, read in C order, or what numpy can make float64 of.
        message: Where to put them. It is left untouched where there are none.
        stride: How many numbers make a point.
        count: How many numbers there have to be; None: any multiple of `stride`.

    Raises:
        InvalidItemError: They are not numbers, or not as many as there have to be.
    """
    flat = as_float64(values).reshape(-1)
    if flat.size % stride or (count is not None and flat.size != count):
        text = f"{flat.size} coordinates given, but {f'a multiple of {stride}' if count is None else count} expected"
        raise InvalidItemError(text)
    if not flat.size or _encode_scaled(flat, message, stride):
        return
    with np.errstate(over="ignore", invalid="ignore"):
        single = flat.astype(np.float32)
        exact = single.astype(np.float64).tobytes() == flat.tobytes()
    if exact:
        message.f32.extend(single.tolist())
    else:
        message.f64.extend(flat.tolist())


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


def _encode_scaled(flat: np.ndarray, message: messages.Coordinates, stride: int) -> bool:
    """Write the numbers as deltas with the fewest decimals; False where that cannot be exact."""
    largest = float(np.abs(flat).max())
    if not largest <= MAX_SUM:  # NaN and the infinities, too
        return False
    bits = flat.tobytes()
    # One number shows most decimals to be too few, at a fraction of an array's cost.
    probe: float = flat.item(0)
    for decimals, scale in enumerate(SCALES):
        if largest * scale > MAX_SUM:
            return False
        if round(probe * scale) / scale != probe:
            continue
        scaled = np.rint(flat * scale) + 0.0  # -0.0 becomes 0.0, as it will in an integer
        again = scaled / scale
        if again.tobytes() == bits:
            delta = scaled.astype(np.int64)
            delta[stride:] -= delta[:-stride]
            message.decimals = decimals
            rice = encode_rice(delta[stride:])
            if rice is None:
                message.delta.extend(delta.tolist())
            else:
                message.delta.extend(delta[:stride].tolist())
                message.rice_bits, message.rice_low, message.rice_high = rice
            return True
        probe = flat.item(int((again != flat).argmax()))
    return False

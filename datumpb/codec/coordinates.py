"""Coordinates, from and to messages: small and exact (schema: `coordinates.proto`).

A number that a person or a program rounded to a few decimals is an integer divided by a power of ten; such integers, as
differences, take a byte or two each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.codec.rice import decode_rice, encode_rice
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model.arrays import as_float64

if TYPE_CHECKING:
    from datumpb import messages

MAX_DECIMALS = 12
"""With how many decimals numbers may be written as integers."""

MAX_SUM = 2**53
"""Up to here (and down to its negative) a float64 holds every integer, so that scaled numbers are exact."""

_SCALES = tuple(10.0**decimals for decimals in range(MAX_DECIMALS + 1))


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


def decode_coordinates(message: messages.Coordinates, stride: int, count: int | None = None) -> np.ndarray:
    """Return the numbers of a message, (N, stride) float64.

    Args:
        message: The message, which nobody has checked so far.
        stride: How many numbers make a point.
        count: How many numbers there have to be; None: any multiple of `stride`.

    Raises:
        DamagedFileError: The message is not what the schema allows.
    """
    delta, f32, f64 = message.delta, message.f32, message.f64
    if message.rice_high or delta:
        if f32 or f64:
            text = "coordinates are written in two ways at once"
            raise DamagedFileError(text)
        differences = np.array(delta, np.int64)
        if message.rice_high:
            more = decode_rice(message.rice_bits, message.rice_low, message.rice_high)
            differences = np.concatenate((differences, more))
        return _decode_scaled(_as_points(differences, stride, count), message.decimals)
    if f32 and f64:
        text = "coordinates are written in two ways at once"
        raise DamagedFileError(text)
    with np.errstate(invalid="ignore"):  # a signalling NaN
        return _as_points(np.array(f32 or f64, np.float64), stride, count)


def _as_points(flat: np.ndarray, stride: int, count: int | None) -> np.ndarray:
    if flat.size % stride or (count is not None and flat.size != count):
        text = f"{flat.size} coordinates found, but {f'a multiple of {stride}' if count is None else count} expected"
        raise DamagedFileError(text)
    return flat.reshape(-1, stride)


def _encode_scaled(flat: np.ndarray, message: messages.Coordinates, stride: int) -> bool:
    """Write the numbers as deltas with the fewest decimals; False where that cannot be exact."""
    largest = float(np.abs(flat).max())
    if not largest <= MAX_SUM:  # NaN and the infinities, too
        return False
    bits = flat.tobytes()
    # One number shows most decimals to be too few, at a fraction of an array's cost.
    probe: float = flat.item(0)
    for decimals, scale in enumerate(_SCALES):
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


def _decode_scaled(delta: np.ndarray, decimals: int) -> np.ndarray:
    if decimals > MAX_DECIMALS:
        text = f"coordinates have {decimals} decimals, but at most {MAX_DECIMALS} are allowed"
        raise DamagedFileError(text)
    # A sum that wraps around is noticed: the first one out of bounds cannot come out of the wrap within them.
    sums = delta.cumsum(axis=0)
    if sums.max() > MAX_SUM or sums.min() < -MAX_SUM:
        text = "coordinates have a running sum beyond 2^53"
        raise DamagedFileError(text)
    numbers: np.ndarray = sums / _SCALES[decimals]
    return numbers

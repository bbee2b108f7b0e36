"""Sound files: every way to write coordinates, at its limits; made by hand, as no writer would choose them all."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

import datumpb as dp
from conformance.make.case import Case, valid
from conformance.make.entries import Entry, boxed, item, serialized, written
from conformance.make.forge import Forge
from conformance.make.wire import bytes_field, number_field, sint, to_varint
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST = 2**53
_ODD = [float("nan"), float("inf"), float("-inf"), -0.0, 0.0, 1.5]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield valid("coordinates-decimals", "integers with each number of decimals, with 1 and several points", _decimals())
    yield valid("coordinates-limits", "running sums of 2^53 and its negative", _limits())
    yield valid("coordinates-rice", "Rice codes with every number of low bits that makes a difference", _rice())
    yield valid("coordinates-rice-and-delta", "differences partly in delta, partly in Rice codes", _mixed())
    yield valid("coordinates-f32", "single precision, all kinds of numbers", _single())
    yield valid("coordinates-f64", "double precision, all kinds of numbers", _double())
    yield valid("coordinates-empty", "shapes of no points", _empty())
    yield valid("coordinates-meaningless-fields", "decimals and Rice fields where they mean nothing", _meaningless())
    yield valid("coordinates-wire-forms", "unpacked lists, and fields in another order", _wire_forms())
    yield valid("coordinates-as-written", "the encodings that datumpb chooses for outlines of all kinds", _as_written())


def integers(sums: Sequence[int], decimals: int, stride: int = 2) -> tuple[messages.Coordinates, list[float]]:
    """Return numbers as plain differences, and the numbers."""
    message = messages.Coordinates(decimals=decimals, delta=_differences(sums, stride))
    return message, [number / 10**decimals for number in sums]


def rice(
    sums: Sequence[int], bits: int, plain: int = 0, decimals: int = 0, stride: int = 2
) -> tuple[messages.Coordinates, list[float]]:
    """Return numbers whose differences are Rice-coded, but for the first `plain` of them, and the numbers."""
    differences = _differences(sums, stride)
    unsigned = [sint(difference) for difference in differences[plain:]]
    low = "".join(f"{number % 2**bits:0{bits}b}"[::-1] if bits else "" for number in unsigned)
    high = "".join("0" * (number >> bits) + "1" for number in unsigned)
    message = messages.Coordinates(decimals=decimals, delta=differences[:plain])
    message.rice_bits, message.rice_low, message.rice_high = bits, _packed(low), _packed(high)
    return message, [number / 10**decimals for number in sums]


def _differences(sums: Sequence[int], stride: int) -> list[int]:
    return [number - (sums[index - stride] if index >= stride else 0) for index, number in enumerate(sums)]


def _packed(bits: str) -> bytes:
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


def _polygon(name: str, made: tuple[messages.Coordinates, Sequence[float]]) -> Entry:
    return written(boxed(name, made[0]), [made[1]])


def _decimals() -> Forge:
    entries = []
    for decimals in range(13):
        entries.append(_polygon(f"one point, {decimals}", integers([123456789, -987654321], decimals)))
        entries.append(_polygon(f"points, {decimals}", integers([7, -7, 0, 0, 10**12 + 1, 3, -(10**12), 3], decimals)))
    message, numbers = integers([1, 2, 30000000000, 4], 2, 4)
    entries.append(written(boxed("a box", message, "bbox", "xywh"), [numbers]))
    message, numbers = integers(list(range(9)), 1, 3)
    entries.append(written(boxed("stride 3", message, "cuboid_3d", "position_rotation_scale"), [numbers]))
    message, numbers = integers([5, 4, 3, 2, 1], 3, 5)
    entries.append(written(boxed("stride 5", message, "rotated_bbox", "cxcywhr"), [numbers]))
    return Forge([entries])


def _limits() -> Forge:
    sums = [_MOST, -_MOST, -_MOST, _MOST, 0, 0, 1, -1, _MOST - 1, 1 - _MOST]
    return Forge([[_polygon(f"{decimals}", integers(sums, decimals)) for decimals in (0, 1, 6, 12)]])


def _rice() -> Forge:
    near = [5, 5, 6, 4, 6, 3, 9, 3, 9, 4]
    entries = [_polygon(f"small, {bits}", rice(near, bits)) for bits in (0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 53, 54)]
    far = [2**20, -(2**20), 0, 0, 2**30, 2**31]
    entries += [_polygon(f"large, {bits}", rice(far, bits)) for bits in (26, 31, 54)]
    # The largest difference there can be: from 2^53 to -2^53, made unsigned 2^55 - 1.
    entries += [_polygon(f"largest, {bits}", rice([_MOST, _MOST, -_MOST, -_MOST], bits)) for bits in (48, 54)]
    entries.append(_polygon("one point", rice([3, -3], 1)))
    entries.append(_polygon("zeros", rice([0] * 16, 0)))
    entries.append(_polygon("decimals", rice([1050, 2025, 11050, 2025, 11050, 7100], 4, decimals=2)))
    return Forge([entries])


def _mixed() -> Forge:
    sums = [125, 40, 140, 45, 155, 65, 150, 90, 120, 100, 105, 75]
    entries = [_polygon(f"{plain}", rice(sums, 5, plain, 1)) for plain in (0, 1, 2, 3, 11)]
    message, numbers = rice(list(range(100, 1000, 100)), 6, 3, 0, 3)
    entries.append(written(boxed("stride 3", message, "cuboid_3d", "position_rotation_scale"), [numbers]))
    message, numbers = rice(list(range(16)), 1, 2)
    entries.append(written(boxed("cuboid_2d", message, "cuboid_2d"), [numbers]))
    message, numbers = rice([10, 20, 30, 40], 5, 0, 0, 4)
    entries.append(written(boxed("a box", message, "bbox", "xywh"), [numbers]))
    return Forge([entries])


def _single() -> Forge:
    numbers = [0.1, 1 / 3, 3.4028235e38, 1e-45, 1.17549435e-38, 16777217.0, 123456.789, 5e-324, *_ODD]
    single = np.array(numbers, np.float32)
    return Forge([[_polygon("all", (messages.Coordinates(f32=single.tolist()), single.astype(float).tolist()))]])


def _double() -> Forge:
    numbers = [
        0.1,
        1 / 3,
        1.7976931348623157e308,
        5e-324,
        2.2250738585072014e-308,
        1e22,
        9007199254740993.0,
        1e16,
        *_ODD,
    ]
    return Forge([[_polygon("all", (messages.Coordinates(f64=numbers), numbers))]])


def _empty() -> Forge:
    entries = [_polygon("nothing in it", (messages.Coordinates(), []))]
    nothing = np.zeros((0, 2))
    entries.append(item("no points", dp.Polygon(nothing), dp.PolyLine(nothing), dp.Points(nothing)))
    entries.append(_polygon("decimals only", (messages.Coordinates(decimals=3), [])))
    return Forge([entries])


def _meaningless() -> Forge:
    numbers = [1.5, 2.5]
    return Forge(
        [
            [
                _polygon("decimals with f32", (messages.Coordinates(decimals=13, f32=numbers), numbers)),
                _polygon("decimals with f64", (messages.Coordinates(decimals=2**32 - 1, f64=numbers), numbers)),
                _polygon(
                    "rice_bits and rice_low without rice_high",
                    (messages.Coordinates(delta=[3, 5], rice_bits=55, rice_low=b"abc", decimals=1), [0.3, 0.5]),
                ),
                _polygon(
                    "the same with f64", (messages.Coordinates(f64=numbers, rice_bits=99, rice_low=b"a"), numbers)
                ),
            ]
        ]
    )


def _wire_forms() -> Forge:
    message, numbers = integers([1050, 2025, 11050, -2025], 2)
    unpacked = b"".join(number_field(2, sint(delta)) for delta in message.delta) + number_field(1, 2)
    split = b"".join(bytes_field(2, to_varint(sint(delta))) for delta in message.delta) + number_field(1, 2)
    single = b"".join(b"\x1d" + struct.pack("<f", number) for number in (1.5, -0.25))
    double = b"".join(b"\x21" + struct.pack("<d", number) for number in (1 / 3, -1e300))
    f32, f64 = messages.Coordinates(f32=[1.5, -0.25]), messages.Coordinates(f64=[1 / 3, -1e300])
    entries = []
    for name, data, shown, expected in (
        ("unpacked", unpacked, message, numbers),
        ("packed in pieces", split, message, numbers),
        ("unpacked f32", single, f32, [1.5, -0.25]),
        ("unpacked f64", double, f64, [1 / 3, -1e300]),
    ):
        whole = bytes_field(1, name.encode()) + bytes_field(4, bytes_field(7, bytes_field(1, data)))
        entries.append(written(boxed(name, shown), [expected], whole))
    backwards = bytes_field(4, bytes_field(7, bytes_field(1, serialized(message)))) + bytes_field(1, b"backwards")
    entries.append(written(boxed("backwards", message), [numbers], backwards))
    twice = number_field(1, 9) + serialized(message)
    whole = bytes_field(1, b"first") + bytes_field(1, b"last") + bytes_field(4, bytes_field(7, bytes_field(1, twice)))
    entries.append(written(boxed("last", message), [numbers], whole))
    return Forge([entries])


def _as_written() -> Forge:
    rng = np.random.default_rng(4)
    entries = []
    for points, decimals in ((3, 0), (10, 1), (40, 2), (100, 2), (30, 6), (20, 12), (8, 15)):
        outline = np.round(np.cumsum(rng.integers(-4000, 4000, (points, 2)) / 512, axis=0) + 300, decimals)
        entries.append(item(f"{points} points, {decimals} decimals", dp.Polygon(outline), dp.PolyLine(outline[:2])))
    entries.append(item("no change", dp.Polygon(np.full((50, 2), 17.25))))
    return Forge([entries])

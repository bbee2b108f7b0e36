"""Items of the suite: the message that is written, and the coordinates that a reader has to find in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from google.protobuf.json_format import MessageToDict

import datumpb as dp
from datumpb import messages
from datumpb.codec.item_encoder import serialize_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_NUMBERS: dict[type, Callable[[Any], Any]] = {
    dp.PolyLine: lambda shape: shape.points,
    dp.Polygon: lambda shape: shape.points,
    dp.Points: lambda shape: shape.points,
    dp.Bbox: lambda shape: (shape.x, shape.y, shape.w, shape.h),
    dp.Cuboid3d: lambda shape: (shape.position, shape.rotation, shape.scale),
    dp.Ellipse: lambda shape: (shape.x1, shape.y1, shape.x2, shape.y2),
    dp.Cuboid2d: lambda shape: shape.points,
    dp.RotatedBbox: lambda shape: (shape.cx, shape.cy, shape.w, shape.h, shape.r),
}


@dataclass(frozen=True)
class Entry:
    """An item.

    Attributes:
        message: The item as a reader that knows the schema sees it.
        coordinates: The numbers of each of its `Coordinates` messages.
        data: Its bytes.
    """

    message: messages.Item
    coordinates: Sequence[Sequence[float]]
    data: bytes

    def twin(self) -> dict[str, Any]:
        """Return the line that a reader has to print."""
        numbers = [[json_number(number) for number in shape] for shape in self.coordinates]
        return {"item": MessageToDict(self.message), "coordinates": numbers}


def entry(item: dp.Item) -> Entry:
    """Make an entry of an item of the model; the numbers are those of the model, not those of its message."""
    shapes = [np.ravel(_NUMBERS[type(shape)](shape)) for shape in item.annotations if type(shape) in _NUMBERS]
    message = messages.Item.FromString(serialize_item(item).data)
    return Entry(message, [shape.tolist() for shape in shapes if shape.size], serialized(message))


def written(
    message: messages.Item, coordinates: Sequence[Sequence[float]] = (), data: bytes | None = None, more: bytes = b""
) -> Entry:
    """Make an entry of a message.

    Args:
        message: The message.
        coordinates: The numbers in it.
        data: Its bytes where they are not those that the library writes.
        more: What is put behind them.
    """
    return Entry(message, coordinates, (serialized(message) if data is None else data) + more)


def item(item_id: str, *annotations: dp.Annotation, **fields: Any) -> Entry:  # noqa: ANN401 -- fields of dp.Item
    """Make an entry of an item of the model by its parts."""
    return entry(dp.Item(item_id, "train", annotations=list(annotations), **fields))


def some(count: int, first: int = 0) -> list[Entry]:
    """Make small items that are all different."""
    return [
        item(f"item-{number}", dp.Bbox(number, 2, 3, 4.5, label=0, id=number), dp.Caption(f"caption {number}"))
        for number in range(first, first + count)
    ]


def boxed(item_id: str, coordinates: messages.Coordinates, kind: str = "polygon", field: str = "points") -> Any:  # noqa: ANN401 -- messages.Item, whose annotation the caller changes
    """Make the message of an item with one shape."""
    message = messages.Item(id=item_id)
    part = getattr(message.annotations.add(), kind)
    part.SetInParent()
    getattr(part, field).CopyFrom(coordinates)
    return message


def serialized(message: Any) -> bytes:  # noqa: ANN401 -- any message
    """Return a message's bytes."""
    return bytes(message.SerializeToString(deterministic=True))


def json_number(number: float) -> float | str:
    """Return a number as protobuf's JSON has it."""
    if math.isnan(number):
        return "NaN"
    return number if math.isfinite(number) else "Infinity" if number > 0 else "-Infinity"


def meta_twin(meta: messages.Meta) -> dict[str, Any]:
    """Return the line that a reader has to print first."""
    return {"meta": MessageToDict(meta)}


def twins(meta: messages.Meta, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return all lines that a reader has to print of a file."""
    lines = [entry.twin() for entry in entries]
    return [meta_twin(meta), *lines, {"end": len(lines)}]

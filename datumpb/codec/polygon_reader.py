"""PolygonReader: polygons of the model, made of what a PolygonScan found."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, TypeVar

from datumpb.codec.attribute_bytes import read_attributes
from datumpb.model.annotations import Polygon

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.codec.attribute_bytes import KnownMaps
    from datumpb.codec.polygon_scan import PolygonScan
    from datumpb.model.values import Value

PartT = TypeVar("PartT")

# Attributes such as {"is_crowd": False} stand in every annotation: so many different ones are remembered.
_REMEMBERED, _REMEMBERED_SIZE = 1024, 64
_IMMUTABLE = (bool, int, float, str, bytes, type(None))
# What is kept of an annotation, and what Python takes for attributes that others may have, too, about.
_ANNOTATION_SIZE, _ATTRIBUTES_SIZE = 80, 512

_new = object.__new__


class PolygonReader:
    """Makes the polygons of any item, as often as they are asked for.

    Each item's points get memory of their own, so that who keeps an item keeps nothing of others.
    """

    def __init__(self, scan: PolygonScan) -> None:
        """Take what a scan found.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        self._points, point_ends = scan.points()
        # As arrays, columns of many different numbers take a fifth of the memory.
        self._ids, self._groups, self._point_ends = (
            array("q", numbers.tobytes()) for numbers in (scan.ids, scan.groups, point_ends)
        )
        self._item_ends = scan.ends
        self._found: list[bool] = scan.found
        self._z_orders: list[int] = scan.z_orders.tolist()
        self._labels = [label if label >= 0 else None for label in scan.labels.tolist()]
        self._object_ids = [number if number >= 0 else None for number in scan.object_ids.tolist()]
        self._attributes = scan.attributes()
        self._known_maps: KnownMaps = {}
        self._known: dict[tuple[bytes, ...], dict[str, Value]] = {}

    def size(self) -> int:
        """Return how many bytes this takes, about."""
        different = set(self._attributes)
        size = self._points.nbytes + _ANNOTATION_SIZE * len(self._attributes)
        return size + sum(_ATTRIBUTES_SIZE + sum(map(len, parts)) for parts in different)

    def annotations(self, item: int, decode: Callable[[int], PartT]) -> list[Polygon | PartT]:
        """Return the annotations of an item.

        Args:
            item: Which of those of the scan it is.
            decode: Decodes those that the scan did not find, by their index in the item.

        Raises:
            DamagedFileError: An attribute is not what the schema allows.
            UnsupportedFileError: It is of a kind that this version does not know.
        """
        annotations: list[Polygon | PartT] = []
        own = self._places(item)
        if own.start == own.stop:
            return annotations
        start = self._point_ends[own.start - 1] if own.start else 0
        points, begin = self._points[start : self._point_ends[own.stop - 1]].copy(), 0
        known_values = self._known
        rows = zip(
            self._found[own],
            self._ids[own],
            self._groups[own],
            self._labels[own],
            self._object_ids[own],
            self._z_orders[own],
            self._attributes[own],
            self._point_ends[own],
            strict=True,
        )
        for found, number, group, label, object_id, z_order, attributes, end in rows:
            if not found:
                annotations.append(decode(len(annotations)))
                continue
            polygon = _new(Polygon)
            polygon.id = number
            polygon.group = group
            polygon.label = label
            polygon.object_id = object_id
            polygon.z_order = z_order
            known = known_values.get(attributes)
            polygon.attributes = self._decode_attributes(attributes) if known is None else known.copy()
            stop = end - start
            polygon.points = points[begin:stop]
            begin = stop
            annotations.append(polygon)
        return annotations

    def found_all(self, item: int) -> bool:
        """Tell whether all annotations of an item are polygons that the scan found."""
        return all(self._found[self._places(item)])

    def _places(self, item: int) -> slice:
        return slice(self._item_ends[item - 1] if item else 0, self._item_ends[item])

    def _decode_attributes(self, serialized: tuple[bytes, ...]) -> dict[str, Value]:
        values = read_attributes(serialized, self._known_maps)
        if (
            len(self._known) < _REMEMBERED
            and sum(map(len, serialized)) <= _REMEMBERED_SIZE
            and all(isinstance(value, _IMMUTABLE) for value in values.values())
        ):
            self._known[serialized] = values.copy()
        return values

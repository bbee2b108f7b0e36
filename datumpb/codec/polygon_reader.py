"""PolygonReader: polygons of the model, made of what a PolygonScan found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.codec.attribute_bytes import read_attributes
from datumpb.model.annotations import Polygon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.codec.polygon_scan import PolygonScan
    from datumpb.model.annotations import Annotation
    from datumpb.model.values import Value

# Attributes such as {"is_crowd": False} stand in every annotation: so many different ones are remembered.
_REMEMBERED, _REMEMBERED_SIZE = 1024, 64
_IMMUTABLE = (bool, int, float, str, bytes, type(None))
# What Python takes for an annotation besides its points, about.
_ANNOTATION_SIZE = 200

_new = object.__new__


class PolygonReader:
    """Makes the polygons of any item, as often as they are asked for.

    Each item's points get memory of their own, so that who keeps an item keeps nothing of others.

    Attributes:
        size: How many bytes it takes, about.
    """

    def __init__(self, scan: PolygonScan) -> None:
        """Take what a scan found.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        self._points, self._point_ends = scan.points()
        self._ends = scan.ends
        self._found = scan.found
        self._ids, self._groups, self._z_orders = scan.ids, scan.groups, scan.z_orders
        self._labels = [label if label >= 0 else None for label in scan.labels]
        self._object_ids = [number if number >= 0 else None for number in scan.object_ids]
        self._attributes = scan.attributes()
        self._known: dict[tuple[bytes, ...], dict[str, Value]] = {}
        sizes = {parts: sum(map(len, parts)) for parts in self._attributes}
        self.size = self._points.nbytes + _ANNOTATION_SIZE * (len(self._found) + len(sizes)) + sum(sizes.values())

    def annotations(self, item: int, decode: Callable[[int], Annotation | None]) -> Iterator[Annotation | None]:
        """Yield the annotations of an item; None: one that only a later version knows.

        Args:
            item: Which of those of the scan it is.
            decode: Decodes those that the scan did not find, by their index in the item.

        Raises:
            DamagedFileError: An attribute is not what the schema allows.
            UnsupportedFileError: It is of a kind that this version does not know.
        """
        first, last = self._ends[item - 1] if item else 0, self._ends[item]
        if first == last:
            return
        start = self._point_ends[first - 1] if first else 0
        points, begin = self._points[start : self._point_ends[last - 1]].copy(), 0
        own = slice(first, last)
        rows = zip(
            range(last - first),
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
        for index, found, number, group, label, object_id, z_order, attributes, end in rows:
            if not found:
                yield decode(index)
                continue
            polygon = _new(Polygon)
            polygon.id = number
            polygon.group = group
            polygon.label = label
            polygon.object_id = object_id
            polygon.z_order = z_order
            known = self._known.get(attributes)
            polygon.attributes = self._decode_attributes(attributes) if known is None else known.copy()
            polygon.points = points[begin : end - start]
            begin = end - start
            yield polygon

    def _decode_attributes(self, serialized: tuple[bytes, ...]) -> dict[str, Value]:
        values = read_attributes(serialized)
        if (
            len(self._known) < _REMEMBERED
            and sum(map(len, serialized)) <= _REMEMBERED_SIZE
            and all(isinstance(value, _IMMUTABLE) for value in values.values())
        ):
            self._known[serialized] = values.copy()
        return values

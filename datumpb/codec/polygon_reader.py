"""PolygonReader: polygons of the model, made of what a PolygonScan found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec.blocks import parse
from datumpb.codec.values import decode_attributes
from datumpb.model.annotations import Polygon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datumpb.codec.polygon_scan import PolygonScan
    from datumpb.model.annotations import Annotation
    from datumpb.model.values import Value

# Attributes such as {"is_crowd": False} stand in every annotation: so many different ones are remembered.
_REMEMBERED, _REMEMBERED_SIZE = 1024, 64
_IMMUTABLE = (bool, int, float, str, bytes, type(None))

_new = object.__new__


class PolygonReader:
    """Makes polygons, item by item.

    Each item's points get memory of their own, so that who keeps an item keeps nothing of others.
    """

    def __init__(self, scan: PolygonScan) -> None:
        """Begin with the first item of a scan.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        self._scan = scan
        self._points, self._point_ends = scan.points()
        self._attributes = scan.attributes()
        self._known: dict[bytes, dict[str, Value]] = {}
        self._item = self._first = self._first_point = 0

    def next_item(
        self, parsed: Sequence[messages.Annotation], decode: Callable[[messages.Annotation], Annotation | None]
    ) -> Iterator[Annotation | None]:
        """Yield the annotations of the next item; None: one that only a later version knows.

        Args:
            parsed: Its annotations as messages.
            decode: Decodes those that the scan did not find.

        Raises:
            DamagedFileError: An attribute is not what the schema allows.
            UnsupportedFileError: It is of a kind that this version does not know.
        """
        scan, first, start = self._scan, self._first, self._first_point
        last = self._first = scan.ends[self._item]
        self._item += 1
        if first == last:
            return
        end = self._first_point = self._point_ends[last - 1]
        points, begin = self._points[start:end].copy(), 0
        for place in range(first, last):
            if not scan.found[place]:
                yield decode(parsed[place - first])
                continue
            polygon = _new(Polygon)
            polygon.id = scan.ids[place]
            polygon.group = scan.groups[place]
            label, object_id = scan.labels[place], scan.object_ids[place]
            polygon.label = label if label >= 0 else None
            polygon.object_id = object_id if object_id >= 0 else None
            polygon.z_order = scan.z_orders[place]
            attributes = self._attributes[place]
            polygon.attributes = self._decode_attributes(attributes) if attributes else {}
            end = self._point_ends[place] - start
            polygon.points = points[begin:end]
            begin = end
            yield polygon

    def _decode_attributes(self, serialized: list[bytes]) -> dict[str, Value]:
        if len(serialized) == 1:
            known = self._known.get(serialized[0])
            if known is not None:
                return known.copy()
        values = decode_attributes([parse(messages.Attribute, data) for data in serialized])
        if len(serialized) == 1 and len(serialized[0]) <= _REMEMBERED_SIZE and len(self._known) < _REMEMBERED:
            (value,) = values.values()
            if isinstance(value, _IMMUTABLE):
                self._known[serialized[0]] = values.copy()
        return values

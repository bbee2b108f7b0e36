"""AnnotationReader: annotations of the model, made of what an AnnotationScan read."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, TypeVar

from datumpb.codec.annotation_scan import BBOX, LABEL, MASK, POINTS, POLY_LINE, POLYGON
from datumpb.codec.attribute_bytes import read_attributes
from datumpb.model.annotations import Bbox, Label, Mask, Points, Polygon, PolyLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datumpb.codec.annotation_scan import AnnotationScan
    from datumpb.codec.attribute_bytes import KnownMaps
    from datumpb.model.annotations import Annotation
    from datumpb.model.values import Value

PartT = TypeVar("PartT")

# Attributes such as {"is_crowd": False} stand in every annotation: so many different ones are remembered.
_REMEMBERED, _REMEMBERED_SIZE = 1024, 64
_IMMUTABLE = (bool, int, float, str, bytes, type(None))
# What is kept of an annotation, and what Python takes for attributes that others may have, too, about.
_ANNOTATION_SIZE, _MASK_SIZE, _ATTRIBUTES_SIZE = 96, 160, 512

_CLASSES: dict[int, type[Annotation]] = {
    POLYGON: Polygon,
    POLY_LINE: PolyLine,
    POINTS: Points,
    BBOX: Bbox,
    LABEL: Label,
    MASK: Mask,
}
_new: Callable[[type], Any] = object.__new__  # any: which fields it has says its class


class AnnotationReader:
    """Makes the annotations of any item, as often as they are asked for.

    Each item's points get memory of their own, so that who keeps an item keeps nothing of others.
    """

    def __init__(self, scan: AnnotationScan) -> None:
        """Take what a scan read.

        Raises:
            DamagedFileError: The points of a shape are not what the schema allows.
        """
        self._points, point_ends = scan.points()
        self._visibility = scan.visibility(point_ends) if (scan.kinds == POINTS).any() else None
        self._boxes, self._masks = scan.boxes, scan.masks
        ends = (point_ends, *((scan.kinds == kind).cumsum() for kind in (BBOX, MASK)))
        # As arrays, columns of many different numbers take a fifth of the memory.
        self._ids, self._groups, self._point_ends, self._box_ends, self._mask_ends = (
            array("q", numbers.tobytes()) for numbers in (scan.ids, scan.groups, *ends)
        )
        self._item_ends = scan.ends
        self._classes = [_CLASSES.get(kind) for kind in scan.kinds.tolist()]
        self._z_orders: list[int] = scan.z_orders.tolist()
        self._labels = [label if label >= 0 else None for label in scan.labels.tolist()]
        self._object_ids = [number if number >= 0 else None for number in scan.object_ids.tolist()]
        self._attributes = scan.attributes()
        self._known_maps: KnownMaps = {}
        self._known: dict[tuple[bytes, ...], dict[str, Value]] = {}

    def size(self) -> int:
        """Return how many bytes this takes, about."""
        different = set(self._attributes)
        size = self._points.nbytes + self._boxes.nbytes + _ANNOTATION_SIZE * len(self._attributes)
        size += 0 if self._visibility is None else self._visibility.nbytes
        size += sum(_MASK_SIZE + len(counts) for *_, counts in self._masks)
        return size + sum(_ATTRIBUTES_SIZE + sum(map(len, parts)) for parts in different)

    def of(self, item: int, decode: Callable[[int], PartT]) -> list[Annotation | PartT]:
        """Return the annotations of an item.

        Args:
            item: Which of those of the scan it is.
            decode: Decodes those that the scan did not read, by their index in the item.

        Raises:
            DamagedFileError: An attribute is not what the schema allows.
            UnsupportedFileError: It is of a kind that this version does not know.
        """
        annotations: list[Annotation | PartT] = []
        own = self._places(item)
        if own.start == own.stop:
            return annotations
        own_points = _within(self._point_ends, own)
        points, begin, start = self._points[own_points].copy(), 0, own_points.start
        visibility = None if self._visibility is None else self._visibility[own_points].copy()
        boxes = iter(self._boxes[_within(self._box_ends, own)].tolist())
        masks = iter(self._masks[_within(self._mask_ends, own)])
        known_values = self._known
        rows = zip(
            self._classes[own],
            self._ids[own],
            self._groups[own],
            self._labels[own],
            self._object_ids[own],
            self._z_orders[own],
            self._attributes[own],
            self._point_ends[own],
            strict=True,
        )
        for kind, number, group, label, object_id, z_order, attributes, end in rows:
            if kind is None:
                annotations.append(decode(len(annotations)))
                continue
            annotation = _new(kind)
            annotation.id = number
            annotation.group = group
            annotation.label = label
            annotation.object_id = object_id
            annotation.z_order = z_order
            known = known_values.get(attributes)
            annotation.attributes = self._decode_attributes(attributes) if known is None else known.copy()
            if kind is Polygon or kind is PolyLine or kind is Points:
                stop = end - start
                annotation.points = points[begin:stop]
                if visibility is not None and kind is Points:
                    annotation.visibility = visibility[begin:stop]
                begin = stop
            elif kind is Bbox:
                annotation.x, annotation.y, annotation.w, annotation.h = next(boxes)
            elif kind is Mask:
                annotation.height, annotation.width, annotation.counts = next(masks)
            annotations.append(annotation)
        return annotations

    def has_all(self, item: int) -> bool:
        """Tell whether the scan read all annotations of an item."""
        return None not in self._classes[self._places(item)]

    def _places(self, item: int) -> slice:
        return _within(self._item_ends, slice(item, item + 1))

    def _decode_attributes(self, serialized: tuple[bytes, ...]) -> dict[str, Value]:
        values = read_attributes(serialized, self._known_maps)
        if (
            len(self._known) < _REMEMBERED
            and sum(map(len, serialized)) <= _REMEMBERED_SIZE
            and all(isinstance(value, _IMMUTABLE) for value in values.values())
        ):
            self._known[serialized] = values.copy()
        return values


def _within(ends: Sequence[int], places: slice) -> slice:
    """Return where the parts of neighbours are, of which each begins where the one before it ends."""
    return slice(ends[places.start - 1] if places.start else 0, ends[places.stop - 1])

"""BoxBatch: the boxes of many items' objects, from their messages, without making annotations of those."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from datumpb import messages
from datumpb.codec.annotation_scan import BBOX, LABEL, MASK, NOT_READ, AnnotationScan
from datumpb.codec.annotations import decode_annotation
from datumpb.codec.blocks import parse, parse_item, split_item
from datumpb.codec.coordinate_batch import CoordinateBatch
from datumpb.codec.coordinates import decode_numbers
from datumpb.codec.object_corners import ObjectCorners
from datumpb.codec.object_starts import NO_SHAPE, object_starts
from datumpb.codec.outlines import Outlines
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model.annotations import Mask
from datumpb.model.geometry import corners_of
from datumpb.model.item_boxes import NO_LABEL, ItemBoxes
from datumpb.model.many_masks import measure_masks, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.model.annotations import Annotation
    from datumpb.model.geometry import Box

_OTHER_SHAPES = frozenset({"mask", "ellipse", "cuboid_2d", "rotated_bbox"})
_SHAPES = {
    name: messages.Annotation.DESCRIPTOR.fields_by_name[name].number  # that of its `AnnotationType`
    for name in ("polygon", "poly_line", "bbox", "points", *_OTHER_SHAPES)
}


def decode_boxes(serialized: Sequence[bytes]) -> list[ItemBoxes]:
    """Return the boxes of the objects of serialized items.

    Raises:
        DamagedFileError: The bytes are not what the schema allows, as far as boxes need it.
    """
    for data in serialized:
        parse_item(data)  # only to see that it can be
    items = [split_item(data) for data in serialized]
    return BoxBatch([item.id for item in items], [item.annotations[:] for item in items]).boxes()


class BoxBatch:
    """Items whose boxes are computed together."""

    def __init__(self, ids: Sequence[str], annotations: Sequence[Sequence[bytes]]) -> None:
        """Read what items have.

        Args:
            ids: Their ids.
            annotations: The annotations of each, serialized, which have been parsed without an error.

        Raises:
            DamagedFileError: They are not what the schema allows.
        """
        if not all(ids):
            text = "an item has no id"
            raise DamagedFileError(text)
        self._ids = ids
        scan = AnnotationScan(annotations, keypoints=False)  # these make no box
        self._items = np.arange(len(ids)).repeat([len(parts) for parts in annotations])
        self._labels, self._groups = scan.labels.copy(), scan.groups.copy()
        self._kinds = np.where(scan.kinds == LABEL, NO_SHAPE, scan.kinds)
        places, corners = scan.corners()
        self._corners = [(places, corners, scan.decimals[places])]  # of many shapes each, as `ObjectCorners.add`
        self._single: list[tuple[int, Box]] = []  # of one each
        self._given = [*zip(np.flatnonzero(scan.kinds == BBOX).tolist(), scan.boxes.tolist(), strict=True)]
        self._outlines = CoordinateBatch(2)
        self._outlined: list[int] = []  # of each of these: its annotation
        masks = [Mask(*fields) for fields in scan.masks]
        self._masks = [*zip(np.flatnonzero(scan.kinds == MASK).tolist(), masks, strict=True)]
        for place in np.flatnonzero(scan.kinds == NOT_READ).tolist():
            item = self._items[place]
            first = scan.ends[item - 1] if item else 0
            self._add(place, parse(messages.Annotation, annotations[item][place - first]))
        self._add_outlines()
        self._add_masks()

    def _add(self, place: int, annotation: messages.Annotation) -> None:
        kind = annotation.WhichOneof("kind")
        self._kinds[place] = _SHAPES.get(kind, NO_SHAPE)
        self._labels[place] = annotation.label_index if annotation.HasField("label_index") else NO_LABEL
        self._groups[place] = annotation.group
        if kind in {"polygon", "poly_line"}:
            self._outlines.add(getattr(annotation, kind).points)
            self._outlined.append(place)
        elif kind == "bbox":
            self._given.append((place, decode_numbers(annotation.bbox.xywh, 4, 4)))
        elif kind in _OTHER_SHAPES:
            self._add_other(place, decode_annotation(annotation, None, Outlines()))

    def _add_other(self, place: int, annotation: Annotation | None) -> None:
        if isinstance(annotation, Mask):
            self._masks.append((place, annotation))
        elif annotation is not None:
            self._add_corners(place, annotation)

    def _add_corners(self, place: int, annotation: Annotation) -> None:
        try:
            corners = corners_of(annotation)
        except InvalidItemError as error:
            text = f"item {self._ids[self._items[place]]!r}: {error}"
            raise DamagedFileError(text) from error
        if corners is not None:
            self._single.append((place, corners))

    def boxes(self) -> list[ItemBoxes]:
        """Return the boxes of all items."""
        starts = object_starts(self._items, self._kinds, self._groups, self._labels)
        is_start = (starts == np.arange(len(starts))) & (self._kinds != NO_SHAPE)
        rows = (is_start.cumsum() - 1)[starts]
        xywh, labels = self._xywh(rows, int(is_start.sum())), self._labels[is_start]
        ends = np.bincount(self._items[is_start], minlength=len(self._ids)).cumsum().tolist()
        boxes, start = [], 0
        for item_id, end in zip(self._ids, ends, strict=True):
            boxes.append(ItemBoxes(item_id, xywh[start:end].copy(), labels[start:end].copy()))
            start = end
        return boxes

    def _xywh(self, rows: np.ndarray, count: int) -> np.ndarray:
        """Return the boxes of so many objects.

        Args:
            rows: (A,) int64, the object of each shape.
            count: How many there are.
        """
        objects = ObjectCorners()
        for places, corners, decimals in self._corners:
            objects.add(rows[places], corners, decimals)
        for place, box in self._single:
            objects.add_one(int(rows[place]), box)
        xywh = objects.xywh(count)
        if self._given:
            xywh[rows[[place for place, _ in self._given]]] = [numbers for _, numbers in self._given]
        return xywh

    def _add_outlines(self) -> None:
        points, ends = self._outlines.decode()
        sizes = np.diff(ends, prepend=0)
        filled = np.flatnonzero(sizes)
        if filled.size:
            starts = (np.array(ends) - sizes)[filled]
            low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
            decimals = np.array(self._outlines.decimals)[filled]
            self._corners.append((np.array(self._outlined)[filled], np.hstack((low, high)).T, decimals))

    def _add_masks(self) -> None:
        masks = iter(self._masks)
        for piece in pieces(mask.rle for _, mask in self._masks):
            own = [*islice(masks, len(piece))]
            if len(piece) > 1:
                try:
                    _, filled, found = measure_masks(piece)
                except InvalidItemError:
                    pass  # each alone, up to the one that is damaged
                else:
                    places = np.array([place for place, _ in own])[filled]
                    self._corners.append((places, found.astype(np.float64), np.zeros_like(places)))
                    continue
            for place, mask in own:
                self._add_corners(place, mask)

"""BoxBatch: the boxes of many items' objects, from their messages, without making annotations of those."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from datumpb import messages
from datumpb.codec.annotations import decode_annotation
from datumpb.codec.blocks import parse, parse_item, split_item
from datumpb.codec.coordinate_batch import CoordinateBatch
from datumpb.codec.coordinates import decode_numbers
from datumpb.codec.object_corners import ObjectCorners
from datumpb.codec.outlines import Outlines
from datumpb.codec.polygon_scan import PolygonScan
from datumpb.errors import DamagedFileError, InvalidItemError
from datumpb.model.annotations import Mask
from datumpb.model.geometry import corners_of
from datumpb.model.item_boxes import NO_LABEL, ItemBoxes
from datumpb.model.many_masks import measure_masks, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.codec.blocks import SplitItem
    from datumpb.model.annotations import Annotation

Objects: TypeAlias = dict[tuple[int, int], tuple[int, set[str]]]
"""Of each group and label of an item: the last object, and the kinds of its shapes."""

_OTHER_SHAPES = frozenset({"mask", "ellipse", "cuboid_2d", "rotated_bbox"})
_SHAPES = frozenset({"polygon", "poly_line", "bbox", "points"}) | _OTHER_SHAPES
_ONCE = frozenset({"bbox", "points"})


def decode_boxes(serialized: Sequence[bytes]) -> list[ItemBoxes]:
    """Return the boxes of the objects of serialized items.

    Raises:
        DamagedFileError: The bytes are not what the schema allows, as far as boxes need it.
    """
    for data in serialized:
        parse_item(data)  # only to see that it can be
    items = [split_item(data) for data in serialized]
    batch = BoxBatch(PolygonScan([item.annotations[:] for item in items]))
    for item in items:
        batch.add(item)
    return batch.boxes()


class BoxBatch:
    """Items whose boxes are computed together."""

    def __init__(self, scan: PolygonScan) -> None:
        """Begin with no items.

        Args:
            scan: What is known already of all items that will be added.

        Raises:
            DamagedFileError: The points of a polygon are not what the schema allows.
        """
        self._scan = scan
        self._scan_places, self._scan_corners = scan.corners()
        self._groups: list[int] = scan.groups.tolist()
        # Nearly all annotations are objects of their own, so that whole items may be made of them.
        others = np.flatnonzero(~np.array(scan.found, bool) | (scan.groups != 0))
        self._has_others: list[bool] = (np.diff(others.searchsorted(scan.ends), prepend=0) > 0).tolist()
        self._ids: list[str] = []
        self._ends: list[int] = []
        self._labels: list[int] = []
        self._outlines = CoordinateBatch(2)  # those that the scan did not find
        self._scan_rows: list[int] = []  # of each annotation of the scan: its object, or any
        self._rows: list[int] = []  # of each outline: its object
        self._given: dict[int, list[float]] = {}  # by object
        self._corners = ObjectCorners()
        self._masks: list[tuple[int, str, Mask]] = []  # of each: object, item and mask

    def add(self, item: SplitItem) -> None:
        """Add the next item of the scan.

        Raises:
            DamagedFileError: Its message is not what the schema allows.
        """
        if not item.id:
            text = "an item has no id"
            raise DamagedFileError(text)
        scan, labels, rows = self._scan, self._labels, self._scan_rows
        first, last = len(rows), scan.ends[len(self._ids)]
        if self._has_others[len(self._ids)]:
            self._add_each(item, first, last)
        else:
            rows.extend(range(len(labels), len(labels) + last - first))
            labels += scan.labels[first:last]
        self._ids.append(item.id)
        self._ends.append(len(labels))

    def _add_each(self, item: SplitItem, first: int, last: int) -> None:
        scan, labels, rows = self._scan, self._labels, self._scan_rows
        grouped: Objects = {}
        for place, found, label, group in zip(
            range(last - first), scan.found[first:last], scan.labels[first:last], self._groups[first:last], strict=True
        ):
            if not found:
                rows.append(self._add_parsed(parse(messages.Annotation, item.annotations[place]), item.id, grouped))
            elif group:
                rows.append(self._object("polygon", label, group, grouped))
            else:
                rows.append(len(labels))
                labels.append(label)

    def _add_parsed(self, annotation: messages.Annotation, item_id: str, grouped: Objects) -> int:
        kind = annotation.WhichOneof("kind")
        if kind not in _SHAPES:
            return 0
        label = annotation.label_index if annotation.HasField("label_index") else NO_LABEL
        row = self._object(kind, label, annotation.group, grouped)
        if kind in {"polygon", "poly_line"}:
            self._outlines.add(getattr(annotation, kind).points)
            self._rows.append(row)
        elif kind == "bbox":
            self._given[row] = decode_numbers(annotation.bbox.xywh, 4, 4)
        elif kind in _OTHER_SHAPES:
            self._add_other(row, item_id, annotation)
        return row

    def _object(self, kind: str, label: int, group: int, grouped: Objects) -> int:
        """Return the row of the object that a shape belongs to, a new one where it begins one."""
        row = len(self._labels)
        if group:
            known = grouped.get((group, label))
            if known is not None and not (kind in _ONCE and kind in known[1]):
                known[1].add(kind)
                return known[0]
            grouped[group, label] = row, {kind}
        self._labels.append(label)
        return row

    def _add_other(self, row: int, item_id: str, message: messages.Annotation) -> None:
        annotation = decode_annotation(message, None, Outlines())
        if isinstance(annotation, Mask):
            self._masks.append((row, item_id, annotation))
        elif annotation is not None:
            self._add_corners(row, item_id, annotation)

    def _decode_masks(self) -> None:
        masks = iter(self._masks)
        for piece in pieces(mask.rle for *_, mask in self._masks):
            own = [*islice(masks, len(piece))]
            if len(piece) > 1:
                try:
                    _, filled, corners = measure_masks(piece)
                except InvalidItemError:
                    pass  # each alone, up to the one that is damaged
                else:
                    rows = np.array([row for row, *_ in own])[filled]
                    self._corners.add(rows, corners.astype(np.float64), np.zeros_like(rows))
                    continue
            for one in own:
                self._add_corners(*one)

    def _add_corners(self, row: int, item_id: str, annotation: Annotation) -> None:
        try:
            corners = corners_of(annotation)
        except InvalidItemError as error:
            text = f"item {item_id!r}: {error}"
            raise DamagedFileError(text) from error
        if corners is not None:
            self._corners.add_one(row, corners)

    def boxes(self) -> list[ItemBoxes]:
        """Return the boxes of all items.

        Raises:
            DamagedFileError: A message is not what the schema allows.
        """
        xywh, labels = self._xywh(), np.array(self._labels, np.int64)
        boxes, start = [], 0
        for item_id, end in zip(self._ids, self._ends, strict=True):
            boxes.append(ItemBoxes(item_id, xywh[start:end].copy(), labels[start:end].copy()))
            start = end
        return boxes

    def _xywh(self) -> np.ndarray:
        places = self._scan_places
        self._corners.add(np.array(self._scan_rows, np.int64)[places], self._scan_corners, self._scan.decimals[places])
        self._add_outlines()
        self._decode_masks()
        xywh = self._corners.xywh(len(self._labels))
        for row, given in self._given.items():
            xywh[row] = given
        return xywh

    def _add_outlines(self) -> None:
        points, ends = self._outlines.decode()
        sizes = np.diff(ends, prepend=0)
        filled = np.flatnonzero(sizes)
        if filled.size:
            starts = (np.array(ends) - sizes)[filled]
            low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
            decimals = np.array(self._outlines.decimals)[filled]
            self._corners.add(np.array(self._rows)[filled], np.hstack((low, high)).T, decimals)

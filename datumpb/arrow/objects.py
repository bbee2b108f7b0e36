"""The objects of items in record batches: one row an object, with the box of its shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from datumpb.arrow.batches import BATCH_SIZE, chunks, label_names
from datumpb.errors import InvalidItemError
from datumpb.model.geometry import area_of, bbox_of
from datumpb.model.objects import is_crowd, objects_of, stated_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item

OBJECTS = pa.schema(
    {
        "item_id": pa.string(),
        "subset": pa.string(),
        "label": pa.string(),
        "label_index": pa.uint32(),
        "group_id": pa.int64(),
        "shapes": pa.uint32(),
        "x": pa.float64(),
        "y": pa.float64(),
        "w": pa.float64(),
        "h": pa.float64(),
        "area": pa.float64(),
        "is_crowd": pa.bool_(),
    }
)
"""The columns. `label` is the label's name; x to h are null where nothing tells a box, as for keypoints alone."""


def read_objects(source: DatasetSource) -> pa.RecordBatchReader:
    """Return a reader of the objects of all items; nothing is read before it is asked for a batch."""

    def batches() -> Iterator[pa.RecordBatch]:
        for subset in source.subsets():
            names = label_names(source.meta(subset).categories)
            for items in chunks(source.items(subset), BATCH_SIZE):
                rows = [row for item in items for row in _rows(item, names)]
                yield pa.RecordBatch.from_pylist(rows, schema=OBJECTS)

    return pa.RecordBatchReader.from_batches(OBJECTS, batches())


def _rows(item: Item, names: Sequence[str]) -> Iterator[dict[str, object]]:
    for shapes in objects_of(item.annotations):
        first = shapes[0]
        try:
            box, area = bbox_of(shapes), stated_area(shapes)
            if area is None:
                area = area_of(shapes)
        except InvalidItemError as error:
            message = f"item {item.id!r} of {item.subset!r}: {error}"
            raise InvalidItemError(message) from error
        known = first.label is not None and first.label < len(names)
        yield {
            "item_id": item.id,
            "subset": item.subset,
            "label": names[first.label] if known and first.label is not None else None,
            "label_index": first.label,
            "group_id": first.group,
            "shapes": len(shapes),
            **dict(zip("xywh", box or (None,) * 4, strict=True)),
            "area": area,
            "is_crowd": is_crowd(shapes),
        }

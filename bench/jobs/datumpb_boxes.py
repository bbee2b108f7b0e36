"""The boxes and labels of every image, as datumpb gives them: the one place to change when there is a quicker way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.model.geometry import bbox_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import datumpb as dp


def boxes_and_labels(reader: dp.DatumReader) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (N, 4) float64 x, y, width, height and (N,) int64 label indices of the N objects of every image."""
    for item in reader:
        objects: dict[int, list[dp.Annotation]] = {}
        for annotation in item.annotations:
            objects.setdefault(annotation.id, []).append(annotation)
        boxes = [bbox_of(shapes) for shapes in objects.values()]
        labels = [shapes[0].label for shapes in objects.values()]
        yield np.array(boxes, np.float64).reshape(-1, 4), np.array(labels, np.int64)

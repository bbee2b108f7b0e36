"""Statistics of a dataset for people: items, objects per label and subset, sizes of boxes, missing media.

Objects are counted as `objects_of` sorts shapes: the polygons of one thing are one object. The size of a box is its
side, the square root of its area, in pixels.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.missing_media import has_missing_media
from datumpb.dataset.progress import Progress, no_progress
from datumpb.errors import InvalidItemError
from datumpb.model.geometry import bbox_of
from datumpb.model.objects import objects_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.dataset.dataset import Dataset
    from datumpb.model.annotations import Annotation
    from datumpb.model.item import Item

NO_LABEL = "(no label)"

QUANTILES = {"min": 0.0, "p10": 0.1, "p50": 0.5, "p90": 0.9, "max": 1.0}
"""The quantiles that are told of sizes."""


@dataclass(slots=True)
class SubsetStats:
    """What a subset holds.

    Attributes:
        items: How many items.
        empty: How many of them have no object.
        annotations: How many annotations.
        objects: How many objects.
        missing_media: How many items refer to a file that is not there.
    """

    items: int = 0
    empty: int = 0
    annotations: int = 0
    objects: int = 0
    missing_media: int = 0


@dataclass(slots=True)
class LabelStats:
    """What a label is used for.

    Attributes:
        objects: How many objects have it, by subset.
        items: How many items have it, in an object or another annotation, by subset.
        sides: The side of the box of each of its objects that has one, in pixels.
    """

    objects: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    sides: array[float] = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class DatasetStats:
    """What a dataset holds.

    Attributes:
        subsets: By the names of subsets, in their order.
        labels: By the names of labels, all of the categories included: the one with most objects first.
    """

    subsets: dict[str, SubsetStats]
    labels: dict[str, LabelStats]

    def sides(self) -> np.ndarray:
        """Return the sides of all boxes, (N,) float64 in pixels."""
        return np.concatenate([np.empty(0), *(np.asarray(label.sides) for label in self.labels.values())])


def gather_stats(dataset: Dataset, progress: Progress = no_progress) -> DatasetStats:
    """Go through a dataset once and count; 8 bytes are kept for each object.

    Raises:
        InvalidItemError: A mask is damaged; the text names the item.
        DatumpbError: The dataset cannot be read.
    """
    subsets: dict[str, SubsetStats] = {}
    labels: dict[str, LabelStats] = {}
    for name, subset in dataset.subsets().items():
        names = [label.name for label in subset.categories().labels or ()]
        for label in names:
            labels.setdefault(label, LabelStats())
        subsets[name] = SubsetStats()
        for item in progress(subset, len(subset), name):
            _add_item(item, subsets[name], labels, names, name)
    ordered = sorted(labels, key=lambda label: (-labels[label].objects.total(), -labels[label].items.total()))
    return DatasetStats(subsets, {label: labels[label] for label in ordered})


def quantiles(sides: Sequence[float] | np.ndarray) -> dict[str, float | None]:
    """Return the quantiles of numbers by their names; None where there are no numbers."""
    if not len(sides):
        return dict.fromkeys(QUANTILES)
    found = np.quantile(np.asarray(sides), list(QUANTILES.values()))
    return dict(zip(QUANTILES, found.tolist(), strict=True))


def _add_item(
    item: Item, counts: SubsetStats, labels: dict[str, LabelStats], names: Sequence[str], subset: str
) -> None:
    objects = objects_of(item.annotations)
    counts.items += 1
    counts.empty += not objects
    counts.annotations += len(item.annotations)
    counts.objects += len(objects)
    counts.missing_media += has_missing_media(item)
    for shapes in objects:
        label = labels.setdefault(_name(shapes[0].label, names), LabelStats())
        label.objects[subset] += 1
        side = _side(item, shapes)
        if side is not None:
            label.sides.append(side)
    for name in {_name(one.label, names) for one in item.annotations if one.label is not None}:
        labels.setdefault(name, LabelStats()).items[subset] += 1
    if any(shapes[0].label is None for shapes in objects):
        labels[NO_LABEL].items[subset] += 1


def _name(label: int | None, names: Sequence[str]) -> str:
    if label is None:
        return NO_LABEL
    return names[label] if label < len(names) else f"label {label}"


def _side(item: Item, shapes: Sequence[Annotation]) -> float | None:
    try:
        box = bbox_of(shapes)
    except InvalidItemError as error:
        message = f"item {item.id!r} of {item.subset!r}: {error}"
        raise InvalidItemError(message) from error
    area = math.nan if box is None else box[2] * box[3]
    return math.sqrt(area) if 0 <= area < math.inf else None

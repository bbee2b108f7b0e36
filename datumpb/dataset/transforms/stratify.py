"""Iterative stratification: each label gets its share in every part (Sechidis, Tsoumakas and Vlahavas, 2011).

Their method decides about the rarest label first, and gives each of its items to the part that lacks it most. Here a
part that is full gets no more, so that the sizes are exact, and all numbers are whole, so that every machine agrees.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datumpb.model.item import Item


class ItemLabels:
    """The labels of items: pairs of an item's number and a label."""

    def __init__(self) -> None:
        """Have none yet."""
        self._count = 0
        self._items = array("q")
        self._labels = array("q")

    def noted(self, items: Iterable[Item]) -> Iterator[str]:
        """Note the labels of items, which have the next numbers; yield their ids."""
        for item in items:
            for label in {annotation.label for annotation in item.annotations if annotation.label is not None}:
                self._items.append(self._count)
                self._labels.append(label)
            self._count += 1
            yield item.id

    def pairs(self, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return items and labels of the pairs, the items numbered by their places in an order, and rising."""
        places = np.empty_like(order)
        places[order] = np.arange(len(order))
        items, labels = places[np.asarray(self._items)], np.asarray(self._labels)
        rising = np.lexsort((labels, items))
        return items[rising], labels[rising]


def stratify(item_numbers: np.ndarray, labels: np.ndarray, sizes: Sequence[int], weights: Sequence[int]) -> np.ndarray:
    """Deal items out to parts.

    Args:
        item_numbers: (P,) the items of pairs of item and label, rising: numbers from 0.
        labels: (P,) the labels of the pairs, any whole numbers; no pair is there twice.
        sizes: How many items each part gets; their sum is the number of items.
        weights: The shares of parts as whole numbers.

    Returns:
        (N,) int64, the part of each item. Of equals, items with lower numbers are dealt out first.
    """
    names, labels = np.unique(labels, return_inverse=True)
    parts = np.full(sum(sizes), -1, np.int64)
    room, whole = list(sizes), sum(weights)
    remaining = np.bincount(labels, minlength=len(names))
    lacking = [[int(count) * weight for count in remaining] for weight in weights]
    starts = np.searchsorted(item_numbers, np.arange(len(parts) + 1))
    by_label = np.argsort(labels, kind="stable")
    label_starts = np.searchsorted(labels[by_label], np.arange(len(names) + 1))
    while remaining.any():
        label = int(np.argmin(np.where(remaining > 0, remaining, np.iinfo(np.int64).max)))
        for item in item_numbers[by_label[label_starts[label] : label_starts[label + 1]]].tolist():
            if parts[item] >= 0:
                continue
            open_parts = (part for part in range(len(room)) if room[part])
            part = max(open_parts, key=lambda part: (lacking[part][label], room[part]))
            parts[item] = part
            room[part] -= 1
            for own in labels[starts[item] : starts[item + 1]].tolist():
                lacking[part][own] -= whole
                remaining[own] -= 1
    parts[parts < 0] = np.repeat(np.arange(len(room)), room)
    return parts

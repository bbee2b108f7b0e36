"""What becomes of the labels of annotations when the list of labels changes."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING

from datumpb.errors import InvalidItemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.model.annotations import Annotation
    from datumpb.model.item import Item


class LabelMapping:
    """Brings the label indexes of annotations in line with new categories; items of the source are never changed."""

    def __init__(self, targets: Sequence[int | None], count: int) -> None:
        """Say what each label becomes.

        Args:
            targets: The new index of each label, by its old one; None: it is dropped.
            count: How many labels there are now.
        """
        self._targets = targets
        self._same = list(targets) == list(range(len(targets)))
        self._nothing_to_do = self._same and count == len(targets)

    def item(self, item: Item) -> Item:
        """Return an item with the new labels: itself where nothing changes. Annotations of dropped labels are gone.

        Raises:
            InvalidItemError: An annotation has a label that is not among the categories.
        """
        if self._nothing_to_do:
            return item
        annotations: list[Annotation] = []
        for annotation in item.annotations:
            old = annotation.label
            if old is None:
                annotations.append(annotation)
                continue
            new = self._target(old, item)
            if new is not None:
                annotations.append(annotation if new == old else _relabelled(annotation, new))
        return item if self._same else dataclasses.replace(item, annotations=annotations)

    def _target(self, label: int, item: Item) -> int | None:
        # An index without a label would come to mean somebody else's.
        if label >= len(self._targets):
            message = (
                f"item {item.id!r}: an annotation has the label {label}, and there are {len(self._targets)} labels"
            )
            raise InvalidItemError(message)
        return self._targets[label]


def _relabelled(annotation: Annotation, label: int) -> Annotation:
    changed = copy.copy(annotation)
    changed.label = label
    return changed

"""Statistics of the items of a file, counted while it is written (schema: `container.proto`)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from datumpb import messages
from datumpb.codec.annotation_encoder import type_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.model.annotations import Annotation

_KINDS = messages.Annotation.DESCRIPTOR.oneofs_by_name["kind"].fields
_TYPE_OF_KIND = {field.name: field.number for field in _KINDS}


class Statistics:
    """Counts annotations by type and label."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._types: Counter[int] = Counter()
        self._labels: Counter[int] = Counter()
        self._unlabelled = 0

    @property
    def annotations(self) -> int:
        """How many annotations were counted so far."""
        return sum(self._types.values())

    def add(self, item: messages.Item) -> None:
        """Count the annotations of one more item."""
        self.count(*types_and_labels(item))

    def add_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Count annotations that have been decoded."""
        labels = [annotation.label for annotation in annotations if annotation.label is not None]
        self.count(bytes(map(type_number, annotations)), labels)

    def count(self, types: bytes, labels: list[int]) -> None:
        """Count annotations: the types of all, and the labels of those that have one."""
        self._types.update(types)
        self._labels.update(labels)
        self._unlabelled += len(types) - len(labels)

    def add_all(self, others: Statistics) -> None:
        """Count what others have counted."""
        self._types.update(others._types)
        self._labels.update(others._labels)
        self._unlabelled += others._unlabelled

    def message(self) -> messages.Statistics:
        """Return what was counted so far."""
        return messages.Statistics(
            annotation_count=self.annotations,
            types=[
                messages.TypeCount(type=number, count=count)  # type: ignore[arg-type]  # numbers as in the schema
                for number, count in sorted(self._types.items())
            ],
            labels=[messages.LabelCount(label_index=index, count=n) for index, n in sorted(self._labels.items())],
            unlabelled_count=self._unlabelled,
        )


def types_and_labels(item: messages.Item) -> tuple[bytes, list[int]]:
    """Return the number of the type of each annotation, 0 where that is not known, and the labels of those with one."""
    types = bytearray()
    labels = []
    for annotation in item.annotations:
        kind = annotation.WhichOneof("kind")
        types.append(_TYPE_OF_KIND[kind] if kind else 0)
        if annotation.HasField("label_index"):
            labels.append(annotation.label_index)
    return bytes(types), labels


def same_statistics(theirs: messages.Statistics, ours: messages.Statistics) -> bool:
    """Tell whether statistics that a file states are those of its items, as far as this version knows their types."""
    if any(entry.type == messages.AnnotationType.ANNOTATION_TYPE_UNSPECIFIED for entry in ours.types):
        # Some are of a type that only a later version knows, which wrote its number.
        known, counted = messages.Statistics(), messages.Statistics()
        for copy, original in ((known, theirs), (counted, ours)):
            copy.CopyFrom(original)
            copy.ClearField("types")
        return known == counted
    return theirs == ours

"""Statistics: what they count, sparse and sorted."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.statistics import Statistics
from datumpb.model.annotations import Bbox, Caption, Label
from datumpb.model.item import Item
from tests.support import strategies
from tests.support.item_messages import encode_item


def counted(*items: Item) -> messages.Statistics:
    statistics = Statistics()
    for item in items:
        statistics.add(encode_item(item))
    return statistics.message()


def test_types_and_labels_are_sparse_and_sorted() -> None:
    box = Bbox(1, 2, 3, 4, label=70)
    message = counted(
        Item("a", annotations=[Label(label=3), box]), Item("b"), Item("c", annotations=[Caption(""), box])
    )
    assert message == messages.Statistics(
        annotation_count=4,
        types=[
            messages.TypeCount(type=messages.AnnotationType.ANNOTATION_TYPE_BBOX, count=2),
            messages.TypeCount(type=messages.AnnotationType.ANNOTATION_TYPE_LABEL, count=1),
            messages.TypeCount(type=messages.AnnotationType.ANNOTATION_TYPE_CAPTION, count=1),
        ],
        labels=[messages.LabelCount(label_index=3, count=1), messages.LabelCount(label_index=70, count=2)],
        unlabelled_count=1,
    )


def test_nothing_counts_nothing() -> None:
    assert not counted().ByteSize()


@given(st.lists(strategies.ITEMS, max_size=3))
def test_all_annotations_are_counted(items: list[Item]) -> None:
    annotations = [annotation for item in items for annotation in item.annotations]
    labels = Counter(annotation.label for annotation in annotations)
    message = counted(*items)
    assert message.annotation_count == len(annotations) == sum(count.count for count in message.types)
    assert message.unlabelled_count == labels.pop(None, 0)
    assert [(count.label_index, count.count) for count in message.labels] == sorted(labels.items())
    assert [count.type for count in message.types] == sorted({count.type for count in message.types})
    decoded = Statistics()
    for item in items:
        decoded.add_annotations(item.annotations)
    assert decoded.message() == message


def test_the_numbers_of_types_are_those_of_fields() -> None:
    fields = messages.Annotation.DESCRIPTOR.oneofs_by_name["kind"].fields
    numbers = {f"ANNOTATION_TYPE_{field.name.upper()}": field.number for field in fields}
    assert {"ANNOTATION_TYPE_UNSPECIFIED": 0, **numbers} == dict(messages.AnnotationType.items())

"""Items on their way into a file: checked, encoded, and counted, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datumpb.codec.item_encoder import serialize_item, serialize_items
from datumpb.codec.wire import sized
from datumpb.container.record import check_weight
from datumpb.errors import InvalidItemError, LimitError, MediaPathError
from datumpb.messages import RecordKind
from datumpb.model.item import DEFAULT_SUBSET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datumpb.codec.item_encoder import SerializedItem
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item


class EncodedItem(NamedTuple):
    """An item as a block holds it, and what has to be known of it beside that.

    Attributes:
        id: Its id.
        data: Its message, with tag and size in front.
        types: The number of the type of each annotation.
        labels: The label of each annotation that has one.
    """

    id: str
    data: bytes
    types: bytes
    labels: list[int]


class ItemEncoder:
    """Encodes the items of one subset. It keeps nothing of them, so that any number of processes may share the work.

    Attributes:
        subset: The subset's name.
    """

    def __init__(self, subset: str, categories: Categories, max_size: int) -> None:
        """Take what items are checked against.

        Args:
            subset: The subset's name.
            categories: With label categories, every label has to be one of them.
            max_size: The largest encoded item, in bytes.
        """
        self.subset = subset
        self._label_count = None if categories.labels is None else len(categories.labels)
        self._max_size = max_size

    def __call__(self, item: Item) -> EncodedItem:
        """Encode an item.

        Raises:
            InvalidItemError: The item cannot be held: out of some range, of another subset, or too large.
            MediaPathError: The path of a media file leads out of the dataset.
        """
        return self._finished(item, serialize_item(item))

    def all(self, items: Sequence[Item]) -> Iterator[EncodedItem]:
        """Yield items encoded, as one by one but quicker; an error comes behind the items before it.

        Raises:
            InvalidItemError: An item cannot be held.
            MediaPathError: The path of a media file leads out of the dataset.
        """
        try:
            encoded = serialize_items(items)
        except (InvalidItemError, MediaPathError):
            return map(self, items)  # raises it in its place
        return map(self._finished, items, encoded)

    def _finished(self, item: Item, serialized: SerializedItem) -> EncodedItem:
        self._check(item)
        framed = sized(b"\x0a", serialized.data)
        if len(framed) > self._max_size:
            text = f"item {item.id!r} takes {len(framed)} bytes, the limit is {self._max_size}: "
            text += "keep media in files, or raise max_record_size"
            raise InvalidItemError(text)
        try:
            check_weight(RecordKind.RECORD_KIND_BLOCK, framed)
        except LimitError as error:
            text = f"item {item.id!r}: {error.message}"
            raise InvalidItemError(text) from error
        return EncodedItem(item.id, framed, serialized.types, serialized.labels)

    def _check(self, item: Item) -> None:
        if item.subset not in (self.subset, DEFAULT_SUBSET):
            message = f"item {item.id!r} belongs to subset {item.subset!r}, this file is {self.subset!r}"
            raise InvalidItemError(message)
        if self._label_count is None:
            return
        for index, annotation in enumerate(item.annotations):
            if annotation.label is not None and annotation.label >= self._label_count:
                message = f"item {item.id!r}: annotation {index}: label {annotation.label} is not one of the "
                message += f"{self._label_count} labels of the categories"
                raise InvalidItemError(message)

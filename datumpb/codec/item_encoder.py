"""Items as the bytes of their messages, many at a time (schema: `item.proto`); `items` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datumpb.codec import fields
from datumpb.codec.annotation_encoder import draft_annotation, finish_annotation
from datumpb.codec.coordinate_encoder import CoordinateEncoder
from datumpb.codec.media import media_to_bytes
from datumpb.codec.value_encoder import attributes_to_bytes
from datumpb.codec.wire import sized
from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.model.annotations import Mask
from datumpb.model.many_masks import first_misfit
from datumpb.model.rle import Rle, checked_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datumpb.codec.annotation_encoder import Draft
    from datumpb.model.item import Item


class SerializedItem(NamedTuple):
    """An item as bytes, and what statistics count of it.

    Attributes:
        data: Its message.
        types: The number of the type of each annotation.
        labels: The label of each annotation that has one.
    """

    data: bytes
    types: bytes
    labels: list[int]


def serialize_item(item: Item) -> SerializedItem:
    """Serialize an item. Its subset is not in it: that stands in the file's META.

    Raises:
        InvalidItemError: Something in it is not what the format can hold; the text names item, annotation and field.
        MediaPathError: The path of a media file leads out of the dataset; the text names the item.
    """
    (serialized,) = serialize_items([item])
    return serialized


def serialize_items(items: Iterable[Item]) -> Iterator[SerializedItem]:
    """Serialize items, as `serialize_item` does: a few dozen at once in a fraction of the time.

    All are looked at before the first is returned.

    Raises:
        InvalidItemError: As `serialize_item`.
        MediaPathError: As `serialize_item`.
    """
    encoder = CoordinateEncoder()
    drafts = [_draft(item, encoder) for item in items]
    return _finished(drafts, iter(encoder.encode()))


def _finished(
    drafts: list[tuple[bytes, list[Draft], list[int]]], coordinates: Iterator[bytes]
) -> Iterator[SerializedItem]:
    for head, parts, labels in drafts:
        data = [head]
        data += [sized(b"\x22", finish_annotation(part, coordinates)) for part in parts]
        yield SerializedItem(b"".join(data), bytes([part.kind.number for part in parts]), labels)


def _draft(item: Item, encoder: CoordinateEncoder) -> tuple[bytes, list[Draft], list[int]]:
    head = sized(b"\x0a", _checked_id(item.id).encode())
    annotations = []
    place: tuple[int, object] | None = None
    try:
        if item.media is not None:
            head += sized(b"\x12", media_to_bytes(item.media))
        head += attributes_to_bytes(item.attributes, b"\x1a", "attributes")
        for index, annotation in enumerate(item.annotations):
            place = index, annotation
            annotations.append(draft_annotation(annotation, encoder))
        masks = [(index, mask) for index, mask in enumerate(item.annotations) if isinstance(mask, Mask)]
        runs = [Rle(bytes(mask.counts), int(mask.height), int(mask.width)) for _, mask in masks]
        misfit = first_misfit(runs)
        if misfit is not None:  # it would be of use to nobody
            place = masks[misfit]
            checked_runs(*runs[misfit])
    except InvalidItemError as error:
        text = f"item {item.id!r}: {_named(place)}{error}"
        raise InvalidItemError(text) from error
    except MediaPathError as error:
        text = f"item {item.id!r}: {_named(place)}{error.message}"
        raise MediaPathError(text, error.path) from error
    labels = [int(annotation.label) for annotation in item.annotations if annotation.label is not None]
    return head, annotations, labels


def _named(place: tuple[int, object] | None) -> str:
    return "" if place is None else f"annotation {place[0]} ({type(place[1]).__name__}): "


def _checked_id(item_id: object) -> str:
    checked = fields.text(item_id, "item id")
    if not checked:
        text = "an item needs an id that is not empty"
        raise InvalidItemError(text)
    return checked

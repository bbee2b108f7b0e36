"""The references to media files in an item's message, wherever they are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

_REFERENCE = messages.MediaRef.DESCRIPTOR.full_name


def media_files(item: messages.Item) -> Iterator[messages.MediaRef]:
    """Yield all references of an item; what is changed in them is changed in the item."""
    return _found(item)


def _found(message: Message) -> Iterator[messages.MediaRef]:
    if isinstance(message, messages.MediaRef):
        yield message
        return
    for name in _LEADING[message.DESCRIPTOR.full_name]:
        value = getattr(message, name)
        if not isinstance(value, Message):  # a list of them
            for element in value:
                yield from _found(element)
        elif message.HasField(name):
            yield from _found(value)


def _leading_fields(descriptor: Any, known: dict[str, list[str]]) -> bool:  # noqa: ANN401 -- each protobuf has its own
    """Find the fields that lead to a reference, so that all others are never looked at; tell whether there are any."""
    if descriptor.full_name == _REFERENCE:
        return True
    if descriptor.full_name not in known:
        leading = known[descriptor.full_name] = []
        leading += [
            field.name
            for field in descriptor.fields
            if field.message_type and _leading_fields(field.message_type, known)
        ]
    return bool(known[descriptor.full_name])


_LEADING: dict[str, list[str]] = {}
_leading_fields(messages.Item.DESCRIPTOR, _LEADING)

"""Sound files of a later minor version: what a reader skips, leaves out or carries along (FORMAT.md, section 16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datumpb as dp
from conformance.make.case import Case, valid
from conformance.make.entries import boxed, item, serialized, some, written
from conformance.make.forge import Envelope, Forge
from conformance.make.wire import bytes_field, fixed, number_field
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

# Fields of each wire type, with numbers that no message of version 1 has.
MORE = number_field(1000, 2**64 - 1) + fixed(1001, b"8 bytes!") + bytes_field(1002, b"\xff\0") + fixed(1003, b"four")
_KINDS = ((3, 9, b"a kind to come"), (3, 255, b""), (4, 100, b"\0" * 40), (6, 77, b"x"), (8, 200, b"last"))


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for end, key in (("", None), ("-encrypted", "first.txt")):
        yield valid(f"later-header{end}", "a minor version, optional features and fields to come", _header(key))
        strange = Forge([some(2), some(2, 2)], key=key, strange=_KINDS)
        yield valid(f"later-record-kinds{end}", "records of unknown kinds at every place where they may be", strange)
        yield valid(f"later-fields{end}", "unknown fields in every message", _fields(key))
    yield valid("later-codec", "a codec to come, in a record of an unknown kind", _codec())
    yield valid("later-annotation", "an annotation of a kind to come, among others", _annotation())
    yield valid("later-medium", "media of a kind to come", _medium())
    yield valid("later-enums", "a media type and a type of label group to come", _enums())


def _more(message: Message) -> None:
    message.MergeFromString(MORE)


def _header(key: str | None) -> Forge:
    def header(message: messages.Header) -> None:
        message.format_minor = 4_000_000_000
        message.optional_features.extend(["a-feature-to-come", "", "é"])
        message.writer_name, message.writer_version = "somebody else", "99"
        _more(message)
        if key is not None:
            _more(message.encryption)

    return Forge([some(2)], key=key, header=header)


def _fields(key: str | None) -> Forge:
    shown = messages.Item(id="all")
    shown.media.image.file.path = "a.jpg"
    shown.attributes.add(key="k").value.list_value.values.add(int_value=5)
    polygon = shown.annotations.add(label_index=0).polygon
    polygon.points.delta.extend([1, 2])
    sent = messages.Item()
    sent.CopyFrom(shown)
    shape = sent.annotations[0]
    value = sent.attributes[0].value
    for message in (
        *(sent.media.image.file, sent.media.image, sent.media, value.list_value.values[0], value.list_value, value),
        *(sent.attributes[0], shape.polygon.points, shape.polygon, shape, sent),
    ):
        _more(message)
    meta = messages.Meta(subset="train")
    meta.categories.labels.labels.add(name="cat")

    def index(message: messages.Index) -> None:
        for block in message.blocks:
            _more(block)
        _more(message)

    def footer(message: messages.Footer) -> None:
        for part in (
            *message.index,
            *message.statistics.types,
            *message.statistics.labels,
            message.statistics,
            message,
        ):
            _more(part)

    for part in (meta.categories.labels.labels[0], meta.categories.labels, meta.categories, meta):
        _more(part)
    blocks = [[written(shown, [[1, 2]], serialized(sent)), *some(1)]]
    return Forge(blocks, meta, key, index=index, footer=footer, before={3: _append})


def _append(envelope: Envelope) -> None:
    envelope.payload += MORE + bytes_field(9, b"\x0a\x03\x0a\x01x")
    envelope.raw_size = len(envelope.payload)


def _codec() -> Forge:
    def codec(envelope: Envelope) -> None:
        envelope.codec, envelope.raw_size = 200, 2**63

    return Forge([some(1), some(1, 1)], strange=[(3, 50, b"of a codec to come")], after={3: codec})


def _annotation() -> Forge:
    message = messages.Item(id="one")
    message.annotations.add(id=1, label_index=0).bbox.xywh.delta.extend([1, 2, 3, 4])
    message.annotations.add(id=2, label_index=1)
    message.annotations.add(id=3).caption.caption = "last"
    sent = messages.Item()
    sent.CopyFrom(message)
    sent.annotations[1].MergeFromString(bytes_field(200, b"a shape to come"))

    def footer(part: messages.Footer) -> None:
        del part.statistics.types[:]
        for number in (8, 20, 200):
            part.statistics.types.add(type=number, count=1)

    return Forge([[written(message, [[1, 2, 3, 4]], serialized(sent))]], footer=footer)


def _medium() -> Forge:
    message = messages.Item(id="one")
    message.media.SetInParent()
    data = bytes_field(1, b"one") + bytes_field(2, bytes_field(99, b"a medium to come"))
    return Forge([[written(message, (), data), item("two", dp.Label())]])


def _enums() -> Forge:
    meta = messages.Meta(subset="train", media_type=77)  # type: ignore[arg-type]  # a number to come
    meta.categories.labels.labels.add(name="cat")
    meta.categories.labels.groups.add(name="g", labels=["cat"], group_type=9)
    meta.categories.labels.groups.add(name="h", labels=["cat"])
    return Forge([[written(boxed("a", messages.Coordinates(f64=[0.5, 1.5])), [[0.5, 1.5]])]], meta)

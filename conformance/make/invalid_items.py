"""Files to refuse: blocks and items that are no messages, or break the rules for items and META."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.make.case import VERIFY, Case, invalid
from conformance.make.entries import Entry, some, written
from conformance.make.forge import Forge, RawBlock
from conformance.make.wire import bytes_field, tag, to_varint
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Iterator


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, note, body in _block_bodies():
        yield invalid(f"block-{name}", note, Forge([some(1), RawBlock(body, ("a",))]))
    for name, note, meta in _metas():
        yield invalid(f"meta-{name}", note, Forge([some(1)], meta))
    for name, note, message in _items():
        yield _one(f"item-{name}", note, written(message))
    for name, note, data in _texts():
        shown = messages.Item(id="a")
        yield _one(f"utf-8-{name}", note, written(shown, (), data))
    yield from _labels()


def _one(name: str, note: str, entry: Entry) -> Case:
    return invalid(name, note, Forge([[*some(1), entry]]))


def _block_bodies() -> Iterator[tuple[str, str, bytes]]:
    good = bytes_field(1, bytes_field(1, b"a"))
    yield "garbage", "a block that is no message", b"\xff" * 20
    yield "cut", "a block whose item goes on beyond it", good[:-1]
    yield "cut-behind", "a block with the beginning of a field behind its items", good + b"\x12"
    yield "item-size-padded-endless", "an item's size is a varint without end", b"\x0a" + b"\xff" * 11 + good
    yield "item-size-huge", "an item of 2^63 bytes", b"\x0a" + to_varint(2**63) + b"a"
    yield "item-garbage", "an item that is no message", bytes_field(1, b"\x0a")
    yield "item-end-group", "an item with the end of a group that never began", bytes_field(1, good[2:] + tag(5, 4))
    yield "field-0", "an item with a field 0", bytes_field(1, good[2:] + b"\x00\x00")
    yield "wire-type-7", "an item with a field of wire type 7", bytes_field(1, good[2:] + tag(9, 7))
    yield "no-id", "an item without id", bytes_field(1, b"")
    yield "empty-id", "an item with an empty id", bytes_field(1, bytes_field(1, b""))


def _metas() -> Iterator[tuple[str, str, messages.Meta | bytes]]:
    yield "garbage", "META that is no message", b"\x0a"
    yield "no-subset", "a subset without a name", messages.Meta(media_type=messages.MediaType.MEDIA_TYPE_IMAGE)
    yield "empty", "META that says nothing", b""
    yield "bad-utf-8", "a subset whose name is no UTF-8", bytes_field(1, b"tr\xe4in")
    for channel in ("red", "green", "blue"):
        meta = messages.Meta(subset="s")
        meta.categories.masks.colors.add(label=1, **{channel: 256})
        yield f"{channel}-256", f"a colour whose {channel} is 256", meta
    meta = messages.Meta(subset="s")
    for _ in range(2):
        meta.categories.masks.colors.add(label=1, red=5)
    yield "colour-twice", "the colour of a label twice", meta
    meta = messages.Meta(subset="s")
    for _ in range(2):
        meta.categories.points.items.add(label=1)
    yield "keypoints-twice", "the keypoints of a label twice", meta
    meta = messages.Meta(subset="s")
    meta.categories.points.items.add().positions.f64.extend([1, 2, 3])
    yield "positions-odd", "three numbers as positions of keypoints", meta
    meta = messages.Meta(subset="s")
    for _ in range(2):
        meta.infos.add(key="a").value.int_value = 1
    yield "infos-twice", "a key of infos twice", meta
    meta = messages.Meta(subset="s")
    label = meta.categories.labels.labels.add(name="cat")
    for _ in range(2):
        label.infos.add(key="a").value.int_value = 1
    yield "label-infos-twice", "a key of a label's infos twice", meta
    meta = messages.Meta(subset="s")
    meta.categories.tabular.items.add().labels.add(big_int_value=b"\1")
    yield "tabular-big-int", "a label of a column that is a big integer of one byte", meta


def _items() -> Iterator[tuple[str, str, messages.Item]]:
    def made() -> messages.Item:
        return messages.Item(id="a")

    for place in ("item", "annotation", "row", "map"):
        message = made()
        if place == "item":
            entries = message.attributes
        elif place == "annotation":
            message.annotations.add().label.SetInParent()
            entries = message.annotations[0].attributes
        elif place == "row":
            entries = message.annotations.add().tabular.values
        else:
            entries = message.attributes.add(key="m").value.map_value.entries
        for number in range(2):
            entries.add(key="twice").value.int_value = number
        yield f"key-twice-{place}", f"a key twice: {place}", message
    message = made()
    for _ in range(2):
        message.attributes.add(key="").value.null_value = 0  # type: ignore[assignment]  # an enum of one value
    yield "key-twice-empty", "an empty key twice", message
    message = made()
    message.media.video.step = 0
    yield "video-step-0", "a video of step 0", message
    message = made()
    message.media.video_frame.video.step = 0
    yield "video-frame-step-0", "a frame of a video of step 0", message
    message = made()
    vector = message.annotations.add().feature_vector
    vector.f32.append(1)
    vector.f64.append(1)
    yield "feature-vector-two-ways", "a feature vector in single and in double precision", message
    for name, numbers, note in (
        ("few", [1], "less numbers of visibility than points"),
        ("many", [1, 2, 0], "more numbers of visibility than points"),
        ("256", [2, 256], "a visibility of 256"),
        ("largest", [2**32 - 1, 2], "a visibility of 2^32 - 1"),
    ):
        message = made()
        points = message.annotations.add().points
        points.points.delta.extend([1, 2, 3, 4])
        points.visibility.extend(numbers)
        yield f"visibility-{name}", note, message
    message = made()
    message.annotations.add().points.visibility.append(2)
    yield "visibility-of-nothing", "a visibility and no points", message


def _texts() -> Iterator[tuple[str, str, bytes]]:
    identity = bytes_field(1, b"a")
    yield "id", "an id that is no UTF-8", bytes_field(1, b"\xff")
    yield "surrogate", "an id with a surrogate", bytes_field(1, b"a\xed\xa0\x80")
    yield "overlong", "an id with an overlong form", bytes_field(1, b"a\xc0\xaf")
    yield "caption", "a caption that is no UTF-8", identity + bytes_field(4, bytes_field(20, bytes_field(1, b"\x80")))
    attribute = bytes_field(1, b"\xc3") + bytes_field(2, b"\x18\x02")
    yield "key", "a key that is no UTF-8", identity + bytes_field(3, attribute)
    value = bytes_field(1, b"k") + bytes_field(2, bytes_field(6, b"\xf5\x80\x80\x80"))
    yield "value", "text beyond U+10FFFF", identity + bytes_field(3, value)
    ref = bytes_field(1, bytes_field(1, b"\xe9.jpg"))
    yield "path", "a media path that is no UTF-8", identity + bytes_field(2, bytes_field(1, ref))


def _labels() -> Iterator[Case]:
    meta = messages.Meta(subset="train")
    meta.categories.labels.labels.add(name="cat")
    for index in (1, 2**32 - 1):
        message = messages.Item(id="a")
        message.annotations.add(label_index=index).label.SetInParent()
        note = f"a label_index of {index} where there is one label"
        yield invalid(f"label-index-{index}", note, Forge([[written(message)]], meta), modes=VERIFY)
    meta = messages.Meta(subset="train")
    meta.categories.labels.SetInParent()
    message = messages.Item(id="a")
    message.annotations.add(label_index=0).label.SetInParent()
    note = "a label_index of 0 where there are no labels"
    yield invalid("label-index-of-none", note, Forge([[written(message)]], meta), modes=VERIFY)

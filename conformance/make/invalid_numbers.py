"""Files to refuse: coordinates, values and masks that break their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.make.case import ALL, VERIFY, Case, invalid
from conformance.make.entries import boxed, some, written
from conformance.make.forge import Envelope, Forge
from conformance.make.frames import frame
from conformance.make.valid_coordinates import rice
from conformance.make.wire import bytes_field
from datumpb import messages
from datumpb.messages import Coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 2**53


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, note, message in (*_counts(), *_encodings(), *_ranges(), *_rice()):
        yield invalid(f"coordinates-{name}", note, Forge([[*some(1), written(message)]]))
    yield _too_many()
    for name, note, value in _values():
        message = messages.Item(id="a")
        message.attributes.add(key="k").value.CopyFrom(value)
        yield invalid(f"value-{name}", note, Forge([[*some(1), written(message)]]), *_value_error(name))
    yield from _odd_values()
    for name, note, height, width, counts in _masks():
        message = messages.Item(id="a")
        mask = message.annotations.add().mask
        mask.height, mask.width, mask.counts = height, width, counts
        yield invalid(f"mask-{name}", note, Forge([[*some(1), written(message)]]), modes=VERIFY)


def _counts() -> Iterator[tuple[str, str, messages.Item]]:
    shapes = {
        "poly_line": ("points", (1, 3)),
        "polygon": ("points", (1, 5)),
        "points": ("points", (3,)),
        "bbox": ("xywh", (0, 2, 3, 5, 8)),
        "cuboid_3d": ("position_rotation_scale", (0, 8, 6, 12)),
        "ellipse": ("box", (0, 2, 3, 6)),
        "cuboid_2d": ("points", (0, 14, 15, 18)),
        "rotated_bbox": ("cxcywhr", (0, 4, 6, 10)),
    }
    for kind, (field, counts) in shapes.items():
        for count in counts:
            numbers = [float(number) for number in range(count)]
            shown = kind.replace("_", "-")
            yield (
                f"count-{shown}-{count}",
                f"{kind} of {count} numbers",
                boxed("a", Coordinates(f64=numbers), kind, field),
            )
    yield "count-delta", "three numbers as integers", boxed("a", Coordinates(delta=[1, 2, 3]))
    yield "count-f32", "three numbers in single precision", boxed("a", Coordinates(f32=[1, 2, 3]))
    yield "count-rice", "three Rice-coded numbers", boxed("a", rice([1, 2, 3], 1)[0])
    message = messages.Item(id="a")
    message.annotations.add().bbox.SetInParent()
    yield "count-bbox-absent", "a Bbox without its numbers", message


def _encodings() -> Iterator[tuple[str, str, messages.Item]]:
    numbers = [1.0, 2.0]
    coded = rice([1, 2], 1)[0]
    both = {
        "delta-and-f32": Coordinates(delta=[1, 2], f32=numbers),
        "delta-and-f64": Coordinates(delta=[1, 2], f64=numbers),
        "f32-and-f64": Coordinates(f32=numbers, f64=numbers),
        "rice-and-f32": Coordinates(f32=numbers),
        "rice-and-f64": Coordinates(f64=numbers),
        "all": Coordinates(delta=[1, 2], f32=numbers, f64=numbers),
    }
    for name, message in both.items():
        if "rice" in name or name == "all":
            message.rice_bits, message.rice_low, message.rice_high = coded.rice_bits, coded.rice_low, coded.rice_high
        yield f"two-ways-{name}", f"numbers in two ways: {name.replace('-', ' ')}", boxed("a", message)


def _ranges() -> Iterator[tuple[str, str, messages.Item]]:
    for decimals in (13, 308, 2**32 - 1):
        note = f"integers with {decimals} decimals"
        yield f"decimals-{decimals}", note, boxed("a", Coordinates(decimals=decimals, delta=[1, 2]))
    coded = rice([1, 2, 3, 4], 1)[0]
    coded.decimals = 13
    yield "decimals-13-rice", "Rice-coded integers with 13 decimals", boxed("a", coded)
    large = 2**63 - 1
    for name, deltas in (
        ("over", [_MOST + 1, 0]),
        ("under", [0, -_MOST - 1]),
        ("sum-over", [_MOST, 0, 1, 0]),
        ("sum-under", [-_MOST, 0, -1, 0]),
        ("over-and-back", [_MOST, 0, 1, 0, -1, 0]),
        ("largest", [large, 0]),
        ("smallest", [-large - 1, 0]),
        ("wrap-around", [large, 0, large, 0, 2, 0]),
        ("wrap-to-0", [-large - 1, 0, -large - 1, 0]),
        ("wrap-over-range", [_MOST, 0, large, 0, large, 0, -_MOST + 2, 0]),
    ):
        note = f"a running sum beyond 2^53: {name.replace('-', ' ')}"
        yield f"sum-{name}", note, boxed("a", Coordinates(delta=deltas))
    yield "sum-rice-over", "Rice codes whose sum is beyond 2^53", boxed("a", rice([_MOST, 0, _MOST + 2, 0], 53)[0])
    mixed = rice([_MOST, 0, _MOST + 1, 0], 1, 2)[0]
    yield "sum-delta-and-rice-over", "delta and Rice codes whose sum is beyond 2^53", boxed("a", mixed)


def _rice() -> Iterator[tuple[str, str, messages.Item]]:
    def changed(**values: object) -> messages.Item:
        message = rice([5, 5, 6, 4, 6, 3], 3)[0]
        for name, value in values.items():
            setattr(message, name, value)
        return boxed("a", message)  # type: ignore[no-any-return]  # messages.Item

    low = rice([5, 5, 6, 4, 6, 3], 3)[0].rice_low
    bits_55 = {"rice_bits": 55, "rice_low": bytes(14), "rice_high": b"\x03"}
    yield "rice-bits-55", "55 low bits", changed(**bits_55)
    yield "rice-bits-64", "64 low bits", changed(rice_bits=64, rice_low=bytes(16), rice_high=b"\x03")
    yield "rice-bits-largest", "2^32 - 1 low bits", changed(rice_bits=2**32 - 1)
    yield "rice-no-numbers", "rice_high without a bit 1", changed(rice_high=b"\0\0", rice_low=b"")
    yield "rice-no-numbers-but-delta", "the same behind delta", _behind_delta()
    yield "rice-low-short", "rice_low a byte too short", changed(rice_low=low[:-1])
    yield "rice-low-long", "rice_low a byte too long", changed(rice_low=low + b"\0")
    yield "rice-low-missing", "no rice_low", changed(rice_low=b"")
    yield "rice-low-of-no-bits", "rice_low where there are no low bits", changed(rice_bits=0)
    # q = 2 with 54 bits, q = 4 with 53 bits: u is 2^55.
    yield "rice-2-55", "a number of 2^55", changed(rice_bits=54, rice_low=bytes(14), rice_high=b"\x0c")
    yield "rice-2-55-of-53", "a number of 2^55", changed(rice_bits=53, rice_low=bytes(14), rice_high=b"\x30")
    yield "rice-2-60", "a number of 2^60", changed(rice_bits=54, rice_low=bytes(14), rice_high=bytes(8) + b"\x03")


def _behind_delta() -> messages.Item:
    return boxed("a", Coordinates(delta=[1, 2], rice_high=b"\0"))  # type: ignore[no-any-return]  # messages.Item


def _too_many() -> Case:
    # 2^22 + 2 numbers, two of them in the last byte: an even count, and one more pair than there may be.
    message = boxed("a", Coordinates(rice_high=b"\xff" * (1 << 19) + b"\x03"))

    def packed(envelope: Envelope) -> None:
        envelope.codec, envelope.payload = 2, frame(envelope.payload)

    forge = Forge([[written(message)]], before={3: packed})
    return invalid("coordinates-rice-too-many", "2^22 + 2 Rice-coded numbers", forge, "DamagedFile", "Limit")


def _values() -> Iterator[tuple[str, str, messages.Value]]:
    value = messages.Value
    for name, note, data in (
        ("empty", "of no bytes", b""),
        ("1-byte", "of one byte", b"\x05"),
        ("8-bytes", "of 8 bytes", b"\x7f" + b"\xff" * 7),
        ("int64", "that int_value could hold", b"\x00\x7f" + b"\xff" * 7),
        ("int64-negative", "that int_value could hold", b"\xff\x80" + bytes(7)),
        ("padded", "with a byte more than it needs", b"\x00\x00\x80" + bytes(7)),
        ("padded-negative", "with a byte more than it needs", b"\xff\xff\x7f" + b"\xff" * 7),
    ):
        yield f"big-int-{name}", f"a big integer {note}", value(big_int_value=data)
    yield "kind-to-come", "a value of no known kind", value()
    nested = value()
    nested.list_value.values.add()
    yield "kind-to-come-nested", "a value of no known kind in a list", nested
    for kind in ("list", "map"):
        yield f"31-{kind}s", f"{kind}s 31 deep", _nested(kind, 31)


def _value_error(name: str) -> tuple[str, ...]:
    return ("UnsupportedFile", "DamagedFile") if "to-come" in name else ()


def _nested(kind: str, depth: int) -> messages.Value:
    value = messages.Value()
    inner = value
    for _ in range(depth):
        inner = inner.list_value.values.add() if kind == "list" else inner.map_value.entries.add().value
    inner.bool_value = True
    return value


def _odd_values() -> Iterator[Case]:
    message = messages.Item(id="a")
    message.attributes.add(key="k")
    note = "an attribute without a value"
    forge = Forge([[written(message)]])
    yield invalid("value-absent", note, forge, "UnsupportedFile", "DamagedFile")
    value = b"\x18\x02"
    for _ in range(5000):
        value = bytes_field(8, bytes_field(1, value))
    data = bytes_field(1, b"a") + bytes_field(3, bytes_field(1, b"k") + bytes_field(2, value))
    deep = Forge([[written(messages.Item(id="a"), (), data)]])
    yield invalid("value-5000-deep", "lists 5,000 deep, more than any stack should be given", deep)
    meta = bytes_field(1, b"s") + bytes_field(2, bytes_field(1, b"k") + bytes_field(2, value))
    yield invalid("value-5000-deep-meta", "the same in infos", Forge([some(1)], meta))
    infos = messages.Meta(subset="s")
    infos.infos.add(key="k").value.CopyFrom(_nested("list", 31))
    yield invalid("value-31-deep-meta", "lists 31 deep in infos", Forge([some(1)], infos), modes=ALL)


def _masks() -> Iterator[tuple[str, str, int, int, bytes]]:
    yield "too-few-pixels", "runs of less pixels than the mask has", 4, 6, b"5220003"
    yield "too-many-pixels", "runs of more pixels than the mask has", 4, 4, b"5220003"
    yield "empty", "no runs where there are pixels", 2, 2, b""
    yield "pixels-of-none", "runs where there are no pixels", 0, 0, b"1"
    yield "bad-character-low", "a character below 0", 4, 5, b"522/003"
    yield "bad-character-high", "a character beyond o", 4, 5, b"522p003"
    yield "bad-character-8-bit", "a byte beyond ASCII", 4, 5, b"522\xb0003"
    yield "cut", "an end in the middle of a number", 4, 5, b"522000S"
    yield "negative", "a negative run", 2, 2, b"5O"
    yield "negative-by-difference", "a run that is negative by its difference", 1, 6, b"221K"
    yield "too-many-digits", "a number of 9 digits", 1, 1, b"PPPPPPPP0" + b"1"
    yield "endless", "a number of 200 digits", 1, 1, b"P" * 199 + b"1"
    yield "too-large", "a mask of more than 2^32 - 1 pixels", 2**16, 2**16, b"PPPPPP4"
    yield "largest-size", "a mask of 2^32 - 1 by 2^32 - 1", 2**32 - 1, 2**32 - 1, b"0"

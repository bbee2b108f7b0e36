"""Files to refuse: length prefixes, envelopes, checksums, sizes and frames of records."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import datumpb as dp
from conformance.make.case import VERIFY, Case, invalid, with_key
from conformance.make.entries import item, some
from conformance.make.forge import BLOCK, FOOTER, HEADER, INDEX, META, Envelope, Forge, framed, kind_name, trailer
from conformance.make.frames import frame
from conformance.make.wire import bytes_field, number_field, padded_varint, tag, to_varint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS = [some(2), some(2, 2)]
_LIMIT = "Limit"
_FIRST = "first.txt"
# Readers may well have code of their own for HEADER and META.
_EVERYWHERE = ("without-seq", "without-crc32", "unknown-varint", "repeated-payload", "padded-codec")
# By their numbers in a file of two blocks.
_RECORDS = {1: HEADER, 2: META, 3: BLOCK, 4: BLOCK, 5: INDEX, 6: FOOTER}


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _prefixes()
    yield from _envelopes()
    yield from _bits()
    yield from _sizes()
    yield from _frames()
    yield from _unknown_kinds()


def _case(name: str, note: str, *error: str, number: int = 3, modes: tuple[str, ...] = (), **hooks: object) -> Case:
    """Make a case of a file with one record changed."""
    changes = {field: {number: change} for field, change in hooks.items()}
    forge = Forge(_BLOCKS, **changes)  # type: ignore[arg-type]  # before, after, reframe
    return invalid(name, note, forge, *error, **({"modes": modes} if modes else {}))


def _prefixes() -> Iterator[Case]:
    def prefix(make: Callable[[int], bytes]) -> Callable[[bytes], bytes]:
        return lambda data: make(len(data) - _prefix_size(data)) + data[_prefix_size(data) :]

    for number in (1, 3, 6):
        name = kind_name(_RECORDS[number])
        padded = prefix(lambda size: padded_varint(size, 3))
        yield _case(f"prefix-padded-{name}", f"{name} with a padded length prefix", number=number, reframe=padded)
        long = prefix(lambda size: padded_varint(size, 6))
        yield _case(f"prefix-of-6-bytes-{name}", f"{name} with a prefix of 6 bytes", number=number, reframe=long)
        endless = prefix(lambda _: b"\xff" * 10 + b"\x01")
        note = f"{name} with a prefix of 11 bytes"
        yield _case(f"prefix-endless-{name}", note, "DamagedFile", _LIMIT, number=number, reframe=endless)
        huge = prefix(lambda _: to_varint(2**35 - 1))
        note = f"{name} with a prefix of 2^35 - 1"
        yield _case(f"prefix-huge-{name}", note, _LIMIT, "DamagedFile", number=number, reframe=huge)
        zero = prefix(lambda _: b"\0")
        yield _case(f"prefix-0-{name}", f"{name} with the size 0", number=number, reframe=zero)
        short = prefix(lambda size: to_varint(size - 1))
        yield _case(f"prefix-too-small-{name}", f"{name}, one byte less", number=number, reframe=short)
        beyond = prefix(lambda size: to_varint(size + 5000))
        yield _case(f"prefix-beyond-{name}", f"{name}, larger than the file", number=number, reframe=beyond)
    for number in (2, 3, 5):
        name = kind_name(_RECORDS[number])
        over = prefix(lambda _: to_varint(4 << 20))
        note = f"{name}, larger than max_record_size says"
        yield _case(f"prefix-over-limit-{name}", note, _LIMIT, "DamagedFile", number=number, reframe=over)
    small = Forge([[item("a", dp.Caption("x" * 500))]], limit=500)
    yield invalid("record-over-limit", "a sound record that is larger than max_record_size", small, _LIMIT)


def _prefix_size(data: bytes) -> int:
    return next(index for index, byte in enumerate(data) if byte < 0x80) + 1  # noqa: PLR2004 -- the top bit of a varint


def _envelopes() -> Iterator[Case]:
    def lacking(field: int) -> Callable[[Envelope], bytes]:
        return lambda envelope: b"".join(envelope.fields()[: field - 1] + envelope.fields()[field:])

    def with_field(field: int, value: bytes) -> Callable[[Envelope], bytes]:
        return lambda envelope: b"".join([*envelope.fields()[: field - 1], value, *envelope.fields()[field:]])

    def behind(make: Callable[[Envelope], bytes]) -> Callable[[Envelope], bytes]:
        return lambda envelope: b"".join(envelope.fields()) + make(envelope)

    names = ("sync", "kind", "seq", "codec", "raw_size", "crc32")
    changes: dict[str, tuple[str, Callable[[Envelope], bytes]]] = {
        f"without-{name.replace('_', '-')}": (f"a record without {name}", lacking(field))
        for field, name in enumerate(names, 1)
    }
    changes |= {
        "without-payload": ("a record without its payload", lacking(8)),
        "unknown-varint": ("a record with a field 9", behind(lambda _: number_field(9, 1))),
        "unknown-bytes": ("a record with a field 15", behind(lambda _: bytes_field(15, b"hidden"))),
        "unknown-large": ("a record with a field 536870911", behind(lambda _: number_field(536870911, 0))),
        "unknown-group": ("a record with a group", behind(lambda _: tag(9, 3) + tag(9, 4))),
        "repeated-seq": ("a record with seq twice", behind(lambda envelope: number_field(3, envelope.seq))),
        "repeated-kind": ("a record with kind twice", behind(lambda envelope: number_field(2, envelope.kind))),
        "repeated-payload": ("a record with payload twice", behind(lambda envelope: envelope.fields()[7])),
        "repeated-sync": ("a record with sync twice", behind(lambda envelope: envelope.fields()[0])),
        "padded-kind": ("a record with a padded kind", with_field(2, tag(2, 0) + padded_varint(4, 2))),
        "padded-seq": ("a record with a padded seq", with_field(3, tag(3, 0) + padded_varint(3, 5))),
        "padded-codec": ("a record with a padded codec", with_field(4, tag(4, 0) + padded_varint(1, 10))),
        "padded-tag": ("a record with a padded tag", with_field(4, b"\xa0\x00\x01")),
        "empty-nonce": ("a record with an empty nonce", with_field(7, b"\x3a\x00")),
        "empty-payload-too": ("a record with an empty payload before its own", with_field(7, b"\x42\x00")),
        "wire-type": ("a record whose seq is a fixed64", with_field(3, tag(3, 1) + (3).to_bytes(8, "little"))),
        "cut-payload": ("a payload that goes on beyond the record", lambda e: b"".join(e.fields())[:-1]),
        "no-message": ("a record that is no message", lambda e: b"\xff" * len(b"".join(e.fields()))),
    }
    for name, (note, change) in changes.items():
        for number in (1, 2, 3) if name in _EVERYWHERE else (3,):
            kind = kind_name(_RECORDS[number])
            yield invalid(f"envelope-{name}-{kind}", f"{note}: {kind}", _rewritten(number, change))
    kinds = (("kind-0", "kind", 0), ("kind-256", "kind", 256), ("kind-huge", "kind", 2**31 - 1))
    codecs = (
        ("codec-0", "codec", 0),
        ("codec-256", "codec", 256),
        ("codec-257", "codec", 257),
        ("codec-3", "codec", 3),
    )
    for name, field, value in (*kinds, ("kind-of-256-more", "kind", 4 + 256), *codecs):
        error = ("DamagedFile", "UnsupportedFile") if name == "codec-3" else ()
        yield _case(f"envelope-{name}", f"a block with {field} {value}", *error, after=_set(field, value))
    empty = Forge([], index=lambda index: index.Clear(), reframe={3: _with_empty_payload})
    # INDEX of a file without items: who fetches none of them need not read it.
    yield invalid("envelope-empty-payload", "an empty payload that is written", empty, modes=("items", "verify"))


def _with_empty_payload(data: bytes) -> bytes:
    return framed(data[_prefix_size(data) :] + b"\x42\x00")


def _rewritten(number: int, change: Callable[[Envelope], bytes]) -> Forge:
    """Make a file in which the envelope of one record is written otherwise."""
    kept: list[Envelope] = []
    return Forge(_BLOCKS, after={number: kept.append}, reframe={number: lambda _: framed(change(kept[0]))})


def _set(field: str, value: object) -> Callable[[Envelope], None]:
    return lambda envelope: setattr(envelope, field, value)


def _bits() -> Iterator[Case]:
    for end, key in (("", None), ("-encrypted", _FIRST)):
        for number, kind in _RECORDS.items():
            for name, byte in (("sync", 5), ("kind", 10), ("seq", 12), ("codec", 14), ("crc32", 20), ("payload", -2)):
                if name != "payload" and (key or number not in {1, 3}):
                    continue
                case_name = f"bit-{name}-{kind_name(kind)}-{number}{end}"
                note = f"a bit of {name} changed in record {number}, {kind_name(kind)}"
                forge = Forge(_BLOCKS, key=key)
                data = forge.make()
                # All length prefixes here are of two bytes but that of HEADER in a plain file.
                start = sum(map(len, forge.records[:number]))
                at = start + (_prefix_size(data[start:]) + byte - 1 if byte > 0 else len(forge.records[number]) + byte)
                changed = bytearray(data)
                changed[at] ^= 1
                yield Case(case_name, "", note, bytes(changed), key, error=("DamagedFile",))


def _sizes() -> Iterator[Case]:
    for end, key in (("", None), ("-encrypted", _FIRST)):
        for number in (2, 3, 5, 6) if key is None else (3,):
            name = kind_name(_RECORDS[number])
            for what, change in (("small", -1), ("large", 1)):
                forge = Forge(_BLOCKS, key=key, before={number: _resize(change)})
                note = f"raw_size of {name} is too {what} by one"
                yield invalid(f"raw-size-too-{what}-{name}{end}", note, forge)
            forge = Forge(_BLOCKS, key=key, before={number: _set("raw_size", 4 << 20)})
            note = f"raw_size of {name} is more than max_record_size"
            yield invalid(f"raw-size-over-limit-{name}{end}", note, forge, _LIMIT)
            forge = Forge(_BLOCKS, key=key, before={number: _set("raw_size", 2**64 - 1)})
            yield invalid(f"raw-size-huge-{name}{end}", f"raw_size of {name} is 2^64 - 1", forge, _LIMIT)


def _resize(change: int) -> Callable[[Envelope], None]:
    def resize(envelope: Envelope) -> None:
        envelope.raw_size += change

    return resize


def _frames() -> Iterator[Case]:
    def packed(make: Callable[[bytes], bytes], raw_size: int | None = None) -> Callable[[Envelope], None]:
        def pack(envelope: Envelope) -> None:
            envelope.codec, envelope.payload = 2, make(envelope.payload)
            envelope.raw_size = envelope.raw_size if raw_size is None else raw_size

        return pack

    bomb = bytes(1 << 24)
    for end, key in (("", None), ("-encrypted", _FIRST)):
        for name, note, pack in (
            ("no-frame", "not compressed, though codec says so", packed(bytes)),
            ("no-bytes", "a frame of no bytes", packed(lambda _: b"")),
            ("no-size", "a frame that does not state its content's size", packed(lambda body: frame(body, None))),
            ("other-size", "a frame that states another size", packed(lambda body: frame(body, len(body) + 1))),
            ("two-frames", "two frames", packed(lambda body: frame(body[:20]) + frame(body[20:]))),
            ("empty-second-frame", "an empty frame behind the frame", packed(lambda body: frame(body) + frame(b""))),
            ("skippable-frame", "a skippable frame behind", packed(lambda body: frame(body) + _SKIPPABLE)),
            ("skippable-frame-first", "a skippable frame before", packed(lambda body: _SKIPPABLE + frame(body))),
            ("bytes-behind", "bytes behind the frame", packed(lambda body: frame(body) + b"\0")),
            ("cut", "a frame without its end", packed(lambda body: frame(body)[:-3])),
            ("dictionary", "a frame that needs a dictionary", packed(lambda body: frame(body, dictionary=7))),
            (
                "longer",
                "a frame of more than raw_size and itself say",
                packed(lambda body: frame(body + b"x", len(body))),
            ),
            ("bomb", "16 MiB, where frame and raw_size state 100 bytes", packed(lambda _: frame(bomb, 100), 100)),
            ("bomb-of-stated-size", "16 MiB, and the frame says so", packed(lambda _: frame(bomb), 100)),
            ("bomb-of-no-size", "16 MiB in a frame without a size", packed(lambda _: frame(bomb, None), 100)),
            ("claims-much", "a frame that states 2^63 bytes", packed(lambda body: frame(body, 2**63))),
        ):
            if key is not None and name not in _SEALED_FRAMES:
                continue
            number = 2 if "bomb" in name else 3
            yield invalid(f"zstd-{name}{end}", note, Forge(_BLOCKS, key=key, before={number: pack}))
        yield invalid(
            f"zstd-bomb-over-limit{end}",
            "16 MiB, and frame and raw_size say so",
            Forge(_BLOCKS, key=key, before={2: packed(lambda _: frame(bomb), 1 << 24)}),
            _LIMIT,
        )
    for name, note, stored in (
        ("cut", "a frame without its end", frame(b"")[:-1]),
        ("block-type", "a frame with a block of a reserved type", frame(b"")[:-3] + b"\7\0\0"),
        ("bytes-behind", "bytes behind the frame", frame(b"") + b"\0"),
        ("second-frame", "two frames", frame(b"") + frame(b"")),
        ("skippable-frame", "a skippable frame instead", _SKIPPABLE[:4] + bytes(4)),
        ("longer", "a byte more than raw_size and frame say", frame(b"x", 0)),
        ("bomb", "16 MiB, where frame and raw_size state no bytes", frame(bomb, 0)),
    ):
        # INDEX of a file without items is the one empty body that a reader has to take.
        forge = Forge((), before={3: packed(partial(_instead, stored))})
        yield invalid(f"zstd-empty-body-{name}", f"an empty body: {note}", forge)
    head = Forge(_BLOCKS, before={1: packed(lambda _: frame(bomb, 100), 100)})
    yield invalid("zstd-bomb-header", "HEADER of 16 MiB, where raw_size states 100 bytes", head)


def _instead(stored: bytes, _body: bytes) -> bytes:
    return stored


_SEALED_FRAMES = ("other-size", "bytes-behind", "bomb")
_SKIPPABLE = bytes.fromhex("502a4d18 04000000 61626364")


def _unknown_kinds() -> Iterator[Case]:
    for name, note, change in (
        ("crc32", "another checksum", _set("crc32", 1)),
        ("sync", "the sync bytes of another file", _set("sync", b"another!")),
        ("seq", "another number", _set("seq", 4)),
        ("codec-0", "no codec", _set("codec", 0)),
    ):
        forge = Forge(_BLOCKS, strange=[(3, 99, b"later")], after={3: change})
        yield invalid(f"unknown-kind-{name}", f"a record of an unknown kind with {note}", forge, modes=VERIFY)
    padded = {3: lambda data: padded_varint(len(data) - 1, 3) + data[1:]}
    forge = Forge(_BLOCKS, strange=[(3, 99, b"later")], reframe=padded)
    yield invalid("unknown-kind-prefix", "a record of an unknown kind with a padded prefix", forge, modes=VERIFY)
    for key in (None, _FIRST):
        data = _hidden(Forge(_BLOCKS, key=key, strange=[(3, 99, b"later")]))
        name = f"unknown-kind-hides-all{'-encrypted' if key else ''}"
        note = "a record of an unknown kind that reaches over all others, FOOTER included, to its end"
        yield with_key(invalid(name, note, data, "DamagedFile", "Authentication", modes=VERIFY), key)
    note = "a record of an unknown kind between FOOTER and TRAILER"
    yield invalid("unknown-kind-behind-footer", note, Forge(_BLOCKS, end=_strange_end))


def _hidden(forge: Forge) -> bytes:
    """Return a file in which the record behind META is one with all behind it, each of which is still in its place."""
    data = forge.make()
    start, end = (sum(map(len, forge.records[:count])) for count in (3, len(forge.records)))
    for size in range(end - start, 0, -1):
        record = Envelope(data[2:10], 99, 3, 1, size, data[end - size : end]).framed()
        if len(record) == end - start:
            return data[:start] + record + data[end:]
    message = "no record has this size"
    raise AssertionError(message)


def _strange_end(sync: bytes, offset: int, size: int) -> bytes:
    between = Envelope(sync, 99, 7, 1, 0, b"").framed()
    return between + trailer(sync, offset, size, offset + size + len(between) + 48)

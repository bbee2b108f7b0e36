"""Files to refuse: HEADER wrong, newer than the reader, or asking for too much; keys that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.make.case import Case, invalid, with_key
from conformance.make.entries import some
from conformance.make.forge import Envelope, Forge
from conformance.make.wire import bytes_field, to_varint
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS = [some(2)]
_FIRST = "first.txt"
_UNSUPPORTED = "UnsupportedFile"
_LIMIT = "Limit"
_LARGEST = 1 << 20


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, note, change, error in _changes():
        yield invalid(f"header-{name}", note, Forge(_BLOCKS, header=change), *error)
    yield from _encryption()
    yield from _records()
    yield from _keys()
    yield invalid("header-media", "a media file where annotations are wanted", _media(None))
    yield invalid("header-media-encrypted", "an encrypted media file where annotations are wanted", _media(_FIRST))
    no_key = invalid("header-media-no-key", "the same without its key: the content is looked at first", _media(_FIRST))
    yield with_key(no_key, None)


def _set(**values: object) -> Callable[[messages.Header], None]:
    def change(header: messages.Header) -> None:
        for name, value in values.items():
            if isinstance(value, list):
                getattr(header, name).extend(value)
            else:
                setattr(header, name, value)

    return change


def _changes() -> Iterator[tuple[str, str, Callable[[messages.Header], None], tuple[str, ...]]]:
    newer, damaged = (_UNSUPPORTED,), ("DamagedFile",)
    yield "major-0", "no version", _set(format_major=0), damaged
    yield "major-2", "a later major version", _set(format_major=2), newer
    yield "major-largest", "the largest major version", _set(format_major=2**32 - 1, format_minor=3), newer
    yield "required-feature", "a feature that is required", _set(required_features=["sharding-of-2031"]), newer
    yield "required-feature-empty-name", "a required feature without a name", _set(required_features=[""]), newer
    yield "required-features", "two required features", _set(required_features=["a\nb\x1b[31m", "c"]), newer
    first = _set(format_major=2, required_features=["x"], max_record_size=0, content=9)
    yield "major-before-all", "the major version is looked at first", first, newer
    second = _set(required_features=["x"], max_record_size=2**40, content=9)
    yield "feature-before-rest", "then the required features", second, newer
    both = _set(format_major=0, required_features=["x"])
    yield "major-0-before-feature", "no version is refused before a required feature", both, damaged
    yield "content-0", "it does not say what it holds", _set(content=0), damaged
    yield "content-9", "it holds something unknown", _set(content=9), ("DamagedFile", _UNSUPPORTED)
    yield "limit-0", "max_record_size is 0", _set(max_record_size=0), damaged
    yield "limit-2-28", "max_record_size is more than 2^28", _set(max_record_size=(1 << 28) + 1), (_LIMIT,)
    yield "limit-largest", "max_record_size is 2^64 - 1", _set(max_record_size=2**64 - 1), (_LIMIT,)


def _encryption() -> Iterator[Case]:
    def change(**values: object) -> Callable[[messages.Header], None]:
        def header(message: messages.Header) -> None:
            for name, value in values.items():
                setattr(message.encryption, name, value)

        return header

    for name, note, values, error in (
        ("aead-0", "the cipher is not stated", {"aead": 0}, (_UNSUPPORTED, "DamagedFile")),
        ("aead-7", "an unknown cipher", {"aead": 7}, (_UNSUPPORTED,)),
        ("salt-missing", "no salt", {"salt": b""}, ()),
        ("salt-short", "a salt of 31 bytes", {"salt": bytes(31)}, ()),
        ("salt-long", "a salt of 33 bytes", {"salt": bytes(33)}, ()),
        ("commitment-missing", "no commitment", {"commitment": b""}, ()),
        ("commitment-short", "a commitment of 31 bytes", {"commitment": bytes(31)}, ()),
        ("commitment-long", "a commitment of 33 bytes", {"commitment": bytes(33)}, ()),
        ("salt-other", "another salt than the commitment is of", {"salt": bytes(32)}, ("WrongKey",)),
        ("commitment-other", "another commitment", {"commitment": bytes(32)}, ("WrongKey",)),
    ):
        forge = Forge(_BLOCKS, key=_FIRST, header=change(**values))
        yield invalid(f"header-{name}", note, forge, *error)
    forge = Forge(_BLOCKS, key=_FIRST, header=lambda header: header.ClearField("encryption"))
    yield with_key(invalid("header-encryption-removed", "encrypted records, a plain HEADER, no key", forge), None)
    note = "a plain file that says it is encrypted"
    yield with_key(invalid("header-encryption-added", note, Forge(_BLOCKS, header=_claim), "WrongKey"), _FIRST)


def _claim(header: messages.Header) -> None:
    header.encryption.aead, header.encryption.salt = 1, bytes(32)  # type: ignore[assignment]  # by its number
    header.encryption.commitment = bytes(32)


def _records() -> Iterator[Case]:
    garbage = {1: _body(b"\x08")}
    yield invalid("header-garbage", "HEADER is no message", Forge(_BLOCKS, before=garbage))
    yield invalid("header-empty", "HEADER says nothing", Forge(_BLOCKS, before={1: _body(b"")}))
    text = bytes_field(4, b"\xff\xfe")
    note = "the name of a required feature is no UTF-8"
    broken = Forge(_BLOCKS, before={1: lambda envelope: _body(envelope.payload + text)(envelope)})
    yield invalid("header-bad-utf-8", note, broken, "DamagedFile", _UNSUPPORTED)
    size = _LARGEST + 1
    prefix = {1: lambda data: to_varint(size) + data[1:]}
    yield invalid("header-prefix-over-limit", "HEADER of more than 1 MiB", Forge(_BLOCKS, reframe=prefix), _LIMIT)
    note = "HEADER of more than 1 MiB before compression"
    yield invalid("header-body-over-limit", note, Forge(_BLOCKS, after={1: _raw_size(size)}), _LIMIT)
    huge = Forge(_BLOCKS, after={1: _raw_size(2**64 - 1)})
    yield invalid("header-body-huge", "HEADER of 2^64 - 1 bytes before compression", huge, _LIMIT)
    for key, name in ((None, "header-nonce"), (_FIRST, "header-nonce-encrypted")):
        yield invalid(name, "HEADER with a nonce", Forge(_BLOCKS, key=key, after={1: _nonce}))
    yield invalid("header-missing", "META in the place of HEADER", _without(1))
    yield invalid("header-twice", "HEADER twice", Forge(_BLOCKS, strange=[(2, 2, b"\x08\x01\x18\x01\x30\x01")]))
    unknown = Forge(_BLOCKS, strange=[(2, 99, b"")])
    yield invalid("header-then-unknown-kind", "a record of an unknown kind between HEADER and META", unknown)


def _body(body: bytes) -> Callable[[Envelope], None]:
    def change(envelope: Envelope) -> None:
        envelope.payload, envelope.raw_size = body, len(body)

    return change


def _raw_size(size: int) -> Callable[[Envelope], None]:
    return lambda envelope: setattr(envelope, "raw_size", size)


def _nonce(envelope: Envelope) -> None:
    envelope.nonce = bytes(12)


def _without(number: int) -> bytes:
    forge = Forge(_BLOCKS)
    data = forge.make()
    start = sum(map(len, forge.records[:number]))
    return data[:start] + data[start + len(forge.records[number]) :]


def _media(key: str | None) -> Forge:
    return Forge(media=[b"abc"], meta=messages.MediaMeta(path="a"), key=key)


def _keys() -> Iterator[Case]:
    plain, encrypted = Forge(_BLOCKS).make(), Forge(_BLOCKS, key=_FIRST).make()
    yield invalid("key-missing", "an encrypted file and no key", encrypted, "MissingKey")
    yield with_key(invalid("key-wrong", "an encrypted file and another key", encrypted, "WrongKey"), "second.txt")
    yield with_key(invalid("key-unexpected", "a plain file and a key", plain, "UnexpectedKey"), _FIRST)
    for name in ("short", "no-prefix", "unused-bits", "plain-base64", "empty", "words"):
        note = f"a key that is none: {name.replace('-', ' ')}"
        yield with_key(invalid(f"key-{name}", note, encrypted, "InvalidKey"), f"{name}.txt")

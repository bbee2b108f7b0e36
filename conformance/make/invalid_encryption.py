"""Files to refuse: encrypted records that are not what was written, and media files that are not the ones meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.make.case import VERIFY, Case, invalid, invalid_media, with_key
from conformance.make.entries import some
from conformance.make.forge import BLOCK, Envelope, Forge, kind_name
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS = [some(2), some(2, 2)]
_FIRST = "first.txt"
_AUTHENTICATION = "Authentication"
_RECORDS = {2: "meta", 3: "block", 5: "index", 6: "footer"}


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for number, name in _RECORDS.items():
        for what, note, change in _changes():
            if name in {"index", "footer"} and what not in {"tag", "no-nonce"}:
                continue
            forge = Forge(_BLOCKS, key=_FIRST, after={number: change})
            yield invalid(f"sealed-{what}-{name}", f"{name}: {note}", forge, _AUTHENTICATION)
        plain = Forge(_BLOCKS, after={number: lambda envelope: setattr(envelope, "nonce", bytes(12))})
        yield invalid(f"nonce-in-plain-{name}", f"{name} with a nonce in a plain file", plain)
    yield _edited_header()
    yield _moved_record()
    yield _stripped()
    strange = Forge(_BLOCKS, key=_FIRST, strange=[(3, 99, b"later")], after={3: _set("kind", BLOCK)})
    yield invalid("sealed-other-kind", "a record of an unknown kind that became BLOCK", strange, modes=VERIFY)
    yield from _media()


def _set(field: str, value: object) -> Callable[[Envelope], None]:
    return lambda envelope: setattr(envelope, field, value)


def _changes() -> Iterator[tuple[str, str, Callable[[Envelope], None]]]:
    def flip(field: str, place: int) -> Callable[[Envelope], None]:
        def change(envelope: Envelope) -> None:
            data = bytearray(getattr(envelope, field))
            data[place] ^= 1
            setattr(envelope, field, bytes(data))

        return change

    yield "tag", "another tag", flip("payload", -1)
    yield "body", "a bit of the body changed, the checksum right", flip("payload", 0)
    yield "nonce", "another nonce", flip("nonce", 0)
    yield "no-nonce", "no nonce", _set("nonce", b"")
    yield "nonce-11", "a nonce of 11 bytes", lambda envelope: _set("nonce", envelope.nonce[:11])(envelope)
    yield "nonce-13", "a nonce of 13 bytes", lambda envelope: _set("nonce", envelope.nonce + b"\0")(envelope)
    yield "nonce-16", "a nonce of 16 bytes", _set("nonce", bytes(16))
    yield "payload-15", "a payload of 15 bytes", lambda envelope: _set("payload", envelope.payload[:15])(envelope)
    yield "payload-empty", "no payload", _set("payload", b"")
    yield "payload-longer", "a byte behind the tag", lambda e: _set("payload", e.payload + b"\0")(e)
    yield "raw-size", "another raw_size", lambda e: _set("raw_size", e.raw_size + 1)(e)
    yield "codec", "another codec", _set("codec", 2)


def _edited_header() -> Case:
    forge, edited = Forge(_BLOCKS, key=_FIRST), Forge(_BLOCKS, key=_FIRST, header=_other_writer)
    data = forge.make()
    edited.make()
    # Both of one size, so that all offsets stay right; the sync bytes are those of the file.
    header = edited.records[1].replace(edited.sync, forge.sync)
    assert len(header) == len(forge.records[1])
    start = len(forge.records[0])
    note = "HEADER edited: another name of the writer"
    data = data[:start] + header + data[start + len(header) :]
    return with_key(invalid("sealed-edited-header", note, data, _AUTHENTICATION), _FIRST)


def _other_writer(header: messages.Header) -> None:
    header.writer_name = "Conformance"


def _moved_record() -> Case:
    """Put the second block's nonce and payload into the first, all checksums and lists being right."""
    kept = Forge(_BLOCKS, key=_FIRST)
    found: list[Envelope] = []
    kept.after = {4: found.append}
    kept.make()

    def replace(envelope: Envelope) -> None:
        envelope.nonce, envelope.payload, envelope.raw_size = found[0].nonce, found[0].payload, found[0].raw_size

    note = "what is in a block moved to another, all checksums right"
    return invalid("sealed-moved", note, Forge(_BLOCKS, key=_FIRST, after={3: replace}), _AUTHENTICATION)


def _stripped() -> Case:
    plain = Forge(_BLOCKS).make()
    note = "a plain file in the place of an encrypted one"
    return with_key(invalid("sealed-replaced-by-plain", note, plain, "UnexpectedKey"), _FIRST)


def _media() -> Iterator[Case]:
    path, meta = "images/train/a.jpg", messages.MediaMeta(path="images/train/a.jpg")
    pieces = [b"piece 1", b"piece 2"]
    sound = Forge(media=pieces, meta=meta, key=_FIRST)
    mismatch = ("MediaMismatch", "DamagedFile")
    other = messages.MediaMeta(path="images/train/b.jpg")
    swapped = Forge(media=pieces, meta=other, key=_FIRST)
    yield invalid_media("media-path", "another media file, moved here", swapped, path, _FIRST, *mismatch)
    case = Forge(media=pieces, meta=messages.MediaMeta(path="images/train/A.jpg"), key=_FIRST)
    yield invalid_media("media-path-case", "a path that differs in a capital", case, path, _FIRST, *mismatch)
    none = Forge(media=pieces, meta=b"", key=_FIRST)
    yield invalid_media("media-no-path", "a media file without a path", none, path, _FIRST, *mismatch)
    garbage = Forge(media=pieces, meta=b"\x0a", key=_FIRST)
    yield invalid_media("media-meta-garbage", "META that is no message", garbage, path, _FIRST)
    for name, size in (("0", 0), ("less", 13), ("more", 15), ("largest", 2**64 - 1)):
        forge = Forge(media=pieces, meta=meta, key=_FIRST, footer=_sized(size))
        note = f"FOOTER says {size} bytes, there are 14"
        yield invalid_media(f"media-size-{name}", note, forge, path, _FIRST, *mismatch)
    unsized = Forge(media=pieces, meta=meta, key=_FIRST, footer=lambda footer: footer.ClearField("media_size"))
    yield invalid_media("media-size-missing", "FOOTER says no size", unsized, path, _FIRST, *mismatch)
    yield invalid_media("media-no-key", "an encrypted media file and no key", sound, path, None, "MissingKey")
    yield invalid_media("media-wrong-key", "another key", sound, path, "second.txt", "WrongKey")
    plain = Forge(media=pieces, meta=meta)
    note = "a media file that is not encrypted"
    yield invalid_media("media-plain", note, plain, path, _FIRST, "UnexpectedKey", "MediaMismatch")
    annotations = Forge(_BLOCKS, key=_FIRST)
    note = "an annotation file where media is wanted"
    yield invalid_media("media-annotations", note, annotations, path, _FIRST, "DamagedFile", "MediaMismatch")
    picture = b"\x89PNG\r\n\x1a\n not encrypted at all"
    note = "a picture as it is, where an encrypted one is wanted"
    yield invalid_media("media-picture", note, picture, path, _FIRST, "NotADatumFile", "MediaMismatch")
    for number, name in ((3, "first piece"), (4, "second piece"), (5, "footer")):
        forge = Forge(media=pieces, meta=meta, key=_FIRST, after={number: _flip_tag})
        case_name = f"media-sealed-{name.replace(' ', '-')}"
        yield invalid_media(case_name, f"another tag of {name}", forge, path, _FIRST, _AUTHENTICATION)
    for name, moved in (("swapped", [4, 3]), ("dropped", [3]), ("repeated", [3, 4, 4])):
        sound.make()
        records = [*sound.records[:3], *(sound.records[number] for number in moved), sound.records[5]]
        data = b"".join(records)
        data += sound.end(sound.sync, len(data) - len(records[-1]), len(records[-1]))
        yield invalid_media(f"media-{name}", f"pieces {name}", data, path, _FIRST)
    for kind in (BLOCK, 6):
        forge = Forge(media=pieces, meta=meta, key=_FIRST, strange=[(4, kind, b"")])
        note = f"a record of kind {kind_name(kind)} in a media file"
        yield invalid_media(f"media-with-{kind_name(kind)}", note, forge, path, _FIRST)
    checksum = Forge(media=pieces, meta=meta, key=_FIRST, footer=lambda footer: setattr(footer, "records_crc32", 1))
    yield invalid_media("media-records-crc32", "another checksum of all records", checksum, path, _FIRST)


def _sized(size: int) -> Callable[[messages.Footer], object]:
    return lambda footer: setattr(footer, "media_size", size)


def _flip_tag(envelope: Envelope) -> None:
    envelope.payload = envelope.payload[:-1] + bytes((envelope.payload[-1] ^ 1,))

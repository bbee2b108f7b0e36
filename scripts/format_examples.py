"""Makes the two example files of docs/FORMAT.md: an annotated dump of a plain one, and an encrypted one as a vector.

python scripts/format_examples.py [--update | --check]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import struct
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import datumpb as dp
from datumpb import messages
from datumpb.container import header

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = Path(__file__).parent.parent / "docs" / "FORMAT.md"
BYTES_PER_LINE = 16

KEY = bytes(range(0x20))
SALT = bytes(range(0x20, 0x40))
NONCES = [bytes(range(start, start + 12)) for start in (0x40, 0x50, 0x60)]
MEDIA_PATH = "images/train/one.jpg"
MEDIA_BYTES = b"not really a picture"


def main() -> None:
    """Print the examples, put them into the document, or compare them with it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the examples into docs/FORMAT.md")
    parser.add_argument("--check", action="store_true", help="fail where docs/FORMAT.md has other examples")
    arguments = parser.parse_args()
    examples = {"plain": "\n".join(dump(plain_file())), "sealed": "\n".join(sealed_example())}
    document = DOCUMENT.read_text("utf-8") if arguments.update or arguments.check else ""
    updated = document
    for name, text in examples.items():
        block = re.compile(rf"(<!-- example: {name} -->\n```text\n).*?(```)", re.DOTALL)
        updated = block.sub(lambda match, text=text: match[1] + text + "\n" + match[2], updated)  # type: ignore[misc]
        if not document:
            print(text, end="\n\n")
    if arguments.update:
        DOCUMENT.write_text(updated, "utf-8")
    elif updated != document:
        print("docs/FORMAT.md has other examples: run scripts/format_examples.py --update", file=sys.stderr)
        sys.exit(1)


def plain_file() -> bytes:
    """Write one item with a box and an outline, as the library does but for the embedded schema."""
    file = io.BytesIO()
    outline = [[10.5, 20.25], [110.5, 20.25], [110.5, 71]]
    item = dp.Item(
        "one",
        media=dp.Image(dp.MediaRef(MEDIA_PATH), height=480, width=640),
        annotations=[dp.Bbox(10.5, 20.25, 100, 50.75, label=0, id=7), dp.Polygon(outline, label=0, id=8)],
    )
    with (
        mock.patch.object(header, "file_descriptor_set", bytes),
        mock.patch.object(header, "__version__", "1"),
        dp.DatumWriter(file, subset="train", categories=dp.Categories(dp.LabelCategories.from_names(["cat"]))) as out,
    ):
        out.write(item)
    return file.getvalue()


def dump(file: bytes) -> Iterator[str]:
    """Yield the lines of an annotated dump."""
    offset = 0
    while offset < len(file):
        size, start = _varint(file, offset)
        record = messages.Record.FromString(file[start : start + size])
        yield f"{messages.RecordKind.Name(record.kind)[12:]}"
        yield from _line(file, offset, start, f"a record of {size} bytes follows")
        yield from _fields(file, start, start + size, messages.Record.DESCRIPTOR, _BODIES[record.kind], 0)
        offset = start + size


_BODIES = {
    messages.RecordKind.RECORD_KIND_PREAMBLE: messages.Preamble.DESCRIPTOR,
    messages.RecordKind.RECORD_KIND_HEADER: messages.Header.DESCRIPTOR,
    messages.RecordKind.RECORD_KIND_META: messages.Meta.DESCRIPTOR,
    messages.RecordKind.RECORD_KIND_BLOCK: messages.ItemBatch.DESCRIPTOR,
    messages.RecordKind.RECORD_KIND_INDEX: messages.Index.DESCRIPTOR,
    messages.RecordKind.RECORD_KIND_FOOTER: messages.Footer.DESCRIPTOR,
    messages.RecordKind.RECORD_KIND_TRAILER: messages.Trailer.DESCRIPTOR,
}


def _fields(file: bytes, offset: int, end: int, message: Any, body: Any, depth: int) -> Iterator[str]:  # noqa: ANN401, PLR0913, PLR0917 -- descriptors have no public type
    """Yield the lines of a message; `body` is what the payload of a record holds."""
    indent = "  " * depth
    while offset < end:
        tag, start = _varint(file, offset)
        field = message.fields_by_number[tag >> 3]
        name = field.name
        if tag & 7 == 2:  # noqa: PLR2004 -- wire types: a length follows
            length, start = _varint(file, start)
            stop = start + length
            inner = body if body is not None and name == "payload" else field.message_type
            if inner is not None:
                yield from _line(file, offset, start, f"{indent}{name}: {inner.name} of {length} bytes")
                yield from _fields(file, start, stop, inner, None, depth + 1)
            else:
                yield from _line(file, offset, stop, f"{indent}{name} = {_shown(file[start:stop], field)}")
        else:
            width = {1: 8, 5: 4}.get(tag & 7)
            number, stop = _varint(file, start) if width is None else (file[start : start + width], start + width)
            yield from _line(file, offset, stop, f"{indent}{name} = {_shown(number, field)}")
        offset = stop


def _shown(value: bytes | int, field: Any) -> str:  # noqa: ANN401 -- descriptors have no public type
    if isinstance(value, int):
        return field.enum_type.values_by_number[value].name if field.enum_type else str(value)
    if field.name == "delta":
        return f"{_deltas(value)}"
    if field.name in {"sync", "magic"}:
        return "the eight sync bytes" if field.name == "sync" else repr(value)[1:]
    if field.type in {field.TYPE_FIXED32, field.TYPE_FIXED64}:
        number = int.from_bytes(value, "little")
        return f"0x{number:08x}" if field.type == field.TYPE_FIXED32 else str(number)
    return repr(value)[1:]


def _deltas(data: bytes) -> list[int]:
    numbers, offset = [], 0
    while offset < len(data):
        number, offset = _varint(data, offset)
        numbers.append((number >> 1) ^ -(number & 1))
    return numbers


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[offset]
        number |= (byte & 0x7F) << shift
        offset, shift = offset + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 -- the bit that says that more follows
            return number, offset


def _line(file: bytes, start: int, stop: int, text: str) -> Iterator[str]:
    for offset in range(start, stop, BYTES_PER_LINE):
        yield f"{offset:04x}  {file[offset : min(stop, offset + BYTES_PER_LINE)].hex(' '):47}  {text}".rstrip()
        text = ""


def sealed_example() -> Iterator[str]:
    """Yield the lines of the vector: an encrypted media file, made by nothing but what FORMAT.md says."""
    okm = HKDF(SHA256(), 64, SALT, b"datumpb/v1/file").derive(KEY)
    encryption = messages.Encryption(aead=messages.Aead.AEAD_AES_256_GCM, salt=SALT, commitment=okm[32:])
    head = messages.Header(
        format_major=1,
        content=messages.ContentType.CONTENT_TYPE_MEDIA,
        max_record_size=(1 << 22) - 1,
        encryption=encryption,
        writer_name="example",
    ).SerializeToString(deterministic=True)
    sync = hashlib.sha256(b"datumpb/v1/sync" + head).digest()[:8]
    preamble = _record(sync, 1, 0, messages.Preamble(magic=b"\x89DATUMPB\r\n\x1a\n").SerializeToString())
    start = preamble + _record(sync, 2, 1, head)
    header_hash = hashlib.sha256(start).digest()
    cipher = AESGCM(okm[:32])

    meta = messages.MediaMeta(path=MEDIA_PATH).SerializeToString()
    meta_context = _context(3, 2, len(meta))
    meta_payload = cipher.encrypt(NONCES[0], meta, meta_context + header_hash)
    records = [start, _record(sync, 3, 2, meta, NONCES[0], meta_payload)]
    media_payload = cipher.encrypt(NONCES[1], MEDIA_BYTES, _context(5, 3, len(MEDIA_BYTES)) + header_hash)
    records.append(_record(sync, 5, 3, MEDIA_BYTES, NONCES[1], media_payload))
    checksums = b"".join(messages.Record.FromString(data[_prefix(data) :]).crc32.to_bytes(4, "little")
                         for data in (preamble, start[len(preamble) :], *records[1:]))  # fmt: skip
    footer = messages.Footer(record_count=4, records_crc32=zlib.crc32(checksums), media_size=len(MEDIA_BYTES))
    body = footer.SerializeToString(deterministic=True)
    payload = cipher.encrypt(NONCES[2], body, _context(7, 4, len(body)) + header_hash)
    records.append(_record(sync, 7, 4, body, NONCES[2], payload))
    offset = sum(map(len, records[:-1]))
    size = offset + len(records[-1]) + 48
    trailer = messages.Trailer(footer_offset=offset, footer_size=len(records[-1]), file_size=size)
    records.append(_record(sync, 8, None, trailer.SerializeToString(deterministic=True)))

    values = {
        "key": KEY, "salt": SALT, "record_key": okm[:32], "commitment": okm[32:], "header_hash": header_hash,
        "META body": meta, "META nonce": NONCES[0], "META context": meta_context,
        "META aad": meta_context + header_hash, "META payload": meta_payload,
        "FOOTER body": body, "file": b"".join(records),
    }  # fmt: skip
    for name, value in values.items():
        text = value.hex()
        lines = [text[index : index + 96] for index in range(0, len(text), 96)]
        yield f"{name}:"
        yield from (f"  {line}" for line in lines)


def _context(kind: int, seq: int, raw_size: int) -> bytes:
    return struct.pack(">4sBBBBQQ", b"DTPB", 1, kind, 1, 0, seq, raw_size)


def _record(  # noqa: PLR0913, PLR0917 -- the fields of a record
    sync: bytes, kind: int, seq: int | None, body: bytes, nonce: bytes = b"", payload: bytes | None = None
) -> bytes:
    ends = kind in {1, 8}
    stored = body if payload is None else payload
    context = _context(kind, seq or 0, 0 if ends else len(body))
    record = messages.Record(sync=int.from_bytes(sync, "little"), kind=kind, codec=1, nonce=nonce, payload=stored)  # type: ignore[arg-type]
    record.crc32 = zlib.crc32(context + nonce + stored)
    if seq is not None:
        record.seq = seq
    if not ends:
        record.raw_size = len(body)
    data = record.SerializeToString(deterministic=True)
    prefix = [len(data)] if len(data) < 0x80 else [len(data) & 0x7F | 0x80, len(data) >> 7]  # noqa: PLR2004
    return bytes(prefix) + data


def _prefix(data: bytes) -> int:
    return 1 if data[0] < 0x80 else 2  # noqa: PLR2004


if __name__ == "__main__":
    main()

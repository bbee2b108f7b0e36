"""Sound files: blocks, lists, compression, encryption, sizes at their limits, and what the library itself writes."""

from __future__ import annotations

import hashlib
import io
import itertools
from typing import TYPE_CHECKING
from unittest import mock

import datumpb as dp
from conformance.make.case import Case, valid, valid_media
from conformance.make.entries import entry, item, some, twins
from conformance.make.forge import KEYS, SALT, Forge, as_is
from datumpb import messages
from datumpb.codec.meta import encode_meta
from datumpb.messages import Codec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.make.frames import Frames

_FIRST = "first.txt"
_ITEMS = some(12)
_BLOCKS = [_ITEMS[:1], _ITEMS[1:5], _ITEMS[5:11], _ITEMS[11:]]
_TEXT = "A sentence that is long enough to be compressed, and then once more. " * 20


def cases(frames: Frames) -> Iterator[Case]:
    """Yield the cases."""
    compress, checksum = frames.compress, lambda body: frames.compress(body, checksum=True)
    texts = [[item(f"{n}", dp.Caption(f"{n} {_TEXT}")) for n in range(6)], [item("last", dp.Caption(_TEXT))]]
    for end, key in (("", None), ("-encrypted", _FIRST)):
        yield valid(f"empty{end}", "a subset without items: one INDEX with nothing in it", Forge(key=key))
        yield valid(f"one-block{end}", "one block of one item", Forge([some(1)], key=key))
        yield valid(f"many-blocks{end}", "four blocks of 1 to 6 items", Forge(_BLOCKS, key=key))
        yield valid(f"many-indexes{end}", "three INDEX records, one without blocks", _many_indexes(key))
        yield valid(f"compressed{end}", "all that gets smaller is compressed", Forge(texts, key=key, compress=compress))
        yield valid(f"record-limit{end}", "a record of just max_record_size bytes", _at_the_limit(key))
        yield _by_the_library(f"written-by-datumpb{end}", frames, key)
    yield valid("compressed-with-checksum", "frames with a checksum of their own", Forge(texts, compress=checksum))
    yield valid("largest-limit", "max_record_size is 2^28", Forge([some(2)], limit=1 << 28))
    yield valid("smallest-limit", "max_record_size is 300", Forge([some(1), some(1, 1)], limit=300))
    yield valid("other-salt", "another salt, so another sync", Forge([some(1)], key=_FIRST, salt=bytes(32)))
    yield valid("second-key", "encrypted with the second key", Forge([some(1)], key="second.txt"))
    yield valid("schema", "HEADER carries the schema", Forge([some(2)], header=_with_schema))
    for end, key in (("", None), ("-encrypted", _FIRST)):
        yield valid(f"shard-first{end}", "shard 0, more to come: alone, a file as any other", _shard(0, key))
        yield valid(f"shard-last{end}", "shard 2, the last one, without items", _shard(2, key))
    yield from _media_files(frames)


def _shard(index: int, key: str | None) -> Forge:
    meta = messages.Meta(subset="train")
    meta.shard.SetInParent()
    meta.shard.index, meta.shard.previous = index, hashlib.sha256(b"FOOTER").digest() if index else b""

    def footer(message: messages.Footer) -> None:
        message.last_shard = index > 0

    return Forge([] if index else _BLOCKS, meta=meta, key=key, footer=footer)


def _many_indexes(key: str | None) -> Forge:
    return Forge(_BLOCKS, key=key, index_runs=[3, 0, 1])


def _at_the_limit(key: str | None) -> Forge:
    items = [[item("a", dp.Caption("x" * 2000))]]
    probe = Forge(items, key=key)
    probe.make()
    largest = len(probe.records[3]) - 2  # its length prefix has two bytes
    return Forge(items, key=key, limit=largest)


def _with_schema(header: messages.Header) -> None:
    header.file_descriptor_set = messages.file_descriptor_set()


def _by_the_library(name: str, frames: Frames, key: str | None) -> Case:
    """Make a case by the library's own writer, with small blocks, so that an item is larger than a block."""
    labels = dp.Categories.from_labels(["cat", "dog", "emu"])
    meta = dp.Meta("train", {"from": "datumpb"}, labels)
    items = [dp.Item(f"item-{n}", "train", annotations=[dp.Bbox(n, 1, 2, 3.5, label=n % 3)]) for n in range(40)]
    items.insert(5, dp.Item("larger than a block", "train", annotations=[dp.Caption(_TEXT * 4, label=2)]))

    def compress(body: bytes) -> tuple[Codec, bytes]:
        packed = frames.compress(body)
        return (Codec.CODEC_ZSTD, packed) if len(packed) < len(body) else (Codec.CODEC_NONE, body)

    numbers = itertools.count()
    file = io.BytesIO()
    with (
        mock.patch("datumpb.container.header.new_salt", return_value=SALT),
        mock.patch("datumpb.container.header.__version__", "1"),
        mock.patch("datumpb.container.header.file_descriptor_set", bytes if key else messages.file_descriptor_set),
        mock.patch(
            "datumpb.crypto.aead.os.urandom", lambda size: hashlib.sha256(b"%d" % next(numbers)).digest()[:size]
        ),
        mock.patch("datumpb.container.record.compress", compress),
        mock.patch("datumpb.container.block_cutter.compress", compress),
        mock.patch("datumpb.container.block_cutter.BLOCK_SIZE", 1 << 10),
        dp.DatumWriter(
            file, subset="train", categories=labels, infos=meta.infos, key=None if key is None else KEYS[key]
        ) as writer,
    ):
        for one in items:
            writer.write(one)
    twin = twins(encode_meta(meta), map(entry, items))
    return Case(name, "", "the library's own writer, one item larger than a block", file.getvalue(), key, twin)


def _media_files(frames: Frames) -> Iterator[Case]:
    path = "images/train/one.jpg"
    pieces = [bytes(range(256)), b"x", b"y" * 1000]
    for name, note, media, media_path in (
        ("media-file-one-record", "a media file of one record", [b"not really a picture"], path),
        ("media-file-many-records", "a media file of three records, of 1 to 1,000 bytes", pieces, path),
        ("media-file-empty", "an empty media file: no MEDIA record", [], path),
        ("media-file-path", "a path of all scripts", [b"abc"], "videos/trän/日本 😀/a.mp4"),
    ):
        meta = messages.MediaMeta(path=media_path)
        yield valid_media(name, note, Forge(media=media, meta=meta, key=_FIRST), media_path)
    meta = messages.MediaMeta(path=path)
    text = [_TEXT.encode(), _TEXT.encode()[:700]]
    compressed = Forge(media=text, meta=meta, key=_FIRST, compress=frames.compress)
    yield valid_media("media-file-compressed", "MEDIA records that are compressed", compressed, path)
    strange = [(3, 100, b"later"), (5, 200, b""), (7, 255, b"x")]
    later = Forge(media=pieces, meta=meta, key=_FIRST, strange=strange, header=as_is)
    yield valid_media("media-file-unknown-kinds", "records of unknown kinds between those of MEDIA", later, path)

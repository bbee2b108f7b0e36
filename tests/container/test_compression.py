from __future__ import annotations

import os
import random
import tracemalloc

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.codec.item_encoder import serialize_item
from datumpb.container.compression import compress, decompress
from datumpb.errors import DamagedFileError
from datumpb.messages import Codec

NONE, ZSTD = Codec.CODEC_NONE, Codec.CODEC_ZSTD
GIB = 1 << 30


def frame(body: bytes, *, size: bool = True) -> bytes:
    return zstandard.ZstdCompressor(write_content_size=size).compress(body)


@given(st.binary(max_size=300) | st.binary(max_size=5).map(lambda part: part * 500))
def test_what_is_compressed_comes_back(body: bytes) -> None:
    codec, stored = compress(body)
    assert decompress(codec, stored, len(body)) == body
    assert len(stored) <= len(body)


def test_only_what_gets_smaller_is_compressed() -> None:
    noise = os.urandom(1000)
    assert compress(noise) == (NONE, noise)
    assert compress(b"") == (NONE, b"")
    codec, stored = compress(bytes(1000))
    assert codec == ZSTD
    assert zstandard.ZstdDecompressor().decompress(stored) == bytes(1000)
    assert zstandard.get_frame_parameters(stored).content_size == 1000


def at_level_15(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=15, write_content_size=True, write_checksum=False).compress(body)


@pytest.mark.parametrize("size", [0, 100, 1 << 18, (1 << 18) + 1, 1 << 20])
def test_texts_are_searched_at_length(size: int) -> None:
    words = random.Random(size).choices(
        [b"person", b"bicycle", b"images/", b"\x0a\x12", b"0", b"1", b"2", b"3"], k=size
    )
    body = b"".join(words)[:size]
    assert compress(body) == (ZSTD if size else NONE, at_level_15(body) if size else b"")


def outlines(count: int) -> bytes:
    numbers = np.random.default_rng(5)
    polygons: list[dp.Annotation] = [
        dp.Polygon(
            numbers.normal(0, 5, (30, 2)).cumsum(0).round(2), id=index, label=index % 80, attributes={"is_crowd": False}
        )
        for index in range(count)
    ]
    return serialize_item(dp.Item("a", annotations=polygons)).data


@pytest.mark.parametrize("count", [40, 3000, 10000])
def test_outlines_are_searched_briefly(count: int) -> None:
    body = outlines(count)
    codec, stored = compress(body)
    assert codec == ZSTD
    assert stored != at_level_15(body)
    assert len(stored) < 1.02 * len(at_level_15(body))
    assert decompress(codec, stored, len(body)) == body


@pytest.mark.parametrize(
    ("codec", "stored", "raw_size"),
    [
        (NONE, b"abc", 2),
        (NONE, b"abc", 4),
        (ZSTD, frame(bytes(100)), 99),
        (ZSTD, frame(bytes(100)), 101),
        (ZSTD, frame(bytes(100), size=False), 100),
        (ZSTD, frame(bytes(100)) + b"\0", 100),
        (ZSTD, frame(bytes(50)) + frame(bytes(50)), 100),
        (ZSTD, frame(bytes(100))[:-1], 100),
        (ZSTD, b"", 0),
        (ZSTD, b"no frame at all", 15),
        (ZSTD, b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip", 4),
        (ZSTD, frame(b"") + b"\0", 0),
        (ZSTD, frame(b"") + frame(b""), 0),
        (ZSTD, frame(b"")[:-1], 0),
        (ZSTD, frame(b"")[:-1] + b"\7", 0),
        (ZSTD, b"\x50\x2a\x4d\x18\x00\x00\x00\x00", 0),
        (3, b"abc", 3),
        (255, b"abc", 3),
    ],
)
def test_what_does_not_give_the_announced_body_is_refused(codec: Codec, stored: bytes, raw_size: int) -> None:
    with pytest.raises(DamagedFileError):
        decompress(codec, stored, raw_size)


EMPTY_IN_BLOCKS = b"\x28\xb5\x2f\xfd\xc0\x38" + bytes(8) + bytes(3000) + b"\1\0\0"


@pytest.mark.parametrize("stored", [frame(b""), EMPTY_IN_BLOCKS])
def test_an_empty_body_may_be_compressed(stored: bytes) -> None:
    assert decompress(ZSTD, stored, 0) == b""


def test_what_stands_behind_an_empty_body_is_found_however_far_its_frame_reaches() -> None:
    for size in range(len(EMPTY_IN_BLOCKS)):
        with pytest.raises(DamagedFileError):
            decompress(ZSTD, EMPTY_IN_BLOCKS[:size], 0)
    for behind in range(1, 600):
        with pytest.raises(DamagedFileError):
            decompress(ZSTD, EMPTY_IN_BLOCKS + bytes(behind), 0)


def bomb(*, size: int) -> bytes:
    """A frame of a GiB of zeros."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj(size=size)
    chunk = bytes(1 << 22)
    return b"".join(compressor.compress(chunk) for _ in range(GIB // len(chunk))) + compressor.flush()


def test_a_bomb_is_refused_before_anything_is_allocated() -> None:
    stored = bomb(size=GIB)
    assert len(stored) < 1 << 17
    tracemalloc.start()
    try:
        with pytest.raises(DamagedFileError, match="says otherwise"):
            decompress(ZSTD, stored, 1000)
        # The frame itself lies about its size: 1000 instead of a GiB, in the same eight bytes.
        announced = GIB.to_bytes(4, "little")
        at = stored.index(announced, 4)
        liar = stored[:at] + (1000).to_bytes(4, "little") + stored[at + 4 :]
        assert zstandard.get_frame_parameters(liar).content_size == 1000
        with pytest.raises(DamagedFileError):
            decompress(ZSTD, liar, 1000)
        with pytest.raises(DamagedFileError):
            decompress(ZSTD, stored[:at] + bytes(4) + stored[at + 4 :], 0)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()

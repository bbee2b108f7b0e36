"""Files that nobody writes by accident, their checksums right: sizes, bombs, and what is in META and blocks."""

from __future__ import annotations

import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
import zstandard

import datumpb as dp
from datumpb.container.ends import trailer
from datumpb.container.varint import encode_varint
from datumpb.container.verify import verify_file
from datumpb.messages import Footer, Index, Item
from tests.support.forge import Forge, record
from tests.support.refusal import TWO, keys, read_all, refuse
from tests.support.samples import one_line, some_items
from tests.support.walker import split, varint

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_schema")


@keys
@pytest.mark.parametrize("raw_size", [4 << 20, 2**31, 2**63, 2**64 - 1])
def test_a_hostile_size_is_refused_before_anything_is_allocated(tmp_path: Path, key: str | None, raw_size: int) -> None:
    forge = Forge(TWO, key=key)
    records = split(forge.make())
    data = record(forge.sync, 4, 3, b"x" * 40, raw_size=raw_size, nonce=b"n" * 12 if key else b"")
    records[3] = encode_varint(len(data)) + data
    path = tmp_path / "file"
    path.write_bytes(b"".join([*records[:-1], trailer(forge.sync, sum(map(len, records[:-2])), len(records[-2]))]))
    tracemalloc.start()
    try:
        with pytest.raises(dp.LimitError, match=str(raw_size)):
            verify_file(path, key)
        with pytest.raises(dp.FileError):
            read_all(path, key)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def bomb_of_zeros() -> bytes:
    """A GiB of zeros, compressed."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj(size=1 << 30)
    chunk = bytes(1 << 22)
    return b"".join(compressor.compress(chunk) for _ in range(256)) + compressor.flush()


@pytest.mark.parametrize("raw_size", [100, (4 << 20) - 1, 1 << 30])
def test_a_decompression_bomb(tmp_path: Path, raw_size: int) -> None:
    bomb = bomb_of_zeros()
    assert len(bomb) < 1 << 17
    forge = Forge()
    forge.make()
    data = record(forge.sync, 3, 2, bomb, codec=2, raw_size=raw_size)
    records = split(forge.data)
    records[2] = encode_varint(len(data)) + data
    path = tmp_path / "file"
    path.write_bytes(b"".join([*records[:-1], trailer(forge.sync, sum(map(len, records[:-2])), len(records[-2]))]))
    tracemalloc.start()
    try:
        for use in (verify_file, lambda path: dp.DatumReader(path).meta):
            with pytest.raises(dp.LimitError if raw_size == 1 << 30 else dp.DamagedFileError):
                use(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_an_index_that_is_a_bomb(tmp_path: Path) -> None:
    # A million ids for a file of a few KB: INDEX compresses well, and the file says it has as many items.
    claimed = 1_000_000

    def index(message: Index) -> None:
        message.item_id_crc32.extend([0] * claimed)
        message.blocks[0].item_count = claimed

    forge = Forge([some_items(1)], index=index)
    data = forge.make()
    assert len(data) < 20_000
    path = tmp_path / "file"
    path.write_bytes(data)
    with dp.DatumReader(path) as reader, pytest.raises(dp.DamagedFileError, match="more blocks or items") as caught:
        len(reader)
    one_line(caught.value, path, "(at byte ")


def test_prefixes_that_are_padded_or_huge(tmp_path: Path) -> None:
    forge = Forge(TWO)
    records = split(forge.make())
    for at_record in range(1, len(records) - 1):
        size, prefix = varint(records[at_record], 0)
        rest = records[at_record][prefix:]
        padded = bytearray(encode_varint(size))
        padded[-1] |= 0x80
        for wrong in (bytes(padded) + b"\0", encode_varint(2**35), encode_varint(2**28), encode_varint(2**64 - 1)):
            changed = [*records]
            changed[at_record] = wrong + rest
            start = b"".join(changed[:-1])
            data = start + trailer(forge.sync, len(start) - len(changed[-2]), len(changed[-2]))
            refuse(tmp_path, data)


@keys
def test_items_with_the_same_id_are_noticed_by_the_verifier(tmp_path: Path, key: str | None) -> None:
    for blocks in ([[dp.Item("a"), dp.Item("a")]], [[dp.Item("a")], [dp.Item("b"), dp.Item("a")]]):
        refuse(tmp_path, Forge(blocks, key=key).make(), key, "'a' is there twice", verify_only=True)


def test_labels_out_of_range_are_noticed_by_the_verifier(tmp_path: Path) -> None:
    meta = dp.Meta("train", categories=dp.Categories.from_labels(["a", "b"]))
    blocks = [[dp.Item("x", annotations=[dp.Label(label=1), dp.Label(label=2)])]]
    refuse(tmp_path, Forge(blocks, meta).make(), None, "'x' has label 2, there are 2", verify_only=True)


def empty_item(index: Index) -> None:
    index.blocks[0].item_count = 1
    index.item_id_crc32.append(0)


@pytest.mark.parametrize("body", [b"\x0a\x00", b"\x0a\x02\x0a\x05", b"\x0a\x04\x0a\x02\xff\xff", b"\x0a", b"\xff"])
def test_bodies_that_are_no_items(tmp_path: Path, body: bytes) -> None:
    error = refuse(tmp_path, Forge([body], index=empty_item).make())
    assert "item" in str(error) or "message" in str(error)
    assert "INDEX" not in str(error)
    assert "FOOTER" not in str(error)


@pytest.mark.parametrize("body", [b"", b"\x12\x02hi"])
def test_a_block_without_items(tmp_path: Path, body: bytes) -> None:
    refuse(tmp_path, Forge([body]).make(), None, "without items", verify_only=True)


@pytest.mark.parametrize("meta", [b"", b"\xff", b"\x0a\x00", b"\x0a\x02\xff\xff", b"\x0a\x01a\x1a\x01\xff"])
def test_a_meta_that_is_none(tmp_path: Path, meta: bytes) -> None:
    error = refuse(tmp_path, Forge(TWO, meta).make(), None, "META")
    assert type(error) is dp.DamagedFileError


def test_a_type_that_a_later_version_counts_is_no_damage(tmp_path: Path) -> None:
    # An annotation of an unknown kind, field 100, which its writer counted under this number.
    message = Item(id="a")
    message.annotations.add()
    data = message.SerializeToString()
    assert data.endswith(b"\x22\x00")
    item = data[:-1] + b"\x03\xa2\x06\x00"
    block = b"\x0a" + bytes([len(item)]) + item

    def index(message: Index) -> None:
        message.blocks[0].item_count = 1
        message.item_id_crc32.append(zlib.crc32(b"a"))

    def footer(message: Footer) -> None:
        message.statistics.annotation_count = 1
        message.statistics.unlabelled_count = 1
        message.statistics.types.add(type=100, count=1)

    path = tmp_path / "file"
    path.write_bytes(Forge([block], index=index, footer=footer).make())
    with pytest.warns(dp.errors.UnknownDataWarning):
        assert verify_file(path).annotations == 1

    def wrong(message: Footer) -> None:
        footer(message)
        message.statistics.annotation_count = 2

    path.write_bytes(Forge([block], index=index, footer=wrong).make())
    with pytest.warns(dp.errors.UnknownDataWarning), pytest.raises(dp.DamagedFileError, match="statistics"):
        verify_file(path)


def test_names_with_line_breaks_stay_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "line\nbreak\x1b[31m.datum"
    path.write_bytes(b"nothing")
    with pytest.raises(dp.NotADatumFileError) as caught:
        verify_file(path)
    assert str(caught.value).isprintable()

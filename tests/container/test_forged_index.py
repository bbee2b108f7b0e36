"""Files that nobody writes by accident, their checksums right: what INDEX, FOOTER and TRAILER may say."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container.ends import trailer
from datumpb.container.record import encode_record
from datumpb.container.varint import encode_varint
from datumpb.container.verify import verify_file
from datumpb.messages import BlockEntry, Footer, Index, IndexEntry, Record, RecordKind
from tests.support.forge import Forge, record
from tests.support.refusal import TWO, keys, read_all, refuse
from tests.support.samples import flipped, some_items
from tests.support.walker import split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_schema")


def test_a_file_without_index_is_refused(tmp_path: Path) -> None:
    forge = Forge()
    records = split(forge.make())
    footer = Footer(record_count=3, records_crc32=zlib.crc32(forge.checksums[:12]))
    sealed = encode_record(forge.sync, RecordKind.RECORD_KIND_FOOTER, 3, footer.SerializeToString(), None)[0]
    start = b"".join(records[:3])
    data = start + sealed + trailer(forge.sync, len(start), len(sealed))
    refuse(tmp_path, data, None, "not in its place", verify_only=True)


BIG = [2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]


@keys
@pytest.mark.parametrize("number", BIG)
@pytest.mark.parametrize("name", ["offset", "size", "seq"])
def test_an_index_that_leads_nowhere(tmp_path: Path, key: str | None, name: str, number: int) -> None:
    def index(message: Index) -> None:
        setattr(message.blocks[1], name, number)

    refuse(tmp_path, Forge(TWO, key=key, index=index).make(), key)


@keys
@pytest.mark.parametrize("number", [0, 1, 3, 1000, 2**32 - 1])
def test_an_index_that_counts_other_items(tmp_path: Path, key: str | None, number: int) -> None:
    def index(message: Index) -> None:
        message.blocks[1].item_count = number

    refuse(tmp_path, Forge(TWO, key=key, index=index).make(), key)


def lose_block(message: Index) -> None:
    del message.blocks[0]


def repeat_block(message: Index) -> None:
    message.blocks.add().CopyFrom(message.blocks[0])


def swap_blocks(message: Index) -> None:
    first, second = message.blocks[0].offset, message.blocks[1].offset
    message.blocks[0].offset, message.blocks[1].offset = second, first


def change_crc32(message: Index) -> None:
    message.blocks[0].crc32 ^= 1


def lose_id(message: Index) -> None:
    del message.item_id_crc32[0]


def point_to_meta(message: Index) -> None:
    message.blocks[0].offset = 37


@keys
@pytest.mark.parametrize("index", [lose_block, repeat_block, swap_blocks, change_crc32, lose_id, point_to_meta])
def test_an_index_of_another_file(tmp_path: Path, key: str | None, index: Callable[[Index], None]) -> None:
    refuse(tmp_path, Forge(TWO, key=key, index=index).make(), key)


def swap_items(message: Index) -> None:
    message.blocks[0].item_count, message.blocks[1].item_count = 1, 3


def test_an_index_whose_counts_are_shifted(tmp_path: Path) -> None:
    refuse(tmp_path, Forge(TWO, index=swap_items).make(), None, "INDEX")


def exchange_blocks(message: Index) -> None:
    entry = BlockEntry()
    entry.CopyFrom(message.blocks[0])
    message.blocks[0].CopyFrom(message.blocks[1])
    message.blocks[1].CopyFrom(entry)


def first_block_again(message: Index) -> None:
    message.blocks[1].CopyFrom(message.blocks[0])


def forget_first_block(message: Index) -> None:
    del message.blocks[0]
    del message.item_id_crc32[:2]


def forget_last_block(message: Index) -> None:
    del message.blocks[1]
    del message.item_id_crc32[2:]


def forget_both(message: Index) -> None:
    message.Clear()


@keys
@pytest.mark.parametrize(
    "index", [exchange_blocks, first_block_again, forget_first_block, forget_last_block, forget_both]
)
def test_an_index_of_other_blocks_that_footer_vouches_for(
    tmp_path: Path, key: str | None, index: Callable[[Index], None]
) -> None:
    refuse(tmp_path, Forge(TWO, key=key, index=index).make(), key)
    with dp.DatumReader(tmp_path / "file", key) as reader:
        for use in (lambda: len(reader), lambda: reader[0], lambda: "item-0" in reader, lambda: reader.meta):
            with pytest.raises(dp.DamagedFileError):
                use()


def test_blocks_between_which_index_shifts_the_items_are_not_taken_for_each_other(tmp_path: Path) -> None:
    def index(message: Index) -> None:
        message.blocks[0].item_count, message.blocks[2].item_count = 3, 1

    path = tmp_path / "file"
    path.write_bytes(Forge([some_items(2), some_items(4)[2:], some_items(6)[4:]], index=index).make())
    with dp.DatumReader(path) as reader:
        for place in (*range(6), *(f"item-{number}" for number in range(6))):
            with pytest.raises(dp.DamagedFileError):
                reader[place]


def test_a_meta_of_another_file_that_is_made_to_fit(tmp_path: Path) -> None:
    forge = Forge(TWO, dp.Meta("train", {"licence": "free"}))
    records = split(forge.make())
    other = Forge(TWO, dp.Meta("train", {"licence": "none"}))
    theirs = Record.FromString(split(other.make())[2][1:])
    fitted = record(forge.sync, theirs.kind, theirs.seq, theirs.payload)
    data = b"".join([*records[:2], encode_varint(len(fitted)) + fitted, *records[3:]])
    assert len(data) == len(forge.data)
    refuse(tmp_path, data, None, "FOOTER vouches")
    with dp.DatumReader(tmp_path / "file") as reader, pytest.raises(dp.DamagedFileError, match="FOOTER vouches"):
        _ = reader.infos


@keys
def test_records_of_a_later_version_between_the_others_are_passed(tmp_path: Path, key: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(Forge(TWO, key=key, strange=[(0, 9, b"new"), (1, 200, b""), (2, 255, b"new")]).make())
    read_all(path, key)
    offset = path.read_bytes().index(b"new") if key is None else None
    if offset is not None:
        path.write_bytes(flipped(path.read_bytes(), 8 * offset))
        with pytest.raises(dp.DamagedFileError, match="checksum"):
            read_all(path, key)


def test_an_index_with_wrong_ids_is_noticed_by_the_verifier(tmp_path: Path) -> None:
    def index(message: Index) -> None:
        message.item_id_crc32[1] ^= 1

    data = Forge(TWO, index=index).make()
    refuse(tmp_path, data, None, "INDEX", verify_only=True)
    with dp.DatumReader(tmp_path / "file") as reader:
        assert "item-0" in reader
        assert "item-1" not in reader


@keys
@pytest.mark.parametrize("number", BIG)
@pytest.mark.parametrize("name", ["offset", "size", "seq"])
def test_a_footer_whose_index_is_nowhere(tmp_path: Path, key: str | None, name: str, number: int) -> None:
    def entry(message: IndexEntry) -> None:
        setattr(message, name, number)

    refuse(tmp_path, Forge(TWO, key=key, entry=entry).make(), key)


@keys
@pytest.mark.parametrize("number", [0, 3, 5, *BIG])
def test_a_footer_that_counts_other_items(tmp_path: Path, key: str | None, number: int) -> None:
    refuse(tmp_path, Forge(TWO, key=key, footer=lambda footer: setattr(footer, "item_count", number)).make(), key)


@pytest.mark.parametrize("number", BIG)
def test_the_length_of_a_reader_is_never_a_claim(tmp_path: Path, number: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(Forge(TWO, footer=lambda footer: setattr(footer, "item_count", number)).make())
    with dp.DatumReader(path) as reader, pytest.raises(dp.DamagedFileError):
        len(reader)


@keys
@pytest.mark.parametrize("number", [0, 5, 7, 2**64 - 1])
def test_a_footer_that_counts_other_records(tmp_path: Path, key: str | None, number: int) -> None:
    refuse(tmp_path, Forge(TWO, key=key, footer=lambda footer: setattr(footer, "record_count", number)).make(), key)


def wrong_total(footer: Footer) -> None:
    footer.statistics.annotation_count += 1


def wrong_type(footer: Footer) -> None:
    footer.statistics.types[0].count += 1


def lost_type(footer: Footer) -> None:
    del footer.statistics.types[:]


def wrong_label(footer: Footer) -> None:
    footer.statistics.labels[0].label_index += 10


def wrong_unlabelled(footer: Footer) -> None:
    footer.statistics.unlabelled_count = 0


def no_statistics(footer: Footer) -> None:
    footer.ClearField("statistics")


def wrong_checksum(footer: Footer) -> None:
    footer.records_crc32 ^= 1


def wrong_block_count(footer: Footer) -> None:
    footer.index[0].block_count += 1


def wrong_index_items(footer: Footer) -> None:
    footer.index[0].item_count += 1


@keys
@pytest.mark.parametrize(
    "footer",
    [
        wrong_total,
        wrong_type,
        lost_type,
        wrong_label,
        wrong_unlabelled,
        no_statistics,
        wrong_checksum,
        wrong_block_count,
        wrong_index_items,
    ],
)
def test_a_footer_that_only_the_verifier_checks(
    tmp_path: Path, key: str | None, footer: Callable[[Footer], None]
) -> None:
    refuse(tmp_path, Forge(TWO, key=key, footer=footer).make(), key, "FOOTER", verify_only=True)


def at(footer_offset: int, footer_size: int) -> Callable[[bytes, int, int], bytes]:
    return lambda sync, offset, size: trailer(sync, (footer_offset + offset) % 2**64, (footer_size + size) % 2**64)


@keys
@pytest.mark.parametrize(
    "end",
    [
        lambda sync, offset, size: trailer(sync, 0, offset + size),
        lambda sync, offset, size: trailer(sync, 37, offset + size - 37),
        lambda sync, offset, size: trailer(sync, 38, offset + size - 38),
        lambda sync, offset, size: trailer(sync, offset + size, 0),
        lambda sync, offset, size: trailer(sync, offset + size - 1, 1),
        at(-1, 1),
        at(1, -1),
        lambda sync, _, size: struct.pack("<B", 47) + trailer_of(sync, 2**64 - 1, size),
        lambda sync, offset, _: struct.pack("<B", 47) + trailer_of(sync, offset, 2**64 - 1),
        lambda sync, *_: struct.pack("<B", 47) + trailer_of(sync, 2**64 - 1, 2**64 - 1),
        lambda sync, offset, size: trailer(sync, offset, size)[:-8] + struct.pack("<Q", 2**64 - 1),
        lambda *_: b"",
        lambda sync, offset, size: trailer(sync, offset, size) * 2,
        lambda sync, offset, size: trailer(b"another!", offset, size) if sync else b"",
    ],
)
def test_a_trailer_that_lies(tmp_path: Path, key: str | None, end: Callable[[bytes, int, int], bytes]) -> None:
    data = Forge(TWO, key=key, end=end).make()
    refuse(tmp_path, data, key)
    with pytest.raises(dp.FileError):
        verify_file(tmp_path / "file")


def trailer_of(sync: bytes, offset: int, size: int) -> bytes:
    body = struct.pack("<BQBQBQ", 0x09, offset, 0x11, size, 0x19, 1000)
    crc32 = zlib.crc32(b"DTPB\x01\x08\x01" + bytes(17) + body)
    return b"\x09" + sync + b"\x10\x08\x20\x01\x35" + struct.pack("<I", crc32) + b"\x42\x1b" + body


def test_a_footer_that_hides_in_the_header_is_not_the_files(tmp_path: Path) -> None:
    # The bytes of a whole FOOTER stand inside of HEADER, and TRAILER leads there.
    fake = encode_record(
        b"eightsyn", RecordKind.RECORD_KIND_FOOTER, 4, Footer(record_count=4).SerializeToString(), None
    )[0]
    forge = Forge(header=lambda header: setattr(header, "file_descriptor_set", fake + bytes(60)))
    forge.end = lambda sync, offset, size: trailer(sync, forge.data.index(fake), offset + size - forge.data.index(fake))
    data = forge.make() if fake in Forge.make(forge) else b""
    assert data
    refuse(tmp_path, data, None, "TRAILER")

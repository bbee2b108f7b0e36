"""Files that nobody writes by accident: checksums are right, and seals where there is a key, all else may be wrong."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
import zstandard

import datumpb as dp
from datumpb.container.ends import trailer
from datumpb.container.record import encode_record
from datumpb.container.varint import encode_varint
from datumpb.container.verify import verify_file
from datumpb.messages import Aead, BlockEntry, Footer, Header, Index, IndexEntry, Item, Record, RecordKind
from tests.support.forge import Forge, record
from tests.support.samples import KEY, flipped, one_line, some_items
from tests.support.walker import split, varint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_schema")

TWO = [some_items(2), some_items(4)[2:]]
keys = pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])


def read_all(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        assert len(list(reader)) == len(reader)
        assert [reader[index].id for index in range(len(reader))]


def refuse(
    tmp_path: Path, data: bytes, key: str | None = None, *names: object, verify_only: bool = False
) -> dp.FileError:
    """Check that a file is refused by each way of reading; return the verifier's error."""
    path = tmp_path / "file"
    path.write_bytes(data)
    if not verify_only:
        with pytest.raises(dp.FileError) as caught:
            read_all(path, key)
        one_line(caught.value, path)
    with pytest.raises(dp.FileError) as caught:
        verify_file(path, key)
    one_line(caught.value, path, *names)
    assert caught.value.offset is not None
    return caught.value


@keys
def test_a_sound_file_made_by_hand_is_accepted(tmp_path: Path, key: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(Forge(TWO, dp.Meta("train"), key).make())
    read_all(path, key)
    verified = verify_file(path, key)
    assert (verified.items, verified.records, verified.annotations) == (4, 8, 8)
    assert verified.size == path.stat().st_size
    assert verify_file(path).records == 8


def change(**values: object) -> Callable[[Header], None]:
    def set_fields(header: Header) -> None:
        for name, value in values.items():
            setattr(header, name, value)

    return set_fields


def require(*features: str) -> Callable[[Header], None]:
    return lambda header: header.required_features.extend(features)


@keys
@pytest.mark.parametrize(
    ("header", "error", "text"),
    [
        (require("sharding-of-2031"), dp.UnsupportedFileError, "'sharding-of-2031'"),
        (require("first", "second"), dp.UnsupportedFileError, "'first'"),
        (require("line\nbreak\x1b[31m"), dp.UnsupportedFileError, r"'line\nbreak\x1b[31m'"),
        (change(format_major=2, format_minor=7), dp.UnsupportedFileError, "2.7"),
        (change(format_major=2**32 - 1), dp.UnsupportedFileError, "newer"),
        (change(format_major=0), dp.DamagedFileError, "HEADER"),
        (change(max_record_size=0), dp.DamagedFileError, "HEADER"),
        (change(max_record_size=(1 << 28) + 1), dp.LimitError, "268435457"),
        (change(max_record_size=2**64 - 1), dp.LimitError, "18446744073709551615"),
        (change(content=0), dp.DamagedFileError, "unknown"),
        (change(content=2), dp.DamagedFileError, "media"),
        (change(content=9), dp.DamagedFileError, "unknown"),
    ],
)
def test_headers_that_a_reader_refuses(
    tmp_path: Path, key: str | None, header: Callable[[Header], None], error: type[dp.FileError], text: str
) -> None:
    caught = refuse(tmp_path, Forge(TWO, key=key, header=header).make(), key, text, "(at byte 37)")
    assert type(caught) is error


def test_the_major_version_is_looked_at_first(tmp_path: Path) -> None:
    def header(message: Header) -> None:
        message.format_major = 2
        message.required_features.append("other")
        message.max_record_size = 0

    assert "version 2.0" in str(refuse(tmp_path, Forge(TWO, header=header).make()))


def test_no_version_is_refused_before_features_are_looked_at(tmp_path: Path) -> None:
    def header(message: Header) -> None:
        message.format_major = 0
        message.required_features.append("other")

    assert type(refuse(tmp_path, Forge(TWO, header=header).make(), None, "version")) is dp.DamagedFileError


def test_what_a_later_minor_version_adds_is_no_obstacle(tmp_path: Path) -> None:
    def header(message: Header) -> None:
        message.format_minor = 99
        message.optional_features.extend(["anything", "else"])

    path = tmp_path / "file"
    path.write_bytes(Forge(TWO, header=header).make())
    read_all(path, None)
    assert verify_file(path).items == 4


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"aead": 0}, dp.UnsupportedFileError),
        ({"aead": 7}, dp.UnsupportedFileError),
        ({"salt": b""}, dp.DamagedFileError),
        ({"salt": bytes(31)}, dp.DamagedFileError),
        ({"commitment": bytes(33)}, dp.DamagedFileError),
    ],
)
def test_encryption_that_a_reader_refuses(tmp_path: Path, values: dict[str, object], error: type[dp.FileError]) -> None:
    def header(message: Header) -> None:
        assert message.encryption.aead == Aead.AEAD_AES_256_GCM
        for name, value in values.items():
            setattr(message.encryption, name, value)

    assert type(refuse(tmp_path, Forge(TWO, key=KEY, header=header).make(), KEY)) is error


def test_a_stripped_encryption_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(Forge(TWO).make())  # what an attacker puts there
    for use in (read_all, verify_file):
        with pytest.raises(dp.UnexpectedKeyError) as caught:
            use(path, KEY)
        one_line(caught.value, path)


def test_a_plain_record_in_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    forge = Forge(TWO, key=KEY)
    records = split(forge.make())
    records[2] = encode_record(forge.sync, RecordKind.RECORD_KIND_META, 2, b"\x0a\x01a", None)[0]
    start = b"".join(records[:-1])
    data = start + trailer(forge.sync, len(start) - len(records[-2]), len(records[-2]))
    assert type(refuse(tmp_path, data, KEY, "plain record")) is dp.AuthenticationError


def test_an_edited_header_spoils_every_record(tmp_path: Path) -> None:
    path = tmp_path / "file"
    forge = Forge(TWO, key=KEY)
    records = split(forge.make())
    body = Header()
    prefix = varint(records[1], 0)[1]
    body.MergeFromString(Record.FromString(records[1][prefix:]).payload)
    body.writer_name = "DATUMPB"
    records[1] = encode_record(forge.sync, RecordKind.RECORD_KIND_HEADER, 1, body.SerializeToString(), None)[0]
    path.write_bytes(b"".join(records))
    for use in (read_all, verify_file):
        with pytest.raises(dp.AuthenticationError):
            use(path, KEY)


@keys
@pytest.mark.parametrize("behind", [0, 1, 2])
@pytest.mark.parametrize("kind", [9, 100, 255])
def test_records_of_unknown_kinds_are_skipped(tmp_path: Path, key: str | None, behind: int, kind: int) -> None:
    path = tmp_path / "file"
    strange = [(behind, kind, b"whatever"), (behind, kind, b"")]
    path.write_bytes(Forge(TWO, dp.Meta("train"), key, strange=strange).make())
    read_all(path, key)
    assert verify_file(path, key).records == 10
    assert verify_file(path).records == 10


def test_the_codec_of_an_unknown_kind_does_not_matter(tmp_path: Path) -> None:
    forge = Forge(TWO)
    put = forge.put

    def put_strange(kind: int, body: bytes) -> tuple[int, int, int, int]:
        if kind != 77:
            return put(kind, body)
        data = record(forge.sync, kind, forge.seq, body, codec=200, raw_size=12345)
        forge.data += encode_varint(len(data)) + data
        forge.seq += 1
        forge.checksums += struct.pack("<I", Record.FromString(data).crc32)
        return 0, 0, 0, 0

    forge.put = put_strange  # type: ignore[method-assign]  # on purpose
    forge.strange = [(1, 77, b"of a codec to come")]
    path = tmp_path / "file"
    path.write_bytes(forge.make())
    read_all(path, None)
    assert verify_file(path).items == 4


@keys
@pytest.mark.parametrize(
    ("kind", "behind"),
    [
        (kind, behind)
        for kind in range(1, 9)
        for behind in range(3)
        if (kind, behind) != (RecordKind.RECORD_KIND_INDEX, 2)
    ],
)
def test_known_kinds_out_of_place_are_refused(tmp_path: Path, key: str | None, kind: int, behind: int) -> None:
    body = b"" if kind != RecordKind.RECORD_KIND_META else b"\x0a\x01a"
    data = Forge(TWO, key=key, strange=[(behind, kind, body)]).make()
    refuse(tmp_path, data, key, verify_only=True)


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

"""Every truncation and every flipped bit of small files, through every way of reading."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import pytest

import datumpb as dp
from datumpb.codec.meta import encode_meta
from datumpb.container.bytes_source import BytesSource
from datumpb.container.media_file import read_media, write_media
from datumpb.container.verify import verify_file
from tests.support.forge import Forge
from tests.support.item_messages import encode_item
from tests.support.samples import KEY, flipped, one_line, some_items, write
from tests.support.walker import kinds, split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datumpb.messages import Index

PLACE = "images/train/a.jpg"


def iterate(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        assert reader.subset == "train"
        for _ in reader:
            pass


def pick(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        for index in reversed(range(len(reader))):
            assert reader[index].id == f"item-{index}"
            assert f"item-{index}" in reader
        assert reader.subset == "train"


def verify(path: Path, key: str | None) -> None:
    verify_file(path, key)


def verify_without_key(path: Path, _: str | None) -> None:
    verify_file(path)


def read(path: Path, key: str | None) -> None:
    assert key is not None
    with BytesSource(path) as source:
        assert b"".join(read_media(source, PLACE, key)) == b"picture" * 9


Way: TypeAlias = "Callable[[Path, str | None], None]"
Small: TypeAlias = "tuple[Path, str | None, list[Way]]"
ANNOTATIONS = [iterate, pick, verify]


@pytest.fixture(params=["plain", "encrypted", "plain-empty", "encrypted-empty", "media"])
def small(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_schema: None,  # noqa: ARG001 -- in force
) -> Small:
    """A small file with several blocks, its key, and the ways to read it."""
    path = tmp_path / "file"
    if request.param == "media":
        monkeypatch.setattr("datumpb.container.media_file.RECORD_SIZE", 32)
        write_media(path, PLACE, [b"picture" * 9], KEY)
        assert kinds(path.read_bytes()).count("MEDIA") == 2
        return path, KEY, [read, verify_without_key]
    key = KEY if request.param.startswith("encrypted") else None
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 20)
    items = [] if request.param.endswith("empty") else [dp.Item("item-0"), dp.Item("item-1"), some_items(3)[2]]
    with dp.DatumWriter(path, subset="train", key=key) as writer:
        for item in items:
            writer.write(item)
    assert (kinds(path.read_bytes()).count("BLOCK") > 1) is bool(items)
    return path, key, [*ANNOTATIONS, verify_without_key] if key else [*ANNOTATIONS]


def refused(path: Path, key: str | None, way: Way, what: str) -> dp.FileError:
    """Return the error with which a file is refused."""
    error = error_of(way, path, key)
    assert error is not None, f"{way.__name__} accepts the file with {what}"
    one_line(error, path)
    assert error.offset is not None or isinstance(error, dp.NotADatumFileError)
    return error


def error_of(way: Way, path: Path, key: str | None) -> dp.FileError | None:
    try:
        way(path, key)
    except dp.FileError as error:
        return error
    return None


def test_every_truncation(small: Small) -> None:
    path, key, ways = small
    whole = path.read_bytes()
    for way in ways:
        way(path, key)
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        for way in ways:
            error = refused(path, key, way, f"{size} bytes")
            assert isinstance(error, dp.TruncatedFileError if size else dp.NotADatumFileError)


def test_every_flipped_bit(small: Small) -> None:
    path, key, ways = small
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        path.write_bytes(flipped(whole, bit))
        for way in ways:
            error = refused(path, key, way, f"bit {bit % 8} of byte {bit // 8} flipped")
            damage = dp.DamagedFileError, dp.LimitError
            assert isinstance(error, damage) or (isinstance(error, dp.NotADatumFileError) and bit // 8 < 37)


def test_every_removed_and_every_added_byte(
    small: Small,
) -> None:
    path, key, ways = small
    whole = path.read_bytes()
    for at in range(len(whole)):
        for data in (
            whole[:at] + whole[at + 1 :],
            whole[:at] + b"\0" + whole[at:],
            whole[:at] + whole[at : at + 1] * 2,
        ):
            if data == whole:
                continue
            path.write_bytes(data)
            for way in ways:
                refused(path, key, way, f"byte {at} removed or added")
    for more in (b"\0", b"\n", whole[-48:], whole):
        path.write_bytes(whole + more)
        for way in ways:
            refused(path, key, way, f"{len(more)} bytes more")


def test_records_swapped_dropped_and_repeated(
    small: Small,
) -> None:
    path, key, ways = small
    records = split(path.read_bytes())
    wrong = [records[:at] + records[at + 1 :] for at in range(len(records))]
    wrong += [records[: at + 1] + records[at:] for at in range(len(records))]
    for first in range(len(records)):
        for second in range(first):
            order = [*records]
            order[first], order[second] = order[second], order[first]
            wrong.append(order)
    for order in wrong:
        path.write_bytes(b"".join(order))
        for way in ways:
            refused(path, key, way, "records in another order")


@pytest.mark.usefixtures("no_schema")
@pytest.mark.parametrize("key", [None, KEY])
def test_records_of_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    # Of the same key, or, where plain, with the same META and therefore the same sync bytes.
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1)
    first, second = (write(tmp_path / name, some_items(count)[:2], key) for name, count in (("a", 2), ("b", 3)))
    other = write(tmp_path / "c", [dp.Item("item-0", "train"), dp.Item("item-1", "train")], key)
    assert (first.read_bytes() == second.read_bytes()) is (key is None)
    records, others = split(first.read_bytes()), split(other.read_bytes())
    assert (records[0] == others[0]) is (key is None)
    path = tmp_path / "file"
    tried = 0
    for at in range(len(records)):
        if records[at] != others[at]:
            path.write_bytes(b"".join([*records[:at], others[at], *records[at + 1 :]]))
            for way in (iterate, pick, verify):
                refused(path, key, way, f"record {at} of another file")
            tried += 1
    assert tried >= 5


@pytest.mark.usefixtures("no_schema")
def test_a_plain_block_of_another_file_with_the_same_place_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Same sync bytes, seq, offset and size: only the checksums in INDEX and FOOTER tell.
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1)
    ours, theirs = ([dp.Item("a", attributes={"n": number}), dp.Item("b")] for number in (1, 2))
    records, others = (
        split(write(tmp_path / name, items).read_bytes()) for name, items in (("a", ours), ("b", theirs))
    )
    assert (len(records[3]), records[3][:10]) == (len(others[3]), others[3][:10])
    path = tmp_path / "file"
    path.write_bytes(b"".join([*records[:3], others[3], *records[4:]]))
    for way in (iterate, verify):
        with pytest.raises(dp.DamagedFileError):
            way(path, None)


@pytest.mark.parametrize("key", [None, KEY])
def test_flipped_bits_of_a_usual_file(tmp_path: Path, key: str | None) -> None:
    path = write(tmp_path / "file", some_items(40), key)
    whole = path.read_bytes()
    assert len(whole) > 3000  # with the schema
    for bit in range(0, 8 * len(whole), 61):
        path.write_bytes(flipped(whole, bit))
        for way in ANNOTATIONS:
            refused(path, key, way, f"bit {bit} flipped")


@pytest.mark.parametrize("data", [b"", b"\n", b"{}", b"\x89PNG\r\n\x1a\n" + bytes(100), bytes(1000), b"\xff" * 1000])
def test_what_is_no_datum_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    for way in ANNOTATIONS:
        with pytest.raises(dp.NotADatumFileError) as caught:
            way(path, None)
        one_line(caught.value, path, "not a .datum file" if data else "empty")


def test_a_file_of_the_ancestor_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"signature:datumaro_binary\0" + bytes(100))
    with pytest.raises(dp.NotADatumFileError, match="DatumaroBinary"):
        iterate(path, None)


def test_random_bytes_in_a_sound_envelope_raise_nothing_untyped(tmp_path: Path) -> None:
    item = encode_item(some_items(1)[0]).SerializeToString()
    batch = b"\x0a" + bytes([len(item)]) + item
    meta = encode_meta(dp.Meta("train", {"a": [1, {"b": None}]}, dp.Categories.from_labels("abc"))).SerializeToString()
    path = tmp_path / "file"

    def count_one(index: Index) -> None:
        index.blocks[0].item_count = 1
        index.item_id_crc32.append(0)

    for bit in range(8 * max(len(batch), len(meta))):
        block = flipped(batch, bit % (8 * len(batch)))
        other = flipped(meta, bit % (8 * len(meta)))
        for forged in (Forge(blocks=[block], index=count_one), Forge(blocks=[block], meta=other, index=count_one)):
            forged.header = lambda header: header.ClearField("file_descriptor_set")
            path.write_bytes(forged.make())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", dp.errors.UnknownDataWarning)
                for way in (iterate, verify):
                    with suppress(dp.DatumpbError, AssertionError):
                        way(path, None)

"""Recovery of flipped bits in every byte, of every truncation, of records dropped, repeated, swapped, and forged."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container.recover import recover_file
from datumpb.container.varint import encode_varint
from datumpb.container.verify import inspect_file, verify_file
from datumpb.messages import Header, Record
from tests.support.damage import Specimen, read_items, specimen
from tests.support.forge import Forge, record
from tests.support.samples import KEY, flipped, one_line, some_items, write
from tests.support.walker import split, varint

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.container.recovery import Recovery


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def small(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_schema: None,  # noqa: ARG001 -- in force
) -> Specimen:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1)
    monkeypatch.setattr(os, "fsync", lambda _file: None)  # thousands of files, none of which has to last
    return specimen(tmp_path / "whole", request.param)


def recovered(folder: Path, data: bytes, key: str | None) -> tuple[list[dp.Item], Recovery]:
    """Recover a file; the new one is sound, or there is none."""
    path, new = folder / "train.datum", folder / "new.datum"
    path.write_bytes(data)
    new.unlink(missing_ok=True)
    recovery = recover_file(path, new, key)
    assert verify_file(new, key).items == recovery.items
    assert path.read_bytes() == data
    return read_items(new, key), recovery


def nothing(folder: Path, data: bytes, key: str | None) -> dp.FileError:
    """Try to recover a file of which nothing is left."""
    path, new = folder / "train.datum", folder / "new.datum"
    path.write_bytes(data)
    new.unlink(missing_ok=True)
    with pytest.raises(dp.FileError) as caught:
        recover_file(path, new, key)
    one_line(caught.value, path)
    assert not new.exists()
    return caught.value


def joined(small: Specimen, *order: int) -> bytes:
    return b"".join(small.records[place] for place in order)


def test_a_sound_file_is_complete(tmp_path: Path, small: Specimen) -> None:
    items, recovery = recovered(tmp_path, small.data, small.key)
    assert items == small.items
    assert (recovery.complete, recovery.of_items, recovery.notes) == (True, 4, [])
    assert small.key is not None or (tmp_path / "new.datum").read_bytes() == small.data


def test_a_flipped_bit_costs_at_most_the_block_that_it_is_in(tmp_path: Path, small: Specimen) -> None:
    chance = random.Random(3)
    for bit in (8 * offset + chance.randrange(8) for offset in range(len(small.data))):
        place = small.record_at(bit // 8)
        data = flipped(small.data, bit)
        if small.kinds[place] == "HEADER" and small.key:
            assert "salt" in str(nothing(tmp_path, data, small.key))
            continue
        items, recovery = recovered(tmp_path, data, small.key)
        assert items == small.without(place), bit
        assert recovery.complete is (small.kinds[place] not in {"BLOCK", "META"})
        if small.kinds[place] == "BLOCK":
            (loss,) = recovery.losses
            offset = len(b"".join(small.records[:place]))
            assert loss.places == [(offset, len(small.records[place]))]
            assert (loss.items, loss.first_item, len(loss.id_crc32)) == (1, place - small.first_block, 1)
            faults = inspect_file(tmp_path / "train.datum", small.key).faults
            assert [(fault.error.offset, fault.size) for fault in faults] == loss.places
            assert faults[0].affects == f"record {place}: item {place - small.first_block}"


def test_verify_names_the_record_of_a_flipped_bit(tmp_path: Path, small: Specimen) -> None:
    chance = random.Random(4)
    path = tmp_path / "file"
    for bit in (8 * offset + chance.randrange(8) for offset in range(len(small.data))):
        path.write_bytes(flipped(small.data, bit))
        place = small.record_at(bit // 8)
        offset = len(b"".join(small.records[:place]))
        for key in {small.key, None}:
            assert offset in [fault.error.offset for fault in inspect_file(path, key).faults]


def test_every_truncation_leaves_the_blocks_before_it(tmp_path: Path, small: Specimen) -> None:
    for size in range(1, len(small.data)):
        last = small.record_at(size)
        data = small.data[:size]
        if last <= small.first_block:
            nothing(tmp_path, data, small.key)
            continue
        items, recovery = recovered(tmp_path, data, small.key)
        assert items == small.without(*range(last, len(small.records)))
        # INDEX tells that no block is missing.
        assert recovery.complete is (small.kinds[last] in {"FOOTER", "TRAILER"})


def test_a_broken_length_prefix_costs_one_block(tmp_path: Path, small: Specimen) -> None:
    for place in range(small.first_block, small.first_block + 4):
        for prefix in (b"\xff\xff\xff\xff\x7f", b"\x80", b"\0", b"\x01", b""):
            records = [*small.records]
            records[place] = prefix + records[place][1:]
            items, recovery = recovered(tmp_path, b"".join(records), small.key)
            assert items == small.without(place)
            assert len(recovery.losses) == 1


@pytest.mark.parametrize("place", range(8))
def test_dropped_records(tmp_path: Path, small: Specimen, place: int) -> None:
    data = joined(small, *(number for number in range(9) if number != place))
    if place == 1 and small.key:
        nothing(tmp_path, data, small.key)
        return
    items, recovery = recovered(tmp_path, data, small.key)
    assert items == small.without(place)
    assert recovery.complete is (small.kinds[place] not in {"BLOCK", "META"})


def test_repeated_swapped_and_reversed_records(tmp_path: Path, small: Specimen) -> None:
    for order, note in (
        ((0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9), "record 4 is there 2 times"),
        ((0, 1, 2, 3, 5, 4, 6, 7, 8, 9), "out of order"),
        ((0, 1, 2, 6, 5, 4, 3, 7, 8, 9), "out of order"),
        ((0, 1, 7, 8, 6, 5, 4, 3, 2, 9), "out of order"),
    ):
        items, recovery = recovered(tmp_path, joined(small, *order), small.key)
        assert items == small.items
        assert recovery.complete
        assert any(note in text for text in recovery.notes)
        assert inspect_file(tmp_path / "train.datum", small.key).faults


def test_garbage_between_records_costs_nothing(tmp_path: Path, small: Specimen) -> None:
    start = small.data[1:10]
    for garbage in (b"\0" * 100, start * 9, small.records[4][:-1], bytes(range(256)), small.data[:40]):
        for place in range(1, 9):
            data = b"".join([*small.records[:place], garbage, *small.records[place:]])
            items, recovery = recovered(tmp_path, data, small.key)
            assert items == small.items
            assert recovery.complete
            assert recovery.notes


def test_records_of_another_file_are_left_out(tmp_path: Path, small: Specimen) -> None:
    # Of the same key, or, where plain, with the same META and therefore the same sync bytes.
    other = [dp.Item(f"other-{number}", annotations=[dp.Bbox(9, 9, 9, 9, label=1)]) for number in range(4)]
    others = split(write(tmp_path / "other", other, small.key).read_bytes())
    for place in range(3, 7):
        records = [*small.records[:place], others[place], *small.records[place + 1 :]]
        items, recovery = recovered(tmp_path, b"".join(records), small.key)
        assert items == small.without(place)
        assert len(recovery.losses) == 1
        records = [*small.records[:place], others[place], *small.records[place:]]
        items, recovery = recovered(tmp_path, b"".join(records), small.key)
        assert items == small.items
        assert recovery.complete


def test_two_plain_records_of_one_number_are_both_left_out_where_nothing_tells_which_is_right(
    tmp_path: Path, small: Specimen
) -> None:
    other = [dp.Item(f"other-{number}") for number in range(4)]
    others = split(write(tmp_path / "other", other, small.key).read_bytes())
    data = b"".join([*small.records[:5], others[4], *small.records[5:7]])
    items, recovery = recovered(tmp_path, data, small.key)
    # The tag tells, where there is one.
    assert items == (small.without() if small.key else small.without(4))
    if small.key is None:
        assert any("different records have this number" in loss.what for loss in recovery.losses)


def test_what_is_left_in_the_middle_of_overwritten_ends(tmp_path: Path, small: Specimen) -> None:
    start = len(joined(small, 0, 1, 2, 3)) + 5
    end = len(joined(small, 0, 1, 2, 3, 4, 5, 6))
    data = bytes(start) + small.data[start:end] + bytes(len(small.data) - end)
    if small.key:
        assert "salt" in str(nothing(tmp_path, data, small.key))
        return
    items, recovery = recovered(tmp_path, data, None)
    assert items == small.items[2:]
    assert recovery.losses[0].what.startswith("META is lost: labels are numbers")
    with dp.DatumReader(tmp_path / "new.datum") as reader:
        assert (reader.subset, reader.categories.labels) == ("train", None)


def test_a_block_with_a_right_checksum_and_a_wrong_tag_is_left_out(tmp_path: Path, small: Specimen) -> None:
    if small.key is None:
        return  # a checksum stops nobody who changes a plain file on purpose
    message = Record.FromString(small.records[4][varint(small.records[4], 0)[1] :])
    body = record(
        message.sync.to_bytes(8, "little"),
        message.kind,
        message.seq,
        flipped(message.payload, 9),
        codec=message.codec,
        raw_size=message.raw_size,
        nonce=message.nonce,
    )
    forged = encode_varint(len(body)) + body
    assert len(forged) == len(small.records[4])
    items, recovery = recovered(tmp_path, b"".join([*small.records[:4], forged, *small.records[5:]]), small.key)
    assert items == small.without(4)
    assert recovery.losses[0].items == 1
    # The right one is there, too.
    items, recovery = recovered(tmp_path, b"".join([*small.records[:4], forged, *small.records[4:]]), small.key)
    assert items == small.items
    assert recovery.complete


def forged(small: Specimen, place: int, *, kind: int | None = None, seq: int | None = None) -> bytes:
    """A plain record with another kind or number, and the right checksum."""
    size, start = varint(small.records[place], 0)
    message = Record.FromString(small.records[place][start : start + size])
    rest = {"codec": int(message.codec), "raw_size": message.raw_size}
    sync = message.sync.to_bytes(8, "little")
    data = record(sync, kind or message.kind, seq or message.seq, message.payload, **rest)  # type: ignore[arg-type]  # by their names
    return encode_varint(len(data)) + data


@pytest.mark.parametrize("small", [None], indirect=True)
def test_a_block_that_was_made_a_record_of_a_later_version_is_lost(tmp_path: Path, small: Specimen) -> None:
    place = small.first_block + 1
    records = [*small.records]
    records[place] = forged(small, place, kind=200)
    items, recovery = recovered(tmp_path, b"".join(records), None)
    assert items == small.without(place)
    assert not recovery.complete


@pytest.mark.parametrize("small", [None], indirect=True)
def test_without_footer_index_still_tells_which_blocks_are_of_the_file(tmp_path: Path, small: Specimen) -> None:
    # A block is dropped and those behind it numbered anew.
    first = small.first_block
    start, last = small.records[: first + 2], small.kinds.index("FOOTER")
    moved = [forged(small, place, seq=place - 1) for place in range(first + 3, last)]
    items, recovery = recovered(tmp_path, b"".join([*start, *moved]), None)
    assert items == small.items[:2]
    assert not recovery.complete


@pytest.mark.parametrize("key", [None, KEY])
def test_a_file_of_unknown_contents_is_not_recovered(tmp_path: Path, key: str | None) -> None:
    def header(message: Header) -> None:
        message.content = 9  # type: ignore[assignment]  # a number of a later version

    assert "something unknown" in str(nothing(tmp_path, Forge([some_items(2)], key=key, header=header).make(), key))


@pytest.mark.parametrize("small", [None], indirect=True)
def test_a_block_that_a_whole_index_does_not_list_is_left_out(tmp_path: Path, small: Specimen) -> None:
    # A block is put in before INDEX, and what follows is numbered anew; FOOTER is not believed.
    last = small.kinds.index("INDEX")
    moved = [forged(small, place, seq=place + 1) for place in (last, last + 1)]
    records = [*small.records[:last], forged(small, small.first_block, seq=last), *moved]
    items, recovery = recovered(tmp_path, b"".join(records), None)
    assert items == small.items
    assert not recovery.complete
    assert not any("twice" in loss.what for loss in recovery.losses)


@pytest.mark.parametrize("small", [None], indirect=True)
def test_a_last_block_that_only_index_knows_of_is_lost(tmp_path: Path, small: Specimen) -> None:
    # The last block is dropped, and INDEX has its number; FOOTER is not believed.
    last = small.kinds.index("INDEX")
    records = [*small.records[: last - 1], forged(small, last, seq=last - 1)]
    items, recovery = recovered(tmp_path, b"".join(records), None)
    assert items == small.items[:-1]
    assert not recovery.complete
    assert any(loss.items == 1 for loss in recovery.losses)

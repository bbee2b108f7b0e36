"""All faults of a file at once, each with its place and what it affects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container.media_file import write_media
from datumpb.container.verify import Watcher, inspect_file, verify_file
from datumpb.messages import ContentType
from tests.support.damage import Specimen, specimen
from tests.support.datasets import MadeSource, memory_of
from tests.support.forge import Forge
from tests.support.samples import KEY, flipped, some_items
from tests.support.walker import split

if TYPE_CHECKING:
    from pathlib import Path

keys = pytest.mark.parametrize("key", [None, KEY])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def small(path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None) -> Specimen:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1)
    return specimen(path, key)


def told(path: Path, key: str | None = None) -> list[tuple[str, str | None]]:
    return [(fault.error.message, fault.affects) for fault in inspect_file(path, key).faults]


@keys
def test_damaged_records_side_by_side_are_told_apart(
    path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    file = small(path, monkeypatch, key)
    path.write_bytes(b"".join(flipped(data, 200) if at in {4, 5, 7} else data for at, data in enumerate(file.records)))
    inspection = inspect_file(path, key)
    offsets = [len(b"".join(file.records[:at])) for at in (4, 5, 7)]
    assert [(fault.error.offset, fault.size) for fault in inspection.faults] == [
        (offset, len(file.records[at])) for offset, at in zip(offsets, (4, 5, 7), strict=True)
    ]
    assert [fault.affects for fault in inspection.faults] == ["record 4", "record 5", "record 7"]
    assert inspection.found.items == 2
    assert inspection.found.records == len(file.records) - 3


@keys
def test_missing_repeated_and_swapped_records(path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    file = small(path, monkeypatch, key)
    for order, expected in (
        ((0, 1, 2, 4, 5, 6, 7, 8, 9), "record 3 is missing"),
        ((0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9), "record 4 stands here again"),
        ((0, 1, 2, 3, 5, 4, 6, 7, 8, 9), "record 4 is out of order: it stands behind record 5"),
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9), "TRAILER stands here again"),
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3), "records stand behind TRAILER"),
        ((0, 1, 2, 3, 4, 5, 6, 7, 9), "TRAILER stands where FOOTER should be"),
    ):
        path.write_bytes(b"".join(file.records[at] for at in order))
        for given in {key, None}:
            assert expected in [message for message, _ in told(path, given)]


@keys
@pytest.mark.usefixtures("unchecked_masks")
def test_items_that_break_a_rule_are_counted_by_block(path: Path, key: str | None) -> None:
    def labelled(name: str, label: int) -> dp.Item:
        return dp.Item(name, annotations=[dp.Label(label=label), dp.Label(label=0)])

    blocks = [
        [labelled("a", 0), labelled("b", 7), labelled("c", 8)],
        [labelled("a", 1), dp.Item("m", annotations=[dp.Mask(4, 4, b"04")]), labelled("d", 0), labelled("d", 0)],
    ]
    path.write_bytes(Forge(blocks, dp.Meta("train", {}, dp.Categories.from_labels("xy")), key).make())
    faults = told(path, key)
    assert [message for message, _ in faults] == [
        "item 'b' has label 7, there are 2 labels",
        "item 'm' has a damaged mask: RLE does not fit its size: the runs make 4 pixels, 4 x 4 has 16",
        "item 'a' is there twice",
    ]
    assert [affects for _, affects in faults] == [
        "record 3: 2 items, of which this is the first",
        "record 4: 1 item",
        "record 4: 2 items, of which this is the first",
    ]


def test_an_item_that_cannot_be_parsed_does_not_hide_the_others(path: Path) -> None:
    good = b"\x0a\x03\x0a\x01a"
    path.write_bytes(Forge([good + b"\x0a\x02\x0a\x05" + b"\x0a\x03\x0a\x01b", some_items(1)]).make())
    messages = [message for message, _ in told(path)]
    assert any("no Item message" in message for message in messages)
    assert inspect_file(path).found.items == 4


@keys
def test_each_item_without_a_fault_is_handed_to_the_watcher(
    path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    file = small(path, monkeypatch, key)
    path.write_bytes(b"".join(flipped(data, 200) if at == 4 else data for at, data in enumerate(file.records)))
    passed: list[int] = []

    class Kept(Watcher):
        def __init__(self) -> None:
            super().__init__(passed=passed.append)
            self.items: list[dp.Item] = []

        def item(self, item: dp.Item) -> None:
            self.items.append(item)

    watcher = Kept()
    inspect_file(path, key, watcher=watcher)
    assert watcher.items == file.without(4)
    assert sum(passed) == len(file.data) - len(file.records[0])


def test_a_media_file_with_its_key(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.media_file.RECORD_SIZE", 32)
    write_media(path, "images/a.jpg", [b"picture" * 20], KEY)
    inspection = inspect_file(path, KEY)
    assert (inspection.opened, inspection.found.items, inspection.faults) == (True, None, [])
    (fault,) = inspect_file(path, KEY, content=ContentType.CONTENT_TYPE_ANNOTATIONS).faults[:1]
    assert fault.error.message == "expected annotations, the file holds a media file"
    records = split(path.read_bytes())
    path.write_bytes(b"".join(flipped(data, 200) if at in {3, 5} else data for at, data in enumerate(records)))
    for key in (KEY, None):
        assert [affects for _, affects in told(path, key)] == ["record 3", "record 5"]


def test_a_lost_header_keeps_an_encrypted_file_closed_and_a_plain_one_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in (None, KEY):
        file = small(path, monkeypatch, key)
        path.write_bytes(b"".join(flipped(data, 200) if at == 1 else data for at, data in enumerate(file.records)))
        inspection = inspect_file(path, key)
        assert (inspection.opened, inspection.found.items) == ((True, 4) if key is None else (False, None))
        assert [fault.affects for fault in inspection.faults] == ["record 1"]
        path.unlink()


def test_memory_for_an_item_is_a_few_dozen_bytes(path: Path) -> None:
    needed = []
    # Both have a full block, whose items are in memory while they are looked at.
    for count in (30_000, 60_000):
        with dp.DatumWriter(path, subset="all") as writer:
            for item in MadeSource(count).items("all"):
                writer.write(item)
        verify_file(path)  # what is loaded once
        kept, peak = memory_of(lambda: inspect_file(path))
        assert kept < 50_000
        needed.append(peak)
    assert (needed[1] - needed[0]) / 30_000 < 40

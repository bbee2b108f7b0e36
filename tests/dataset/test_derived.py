"""Sources made of others: read in parts where those are, and not read at all to be counted."""

from __future__ import annotations

import dataclasses
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.codec.item_batch import ItemBatch
from datumpb.dataset.derived import ids_of, known_count, most_items, reads_to_count
from datumpb.dataset.source import is_divided
from datumpb.dataset.transforms.labels import RelabelledSource
from datumpb.dataset.transforms.merge import MergedSource
from datumpb.dataset.transforms.selection import SelectedSource
from datumpb.dataset.transforms.split import SplitSource
from datumpb.formats import datumpb
from tests.dataset.test_file_source import some
from tests.support import datasets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datumpb.dataset.source import DatasetSource

    Tree = Callable[[Path], dict[str, bytes | None]]
    Change = Callable[[list[DatasetSource]], DatasetSource]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1500)


def train(count: int, prefix: str = "") -> list[dp.Item]:
    """Make items of one subset."""
    return [dp.Item(prefix + one.id, "train", one.media, one.attributes, one.annotations) for one in some(count)]


def stored(path: Path) -> list[DatasetSource]:
    """Write two datasets of one subset, and one of two that have the same ids; return them."""
    found: list[DatasetSource] = []
    twice = [dataclasses.replace(item, subset=subset) for subset in ("train", "val") for item in train(20, "c/")]
    for name, labels, items in (
        ("a", ["cat", "dog"], train(40, "a/")),
        ("b", ["dog", "emu"], train(40, "b/")),
        ("c", ["cat", "dog"], twice),
    ):
        dp.Dataset.from_iterable(items, categories=labels).export(path / name, "datumpb", save_media=True)
        found.append(datumpb.read(path / name))
    return found


CHANGES: dict[str, Change] = {
    "ids": lambda sources: SelectedSource(sources[0], ids=["*[13]"]),
    "label": lambda sources: SelectedSource(sources[0], labels=["cat"], drop_others=True),
    "attribute": lambda sources: SelectedSource(sources[0], attributes={"none": "1"}),
    "subset": lambda sources: SelectedSource(sources[0], subsets=["train"]),
    "names": lambda sources: RelabelledSource(sources[0], {"cat": "mouse"}, drop=["dog"]),
    "merged": lambda sources: MergedSource([("a", sources[0]), ("b", sources[1])]),
    "split": lambda sources: SplitSource(sources[0], {"train": 0.4, "val": 0.6}, 3),
    "stratified": lambda sources: SplitSource(sources[0], {"train": 0.4, "val": 0.6}, 3, stratify=True),
    "split, renamed": lambda sources: SplitSource(sources[2], {"train": 0.7, "val": 0.3}, on_duplicate="rename"),
    "first": lambda sources: MergedSource([("a", sources[0]), ("b", sources[1]), ("a too", sources[0])], "first"),
    "renamed": lambda sources: MergedSource([("a", sources[0]), ("b", sources[1]), ("a too", sources[0])], "rename"),
    "one": lambda sources: SplitSource(SelectedSource(sources[0], ids=["*[13]"]), {"none": 1e-9, "train": 1 - 1e-9}),
    "all": lambda sources: RelabelledSource(
        SelectedSource(MergedSource([("a", sources[0]), ("b", sources[1])]), labels=["dog"]), keep=["dog"]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_parts_are_the_items(tmp_path: Path, change: str) -> None:
    source = CHANGES[change](stored(tmp_path))
    assert is_divided(source)
    expected = datasets.everything(source)
    assert len(expected["train"]) > 0 or change == "attribute"
    for subset, items in expected.items():
        messages = [pickle.dumps(part) for part in source.parts(subset)]
        assert len(messages) > 3 or not items
        assert max(map(len, messages), default=0) < 2000
        parts = [pickle.loads(message) for message in messages]  # noqa: S301 -- our own
        assert [item for part in parts for item in part.items()] == items
        assert [item_id for part in parts for item_id in part.ids()] == [item.id for item in items]
        assert [*ids_of(source, subset)] == [item.id for item in items]
        wanted = {item.id for item in items[::3]}
        assert [item for part in parts for item in part.items(wanted.__contains__)] == items[::3]


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_where_nothing_can_be_divided(tmp_path: Path, change: str) -> None:
    divided = stored(tmp_path)
    whole = [datasets.CountingSource(source) for source in divided]
    expected = datasets.everything(CHANGES[change](divided))
    source = CHANGES[change]([*whole])
    assert not is_divided(source)
    assert datasets.everything(source) == expected
    for subset, items in expected.items():
        assert [*ids_of(source, subset)] == [item.id for item in items]


def test_items_that_are_not_asked_for_are_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = stored(tmp_path)[0]
    decoded: list[int] = []
    new = ItemBatch.__init__

    def noted(self: ItemBatch, serialized: list[bytes], *others: Any) -> None:  # noqa: ANN401 -- whatever they are
        decoded.append(len(serialized))
        new(self, serialized, *others)

    monkeypatch.setattr(ItemBatch, "__init__", noted)
    split = SplitSource(source, {"train": 0.75, "val": 0.25})
    assert (split.count("val"), decoded) == (10, [])
    assert len([*split.items("val")]) == sum(decoded) == 10
    decoded.clear()
    merged = MergedSource([("a", source), ("again", source)], "first")
    assert (len([*merged.items("train")]), sum(decoded)) == (40, 40)
    decoded.clear()
    selected = SelectedSource(source, ids=["*[13]"])
    assert (selected.count("train"), decoded) == (8, [])
    assert len([*selected.items("train")]) == sum(decoded) == 8


@pytest.mark.parametrize("format_name", ["datumpb", "coco", "voc", "yolo"])
@pytest.mark.parametrize("change", ["label", "stratified", "renamed", "all"])
def test_the_same_files_and_losses_with_workers(tmp_path: Path, tree: Tree, format_name: str, change: str) -> None:
    sources = stored(tmp_path)
    found = []
    for workers in (1, 2):
        output = tmp_path / f"{workers}"
        losses = dp.Dataset(CHANGES[change](sources)).export(output, format_name, num_workers=workers)
        found.append((tree(output), losses.counts, losses.examples))
    assert found[0] == found[1]
    assert len(found[0][0]) > 1


def test_the_same_error_with_workers(tmp_path: Path) -> None:
    sources = stored(tmp_path)
    texts = []
    for change in (
        lambda: SelectedSource(sources[0], labels=["cow"]),
        lambda: MergedSource([("a", sources[0]), ("again", sources[0])]),
    ):
        for workers in (1, 2):
            with pytest.raises(dp.DatumpbError) as caught:
                dp.Dataset(change()).export(tmp_path / "out", "datumpb", num_workers=workers)
            texts.append((type(caught.value), str(caught.value)))
    assert texts[0] == texts[1]
    assert texts[2] == texts[3]
    assert (texts[0][0], texts[2][0]) == (dp.OptionError, dp.DuplicateItemError)


@pytest.mark.parametrize("change", ["merged", "first", "renamed", "all"])
def test_no_parts_where_one_has_none(tmp_path: Path, change: str) -> None:
    first = stored(tmp_path)[0]
    other = datasets.memory(train(3), ["cat", "dog"])
    assert not is_divided(CHANGES[change]([first, other]))
    assert not is_divided(CHANGES[change]([other, first]))


def test_large_if_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _ = stored(tmp_path)
    merged = MergedSource([("a", first), ("b", second)])
    assert not SelectedSource(merged, ids=["a"]).is_large()
    size = max(path.stat().st_size for path in tmp_path.glob("*/annotations/*"))
    monkeypatch.setattr("datumpb.dataset.divided_folder._LARGE", size)
    assert SelectedSource(merged, ids=["a"]).is_large()


def test_what_is_known_without_reading() -> None:
    counted = datasets.CountingSource(datasets.memory(train(9), ["cat", "dog"]))
    other = datasets.memory(train(4), ["cat", "dog"])
    selected = SelectedSource(counted, labels=["cat"])
    known: list[tuple[DatasetSource, int | None, int]] = [
        (counted, 9, 9),
        (selected, None, 9),
        (SelectedSource(counted, subsets=["train"]), 9, 9),
        (SelectedSource(selected, subsets=["train"]), None, 9),
        (RelabelledSource(counted, {"cat": "dog"}), 9, 9),
        (RelabelledSource(selected, {"cat": "dog"}), None, 9),
        (MergedSource([("a", selected), ("b", other)], "first"), None, 13),
    ]
    for source, count, most in known:
        assert (known_count(source, "train"), most_items(source)) == (count, most)
        assert reads_to_count(source) == (count is None)
    assert counted.read == 0
    assert known_count(MergedSource([("a", counted), ("b", other)], "first"), "train") == 9
    assert known_count(SplitSource(selected, {"all": 1.0}), "all") == 9


@pytest.mark.parametrize("format_name", ["datumpb", "coco", "voc", "yolo", "datumaro", "datumaro_binary"])
def test_a_selection_is_read_once(tmp_path: Path, format_name: str) -> None:
    counted = datasets.CountingSource(datasets.memory(train(9), ["cat", "dog"]))
    told: list[object] = []

    def progress(iterable: Any, total: int | None, _description: str) -> Any:  # noqa: ANN401 -- as it comes
        told.append(total)
        return iterable

    dataset = dp.Dataset(SelectedSource(counted, ids=["00[1-5]"]))
    dataset.export(tmp_path / "out", format_name, progress=progress)  # type: ignore[arg-type]  # simpler
    assert told == [None]
    assert counted.read == 9


def test_shards_of_a_selection_by_number(tmp_path: Path) -> None:
    dataset = dp.Dataset(SelectedSource(datasets.memory(train(9), ["cat", "dog"]), ids=["00[1-5]"]))
    dataset.export(tmp_path / "out", "datumpb", num_shards=2)
    sizes = [len(dp.DatumReader(path)) for path in sorted((tmp_path / "out" / "annotations").iterdir())]
    assert sizes == [2, 3]

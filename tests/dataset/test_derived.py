"""Sources made of others: read in parts where those are, and not read at all to be counted."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.dataset.derived import known_count, most_items, reads_to_count
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
    """Write two datasets; return them."""
    found: list[DatasetSource] = []
    for name, labels in (("a", ["cat", "dog"]), ("b", ["dog", "emu"])):
        items = train(40, f"{name}/")
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
        found = [[*pickle.loads(message).items()] for message in messages]  # noqa: S301 -- our own
        assert [item for part in found for item in part] == items


@pytest.mark.parametrize("format_name", ["datumpb", "coco", "voc", "yolo"])
@pytest.mark.parametrize("change", ["label", "split", "all"])
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


@pytest.mark.parametrize("change", CHANGES)
def test_no_parts_where_one_has_none(tmp_path: Path, change: str) -> None:
    first, second = stored(tmp_path)
    for sources in ([datasets.memory(train(3), ["cat", "dog"]), second], [datasets.CountingSource(first), second]):
        assert not is_divided(CHANGES[change](sources))
    if change in {"merged", "all"}:
        assert not is_divided(CHANGES[change]([first, datasets.memory(train(3), ["dog"])]))


def test_no_parts_where_ids_depend_on_the_items_before(tmp_path: Path) -> None:
    first, second = stored(tmp_path)
    for on_duplicate in ("rename", "first"):
        assert not is_divided(MergedSource([("a", first), ("b", second)], on_duplicate))
    assert not is_divided(SplitSource(first, {"all": 1.0}, on_duplicate="rename"))
    assert not is_divided(SplitSource(first, {"all": 1.0}, stratify=True))


def test_large_if_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = stored(tmp_path)
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

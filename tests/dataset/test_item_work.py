"""VOC and YOLO written with worker processes: the same files, the same losses and the same errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.dataset.item_work import for_each
from datumpb.errors import DatumpbError, InvalidItemError
from datumpb.formats import datumpb
from tests.dataset.test_file_source import some
from tests.support.datasets import everything
from tests.support.here_workers import HereWorkers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Tree = Callable[[Path], dict[str, bytes | None]]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1500)


def stored(folder: Path, items: list[dp.Item]) -> Path:
    dp.Dataset.from_iterable(items, categories=["cat", "dog"]).export(folder, "datumpb", save_media=True)
    return folder


def test_in_the_order_of_items(tmp_path: Path) -> None:
    source = datumpb.read(stored(tmp_path / "in", some(40)))
    expected = [item.id for item in source.items("train")]
    assert [*for_each(name_of, source, "train", None)] == expected
    assert [*for_each(name_of, source, "train", HereWorkers())] == expected  # type: ignore[arg-type]  # what stands in for them


def name_of(item: dp.Item) -> str:
    """Return an item's id."""
    return item.id


def test_a_source_that_cannot_be_divided_is_read_here(tmp_path: Path) -> None:
    dataset = dp.Dataset.import_from(stored(tmp_path / "in", some(10))).split({"train": 0.5, "val": 0.5}, stratify=True)
    for workers in (1, 2):
        dataset.export(tmp_path / f"{workers}", "yolo", num_workers=workers)
    assert (tmp_path / "1" / "train.txt").read_bytes() == (tmp_path / "2" / "train.txt").read_bytes()


@pytest.mark.parametrize("save_media", [False, True])
@pytest.mark.parametrize(
    ("format_name", "options"),
    [
        ("voc", {}),
        ("voc", {"task": "segmentation"}),
        ("voc", {"task": "detection", "one_based": True}),
        ("yolo", {}),
        ("yolo", {"task": "segment"}),
        ("yolo", {"layout": "darknet"}),
    ],
    ids=str,
)
def test_the_same_files_and_losses(
    tmp_path: Path, tree: Tree, format_name: str, options: dict[str, Any], save_media: bool
) -> None:
    items = some(40)
    items[7].annotations[1].attributes["colour"] = "red"
    items[31].attributes["weather"] = "rain"
    items[32].annotations.append(dp.Caption("a sentence"))
    folder, found = stored(tmp_path / "in", items), []
    for workers in (1, 2):
        output = tmp_path / f"{workers}"
        losses = dp.Dataset.import_from(folder).export(
            output, format_name, save_media=save_media, num_workers=workers, **options
        )
        found.append((tree(output), losses.counts, losses.examples))
    assert found[0] == found[1]
    assert found[0][1]
    again = everything(dp.Dataset.import_from(tmp_path / "2", format_name)._source)
    assert sum(map(len, again.values())) == 40


@pytest.mark.parametrize("format_name", ["voc", "yolo"])
def test_the_first_error_is_the_same(tmp_path: Path, format_name: str) -> None:
    items = some(40)
    for number in (22, 31):
        items[number].annotations[1] = dp.Bbox(float("nan"), 0, 1, 1, label=0)
    folder, messages = stored(tmp_path / "in", items), []
    for workers in (1, 2):
        with pytest.raises(DatumpbError, match="022") as caught:
            dp.Dataset.import_from(folder).export(tmp_path / "out", format_name, num_workers=workers)
        messages.append((type(caught.value), str(caught.value)))
        assert not (tmp_path / "out").exists()
    assert messages[0] == messages[1]


class OddPart:
    """An item with a value that is no Unicode, or very deep; it is made where it is read."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def items(self) -> Iterator[dp.Item]:
        (item,) = some(1)
        value: dp.Value = "\ud800" if self._kind == "text" else 1
        for _ in range(5000 if self._kind == "deep" else 0):
            value = {"k": value}
        item.annotations[1].attributes["odd"] = value
        yield item


class OddSource:
    """A source of one such item."""

    divided = True

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def subsets(self) -> list[str]:
        return ["val"]

    def meta(self, subset: str) -> dp.Meta:
        return dp.Meta(subset, categories=dp.Categories.from_labels(["cat", "dog"]))

    def count(self, subset: str) -> int:
        return len([*self.items(subset)])

    def item(self, item_id: str, subset: str) -> dp.Item:
        raise dp.ItemNotFoundError(item_id, subset)

    def is_large(self) -> bool:
        return False

    def items(self, subset: str) -> Iterator[dp.Item]:
        return next(self.parts(subset)).items()

    def parts(self, subset: str) -> Iterator[OddPart]:
        assert subset == "val"
        yield OddPart(self._kind)


@pytest.mark.parametrize("format_name", ["voc", "coco", "datumpb"])
@pytest.mark.parametrize("kind", ["text", "deep"])
def test_what_cannot_be_written_is_no_death_of_a_worker(tmp_path: Path, format_name: str, kind: str) -> None:
    def export(workers: int) -> str:
        dataset, output = dp.Dataset(OddSource(kind)), tmp_path / f"out{workers}"
        try:
            return str(dataset.export(output, format_name, num_workers=workers).lines())
        except InvalidItemError as error:
            return str(error).replace(output.name, "out")

    said = export(1)
    assert said
    assert export(2) == said


@pytest.mark.parametrize("format_name", ["voc", "yolo", "coco"])
def test_a_number_of_workers_that_there_cannot_be(tmp_path: Path, format_name: str) -> None:
    with pytest.raises(dp.OptionError, match="num_workers"):
        dp.Dataset.from_iterable(some(3), categories=["cat", "dog"]).export(tmp_path / "o", format_name, num_workers=-1)
    assert not (tmp_path / "o").exists()

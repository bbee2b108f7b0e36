from __future__ import annotations

from typing import TYPE_CHECKING

import datumaro as dm
import numpy as np
import pytest
from datumaro.components.dataset import StreamDataset

import datumpb as dp
from datumpb.integrations.datumaro import from_datumaro, to_datumaro
from datumpb.integrations.datumaro.extractor import Extractor
from tests.support import bridge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize("kind", [kind for kind in dp.MediaType if kind.value in {2, 3, 4, 5, 6, 8, 9}])
def test_a_dataset_comes_back_as_it_was(kind: dp.MediaType, tmp_path: Path) -> None:
    ours = bridge.dataset(tmp_path, kind)
    losses = dp.LossReport()
    theirs = to_datumaro(ours, losses=losses)
    back = from_datumaro(theirs, losses=losses)
    assert back.categories() == ours.categories()
    assert back.infos() == ours.infos()
    assert back.media_type() is kind
    assert list(back.subsets()) == ["train", "val"]
    assert len(theirs) == len(back) == len(ours)
    for item in ours:
        found = back.get(item.id, item.subset)
        assert found is not None
        assert (found.attributes, found.annotations) == (item.attributes, item.annotations)
    assert back.get("a/é 0", "test") is None
    assert not losses


def test_subsets_and_single_items_are_those_of_the_dataset(tmp_path: Path) -> None:
    theirs = to_datumaro(bridge.dataset(tmp_path))
    assert theirs.get("a/é 1", "val").attributes == {"n": 1}
    assert theirs.get("b", "val") is None
    assert [item.subset for item in theirs.get_subset("val")] == ["val"] * 4
    assert theirs.get_subset("val").get("a/é 1", "val").attributes == {"n": 1}
    assert {name: len(subset) for name, subset in theirs.subsets().items()} == {"train": 4, "val": 4}


def test_items_are_converted_one_by_one() -> None:
    served = []

    class Source:
        def subsets(self) -> list[str]:
            return ["train"]

        def meta(self, subset: str) -> dp.Meta:
            return dp.Meta(subset)

        def items(self, subset: str) -> Iterator[dp.Item]:
            for number in range(3):
                served.append(number)
                yield self.item(str(number), subset)

        def item(self, item_id: str, subset: str) -> dp.Item:
            return dp.Item(item_id, subset)

        def count(self, _subset: str) -> int:
            return 3

    theirs = StreamDataset.from_extractors(Extractor(dp.Dataset(Source()), dp.LossReport()))
    back = from_datumaro(theirs)
    assert served == []
    items = iter(back)
    next(items)
    assert served == [0]


def test_losses_are_counted_once_however_often_items_are_converted() -> None:
    items = [dp.Item(str(number), annotations=[dp.HashKey(b"")]) for number in range(3)]
    losses = dp.LossReport()
    extractor = Extractor(dp.Dataset.from_iterable(items), losses)
    extractor.get("1")
    for _ in range(2):
        assert len(list(extractor)) == len(list(extractor.get_subset("default"))) == 3
    assert losses.counts == {"annotation of a type that Datumaro does not have (HashKey)": 3}
    back = dp.LossReport()
    dataset = dm.Dataset.from_iterable([dm.DatasetItem(str(number), attributes={"a": all}) for number in range(3)])
    source = from_datumaro(dataset, losses=back)
    assert list(source) == list(source)
    assert back.counts == {"attribute of the type builtin_function_or_method, which datumpb does not have": 3}


def test_losses_that_nobody_counts_are_told_once() -> None:
    items = [dp.Item(str(number), annotations=[dp.HashKey(b"")]) for number in range(3)]
    with pytest.warns(dp.LossWarning, match="HashKey.*default/0") as caught:
        list(to_datumaro(dp.Dataset.from_iterable(items)))
    assert len(caught) == 1


def test_infos_that_differ_between_subsets_are_counted(tmp_path: Path) -> None:
    for subset, infos in (("a", {"x": 1, "y": 2}), ("b", {"x": 1, "y": 3, "z": 4})):
        (tmp_path / "annotations").mkdir(exist_ok=True)
        with dp.DatumWriter(tmp_path / "annotations" / f"{subset}.datum", subset=subset, infos=infos):  # type: ignore[arg-type]  # dict is invariant
            pass
    losses = dp.LossReport()
    theirs = to_datumaro(dp.Dataset.import_from(tmp_path), losses=losses)
    assert theirs.infos() == {"x": 1, "y": 2, "z": 4}
    assert losses.counts == {"info that differs between subsets": 1}
    assert losses.examples == {"info that differs between subsets": "b: y"}


@pytest.mark.parametrize("item_id", ["", "/etc/passwd", "../a", "C:/a"])
def test_an_id_that_datumaro_refuses_is_named(item_id: str) -> None:
    with pytest.raises(dp.InvalidItemError, match="Datumaro refuses it"):
        list(to_datumaro(dp.Dataset.from_iterable([dp.Item(item_id)])))


def test_an_id_that_datumaro_changes_is_counted() -> None:
    losses = dp.LossReport()
    assert [item.id for item in to_datumaro(dp.Dataset.from_iterable([dp.Item("a\\b")]), losses=losses)] == ["a/b"]
    assert losses.counts == {"id or subset with a backslash or without a name, which Datumaro changes": 1}


def test_an_empty_dataset_has_its_subset() -> None:
    assert list(from_datumaro(dm.Dataset.from_iterable([])).subsets()) == ["default"]
    assert len(from_datumaro(dm.Dataset.from_iterable([]))) == 0
    assert len(to_datumaro(dp.Dataset.from_iterable([]))) == 0


def test_a_dataset_of_datumaro_can_be_exported(tmp_path: Path) -> None:
    pixels = np.zeros((3, 4, 3), np.uint8)
    items = [dm.DatasetItem("a", media=dm.Image.from_numpy(pixels), annotations=[dm.Bbox(1, 2, 3, 4, label=0)])]
    dataset = from_datumaro(dm.Dataset.from_iterable(items, categories=["cat"]))
    assert not dataset.export(tmp_path / "out", "datumpb", save_media=True)
    (item,) = dp.Dataset.import_from(tmp_path / "out")
    assert item.annotations == [dp.Bbox(1, 2, 3, 4, label=0)]
    assert isinstance(item.media, dp.Image)
    assert np.array_equal(item.media.pixels(), pixels)

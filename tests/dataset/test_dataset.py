"""The API that Datumaro's users expect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from tests.support.samples import KEY, one_line, some_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.model.meta import Meta

ITEMS = [
    dp.Item("a", "train", attributes={"n": 1}),
    dp.Item("b", "train", attributes={"n": 2}),
    dp.Item("a", "val", attributes={"n": 3}),
]


@pytest.fixture(params=["memory", "folder", "encrypted"])
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> dp.Dataset:
    made = dp.Dataset.from_iterable(ITEMS, infos={"licence": "free"}, categories=["cat", "dog"])
    if request.param == "memory":
        return made
    options: dict[str, Any] = {"encryption": True, "encryption_key": KEY} if request.param == "encrypted" else {}
    made.export(tmp_path / "out", "datumpb", **options)
    return dp.Dataset.import_from(tmp_path / "out", **({"encryption_key": KEY} if options else {}))


def test_a_dataset_is_its_items(dataset: dp.Dataset) -> None:
    assert len(dataset) == 3
    assert list(dataset) == ITEMS
    assert list(dataset) == ITEMS
    assert repr(dataset) == "Dataset(train, val)"


def test_subsets(dataset: dp.Dataset) -> None:
    subsets = dataset.subsets()
    assert list(subsets) == ["train", "val"]
    assert [len(subset) for subset in subsets.values()] == [2, 1]
    assert list(subsets["train"]) == ITEMS[:2]
    assert list(subsets["val"]) == ITEMS[2:]
    assert subsets["train"].name == "train"
    assert subsets["train"].get("b") == ITEMS[1]
    assert subsets["val"].get("b") is None
    assert subsets["val"].infos() == {"licence": "free"}
    assert subsets["val"].categories() == dp.Categories.from_labels(["cat", "dog"])
    assert repr(subsets["val"]) == "DatasetSubset('val')"


def test_get(dataset: dp.Dataset) -> None:
    assert dataset.get("a") == ITEMS[0]
    assert dataset.get("a", "val") == ITEMS[2]
    assert dataset.get("b") == dataset.get("b", "train") == ITEMS[1]
    assert dataset.get("b", "val") is None
    assert dataset.get("a", "test") is None
    assert dataset.get("c") is None


def test_infos_and_categories(dataset: dp.Dataset) -> None:
    assert dataset.infos() == dataset.infos("val") == {"licence": "free"}
    assert dataset.categories() == dp.Categories.from_labels(["cat", "dog"])
    assert dataset.media_type() is dp.MediaType.IMAGE
    with pytest.raises(dp.DatasetError) as caught:
        dataset.infos("test")
    one_line(caught.value, "'test'", "train, val")


@pytest.mark.parametrize("format_name", [None, "datumpb"])
def test_an_unknown_option_is_an_error(dataset: dp.Dataset, tmp_path: Path, format_name: str | None) -> None:
    with pytest.raises(dp.OptionError) as caught:
        dataset.export(tmp_path / "new", "datumpb", encrypt=True)
    one_line(caught.value, "'datumpb'", "'encrypt'", "encryption")
    assert isinstance(caught.value, TypeError)
    assert not (tmp_path / "new").exists()
    dataset.export(tmp_path / "new", "datumpb")
    with pytest.raises(dp.OptionError) as caught:
        dp.Dataset.import_from(tmp_path / "new", format_name, key=KEY)
    one_line(caught.value, "'key'", "encryption_key")


def test_options_of_writing_are_none_of_reading(dataset: dp.Dataset, tmp_path: Path) -> None:
    dataset.export(tmp_path / "new", "datumpb")
    for option in ("save_media", "overwrite", "progress", "encryption"):
        with pytest.raises(dp.OptionError, match=f"'{option}' for reading"):
            dp.Dataset.import_from(tmp_path / "new", "datumpb", **{option: True})


@pytest.mark.parametrize("name", ["vocc", "", "DATUMPB", "datumpb "])
def test_an_unknown_format(dataset: dp.Dataset, tmp_path: Path, name: str) -> None:
    with pytest.raises(dp.UnknownFormatError) as caught:
        dataset.export(tmp_path / "new", name)
    one_line(caught.value, repr(name), "datumpb", "coco")
    with pytest.raises(dp.UnknownFormatError):
        dp.Dataset.import_from(tmp_path, name)
    assert not (tmp_path / "new").exists()


def test_the_format_is_found_out(tmp_path: Path) -> None:
    dp.Dataset.from_iterable(ITEMS).export(tmp_path / "out", "datumpb")
    assert dp.Dataset.detect(tmp_path / "out") == "datumpb"
    assert dp.Dataset.detect(tmp_path / "out" / "annotations" / "val.datum") == "datumpb"
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("text")
    for path in (tmp_path / "empty", tmp_path / "file", tmp_path / "none"):
        for ask in (dp.Dataset.detect, dp.Dataset.import_from):
            with pytest.raises(dp.UnknownFormatError) as caught:
                ask(path)
            one_line(caught.value, path)


def test_from_iterable(tmp_path: Path) -> None:
    def items() -> Iterator[dp.Item]:
        yield from ITEMS

    dataset = dp.Dataset.from_iterable(items(), media_type=dp.MediaType.POINT_CLOUD)
    assert list(dataset) == ITEMS
    assert dataset.categories() == dp.Categories()
    assert dataset.infos() == {}
    assert dataset.media_type() is dp.MediaType.POINT_CLOUD
    categories = dp.Categories.from_labels(["cat"])
    assert dp.Dataset.from_iterable([], categories=categories).categories() == categories
    assert dp.Dataset.from_iterable([], categories=iter(["cat"])).categories() == categories
    dataset.export(tmp_path / "out", "datumpb")
    assert dp.Dataset.import_from(tmp_path / "out").media_type() is dp.MediaType.POINT_CLOUD


def test_from_iterable_with_an_id_twice() -> None:
    with pytest.raises(dp.DuplicateItemError) as caught:
        dp.Dataset.from_iterable([*ITEMS, dp.Item("a", "val")])
    one_line(caught.value, "'a'", "'val'")


def test_a_dataset_without_items(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([])
    assert list(dataset.subsets()) == ["default"]
    dataset.export(tmp_path / "out", "datumpb")
    read = dp.Dataset.import_from(tmp_path / "out")
    assert len(read) == 0
    assert list(read) == []
    assert list(read.subsets()) == ["default"]


class Mixed:
    """Two subsets that do not fit together."""

    def subsets(self) -> list[str]:
        return ["a", "b"]

    def meta(self, subset: str) -> Meta:
        kinds = {"a": dp.MediaType.IMAGE, "b": dp.MediaType.VIDEO}
        return dp.Meta(subset, {subset: 1, "both": subset}, dp.Categories.from_labels([subset]), kinds[subset])

    def items(self, subset: str) -> Iterator[dp.Item]:
        yield dp.Item("x", subset)

    def item(self, item_id: str, subset: str) -> dp.Item:
        msg = f"{subset} {item_id}"
        raise dp.ItemNotFoundError(msg)

    def count(self, subset: str) -> int:
        return len(subset)


def test_subsets_with_different_categories(tmp_path: Path) -> None:
    dataset = dp.Dataset(Mixed())
    with pytest.raises(dp.DatasetError) as caught:
        dataset.categories()
    one_line(caught.value, "'a'", "'b'", "different categories")
    with pytest.raises(dp.DatasetError, match="different categories"):
        dataset.export(tmp_path / "out", "datumpb")
    assert not (tmp_path / "out").exists()
    assert dataset.subsets()["b"].categories() == dp.Categories.from_labels(["b"])


def test_infos_are_joined_and_the_first_counts() -> None:
    dataset = dp.Dataset(Mixed())
    assert dataset.infos() == {"a": 1, "b": 1, "both": "a"}
    assert dataset.infos("b") == {"b": 1, "both": "b"}
    assert dataset.media_type() is dp.MediaType.MIXED


def test_a_round_trip_is_exact(tmp_path: Path) -> None:
    items = some_items(50)
    made = dp.Dataset.from_iterable(items, categories=["cat", "dog", "emu"], infos={"x": [1, True, None, 2**70]})
    made.export(tmp_path / "out", "datumpb")
    read = dp.Dataset.import_from(str(tmp_path / "out"))
    assert list(read) == items
    assert read.infos() == made.infos()
    assert read.categories() == made.categories()


def test_an_item_that_is_wrong_stops_the_export(tmp_path: Path) -> None:
    bad = dp.Dataset.from_iterable([dp.Item("a", annotations=[dp.Label(label=1)])], categories=["only"])
    with pytest.raises(dp.InvalidItemError) as caught:
        bad.export(tmp_path / "out", "datumpb")
    one_line(caught.value, "'a'", "label 1")
    assert not list(tmp_path.iterdir())


def test_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dp.Dataset.from_iterable(ITEMS).export("out", "datumpb")
    dataset = dp.Dataset.import_from("out")
    assert len(dataset) == 3
    assert Path("out", "annotations", "val.datum").is_file()

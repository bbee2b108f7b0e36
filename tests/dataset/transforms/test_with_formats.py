"""Transforms between real formats: what is exported is what the transform says, and nothing of the old comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from tests.support import coco as support
from tests.support.datasets import names_of
from tests.support.pictures import picture
from tests.support.samples import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CATEGORIES = [
    {"id": 1, "name": "person", "supercategory": "person"},
    {"id": 3, "name": "cat", "supercategory": "animal", "colour": "black"},
    {"id": 7, "name": "dog", "supercategory": "animal"},
    {"id": 8, "name": "emu", "supercategory": "person"},
]


BESIDE = {"values": {"x": 1}, "missing": ["segmentation"]}


def _entry(number: int, image: int, category: int) -> dict[str, Any]:
    box = [number, 2, 3, 4]
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": box,
        "area": 12,
        "iscrowd": 0,
        "x": number,
    }


def _document(categories: list[dict[str, Any]], *entries: dict[str, Any]) -> dict[str, Any]:
    images = [{"id": number, "file_name": f"{number}.jpg", "height": 9, "width": 9} for number in (4, 2)]
    return {"info": {"year": 2017}, "images": images, "annotations": [*entries], "categories": categories}


FILES = {
    "annotations/instances_train.json": _document(CATEGORIES, _entry(1, 2, 3), _entry(2, 4, 7), _entry(3, 2, 1)),
    "annotations/person_keypoints_train.json": _document(
        [CATEGORIES[0] | {"keypoints": ["nose"], "skeleton": []}], _entry(9, 4, 1) | {"keypoints": [1, 2, 2]}
    ),
    "annotations/instances_val.json": _document(CATEGORIES[1:3], _entry(5, 4, 3)),
}

TRANSFORMS: dict[str, Callable[[dp.Dataset], dp.Dataset]] = {
    "rename": lambda dataset: dataset.relabel({"cat": "feline", "person": "human"}),
    "swap": lambda dataset: dataset.relabel({"cat": "dog", "dog": "cat"}),
    "unite": lambda dataset: dataset.relabel({"dog": "cat", "emu": "bird"}),
    "drop": lambda dataset: dataset.relabel(drop=["person", "emu"]),
    "keep": lambda dataset: dataset.relabel(keep=["dog"]),
    "select": lambda dataset: dataset.select(labels=["cat"], drop_others=True),
    "subset": lambda dataset: dataset.select(subsets=["val"]),
    "split": lambda dataset: dataset.split({"a": 0.75, "b": 0.25}, on_duplicate="rename"),
}


def _seen(dataset: dp.Dataset) -> list[Any]:
    """Return what a dataset says, whatever COCO keeps beside."""
    names = names_of(dataset.categories())
    labels = dataset.categories().labels
    assert labels is not None
    return [
        [(label.name, label.parent, label.infos.get("id")) for label in labels],
        [
            (item.subset, item.id, names[one.label], *((one.x, one.id) if isinstance(one, dp.Bbox) else ()))
            for item in sorted(dataset, key=lambda item: (item.subset, item.id))
            for one in item.annotations
            if one.label is not None
        ],
    ]


@pytest.fixture
def original(tmp_path: Path) -> dp.Dataset:
    return dp.Dataset.import_from(support.make_folder(tmp_path / "in", FILES), "coco")


@pytest.mark.parametrize("through", ["coco", "datumpb"])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_an_export_after_a_transform_is_the_transform_of_the_export(
    name: str, through: str, original: dp.Dataset, tmp_path: Path
) -> None:
    transform = TRANSFORMS[name]
    original.export(tmp_path / "plain", through)
    transform(original).export(tmp_path / "out", through)
    written = dp.Dataset.import_from(tmp_path / "out", through)
    if name == "split":  # ids of images and annotations are those of two old files
        ids = [(item.subset, item.id) for item in transform(dp.Dataset.import_from(tmp_path / "plain", through))]
        assert [(item.subset, item.id) for item in written] == ids
        return
    assert _seen(written) == _seen(transform(dp.Dataset.import_from(tmp_path / "plain", through)))
    assert _seen(written) == _seen(transform(original))


@pytest.mark.parametrize("name", ["rename", "unite", "drop", "keep"])
def test_old_labels_do_not_come_back_in_any_file(name: str, original: dp.Dataset, tmp_path: Path) -> None:
    dataset = TRANSFORMS[name](original)
    dataset.export(tmp_path / "out", "coco")
    gone = set(names_of(original.categories())) - set(names_of(dataset.categories()))
    assert gone
    files = list((tmp_path / "out" / "annotations").iterdir())
    assert len(files) == 3
    for file in files:
        assert not [label for label in gone if f'"{label}"' in file.read_text()]


def test_what_the_source_said_beside_labels_is_kept(original: dp.Dataset, tmp_path: Path) -> None:
    original.relabel({"cat": "feline"}).export(tmp_path / "out", "coco")
    written = dp.Dataset.import_from(tmp_path / "out", "coco")
    assert written.infos()["coco"]["tasks"]["instances"]["values"] == {"info": {"year": 2017}}  # type: ignore[index,call-overload]  # as written
    assert next(iter(written.select(ids=["2"]))).annotations[0].attributes["coco"] == BESIDE


def test_two_coco_datasets_merged(tmp_path: Path) -> None:
    other = {
        "annotations/instances_train.json": _document(
            [{"id": 3, "name": "dog", "supercategory": "animal"}, {"id": 4, "name": "cow", "supercategory": "animal"}],
            _entry(1, 2, 3), _entry(2, 4, 4),
        )
    }  # fmt: skip
    north = dp.Dataset.import_from(support.make_folder(tmp_path / "north", FILES), "coco")
    south = dp.Dataset.import_from(support.make_folder(tmp_path / "south", other), "coco")
    merged = dp.Dataset.merge({"north": north, "south": south}, on_duplicate="rename")
    losses = merged.export(tmp_path / "out", "coco")
    written = dp.Dataset.import_from(tmp_path / "out", "coco")
    assert names_of(written.categories()) == ["person", "cat", "dog", "emu", "cow"]
    names = names_of(written.categories())
    found = {
        item.id: sorted(names[one.label] for one in item.annotations if one.label is not None)
        for item in written.subsets()["train"]
    }
    assert found == {"4": ["dog", "person", "person"], "2": ["cat", "person"], "4-2": ["cow"], "2-2": ["dog"]}
    assert losses.counts["id of an item, as an earlier dataset has one of this id"] == 2
    assert losses.examples["info of a label, as another was there first"] == "dog: id of south"


def test_a_category_id_without_a_category_never_becomes_that_of_a_label(tmp_path: Path) -> None:
    nameless = {"annotations/instances_train.json": _document([], _entry(1, 2, 3))}
    labelled = {"annotations/instances_train.json": _document(CATEGORIES, _entry(1, 4, 7))}
    parts = {
        name: dp.Dataset.import_from(support.make_folder(tmp_path / name, files), "coco")
        for name, files in (("nameless", nameless), ("labelled", labelled))
    }
    losses = dp.Dataset.merge(parts, on_duplicate="first").export(tmp_path / "out", "coco")
    item = dp.Dataset.import_from(tmp_path / "out", "coco").get("2")
    assert item is not None
    assert [one.label for one in item.annotations] == [None]
    assert losses.examples["id of a category, as a label has it now"] == "2"


@pytest.mark.parametrize("target", ["coco", "datumpb", "yolo", "image_dir"])
def test_pictures_of_renamed_items_have_places_of_their_own(target: str, tmp_path: Path) -> None:
    parts = {}
    for number, name in enumerate(("north", "south")):
        folder = tmp_path / name
        (folder / "images").mkdir(parents=True)
        (folder / "images" / "a").write_bytes(picture(5, 4 + number))
        document = _document([CATEGORIES[1]], _entry(1, 1, 3))
        document["images"] = [{"id": 1, "file_name": "a", "height": 4 + number, "width": 5}]
        support.make_folder(folder, {"annotations/instances_train.json": document})
        parts[name] = dp.Dataset.import_from(folder, "coco")
    dp.Dataset.merge(parts, on_duplicate="rename").export(tmp_path / "out", target, save_media=True)
    written = dp.Dataset.import_from(tmp_path / "out", target)
    heights = {}
    for item in written:
        assert isinstance(item.media, dp.Image)
        heights[item.id.removesuffix(".jpg")] = item.media.pixels().shape[0]
    assert heights == {"a": 4, "a-2": 5}


def test_a_strict_export_refuses_what_a_merge_could_not_keep(tmp_path: Path) -> None:
    parts = [dp.Dataset.from_iterable([dp.Item("a", attributes={"n": n})], infos={"n": n}) for n in (1, 2)]
    merged = dp.Dataset.merge(parts, on_duplicate="first")
    with pytest.raises(dp.LossyConversionError) as caught:
        merged.export(tmp_path / "out", "datumpb", strict=True)
    one_line(caught.value, "item left out", "a of dataset 2", "info of the dataset")
    assert not list(tmp_path.iterdir())
    losses = merged.select(ids=["*"]).export(tmp_path / "out", "datumpb")
    assert sum(losses.counts.values()) == 2
    assert [item.attributes["n"] for item in dp.Dataset.import_from(tmp_path / "out")] == [1]


def test_nothing_is_written_where_a_label_is_not_there(original: dp.Dataset, tmp_path: Path) -> None:
    with pytest.raises(dp.OptionError, match=r"'cta' .did you mean 'cat'"):
        original.relabel(drop=["cta"]).export(tmp_path / "out", "coco")
    assert not (tmp_path / "out").exists()

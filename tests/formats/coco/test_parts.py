"""The parts of a subset: read in any process, they make the items that there are."""

from __future__ import annotations

import json
import pickle
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datumpb as dp
from bench.generate_coco import generate
from datumpb.dataset.source import DividedSource
from datumpb.errors import SourceFormatError
from datumpb.formats import coco
from datumpb.formats.coco import index, layout, reader
from tests.support import coco as support

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COUNT = 600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    instances = tmp_path / "coco" / "annotations" / "instances_train.json"
    instances.parent.mkdir(parents=True)
    generate(instances, COUNT)
    return tmp_path / "coco"


def _source(folder: Path) -> reader.CocoSource:
    return reader.CocoSource(layout.discover(folder))


def _sent(part: Any) -> Any:  # noqa: ANN401 -- a part
    return pickle.loads(pickle.dumps(part))  # noqa: S301 -- our own


def _change(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    (path,) = (folder / "annotations").iterdir()
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_parts_are_some_hundred_images_each(folder: Path) -> None:
    source = _source(folder)
    assert isinstance(source, DividedSource)
    items = [[*_sent(part).items()] for part in source.parts("train")]
    assert [len(part) for part in items] == [256, 256, 88]
    assert [item for part in items for item in part] == [*source.items("train")]
    assert max(len(pickle.dumps(part)) for part in source.parts("train")) < 100_000


@given(st.data(), st.integers(1, 4))
@settings(max_examples=40)
def test_any_files(data: st.DataObject, size: int) -> None:
    names = data.draw(st.lists(support.NAMES, unique=True, min_size=1, max_size=6))
    files = {
        f"annotations/{task}_x.json": data.draw(support.documents(task, names)) for task in ("instances", "captions")
    }
    with tempfile.TemporaryDirectory() as temporary, pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_ROWS", size)
        folder = support.make_folder(Path(temporary, "in"), files)
        expected, made = (
            _items_or_error(lambda: coco.read(folder).items("x")),
            _items_or_error(lambda: chain.from_iterable(_sent(part).items() for part in _source(folder).parts("x"))),
        )
        assert made == expected
        if not isinstance(expected, str):
            _assert_the_same_by_ids(folder, "x", expected, data.draw(st.sets(support.NAMES)))


@given(st.data(), st.booleans(), st.integers(1, 4))
@settings(max_examples=40)
def test_any_results(data: st.DataObject, with_images: bool, size: int) -> None:
    document = data.draw(support.documents("instances", ["a.jpg", "b.jpg", "c"]))
    ids = [image["id"] for image in document["images"]] if with_images else [7, 9, 2**40]
    categories = [entry["id"] for entry in document["categories"]] if with_images else []
    entries = st.lists(support.entries("instances", ids, categories), max_size=4) if ids else st.just([])
    files: dict[str, Any] = {"annotations/results_x.json": data.draw(entries)}
    if with_images:
        files["annotations/instances_x.json"] = document
    with tempfile.TemporaryDirectory() as temporary, pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_ROWS", size)
        folder = support.make_folder(Path(temporary, "in"), files)
        items = _items_or_error(lambda: coco.read(folder).items("x"))
        if not isinstance(items, str):
            wanted = st.sets(st.sampled_from([item.id for item in items])) if items else st.just(set[str]())
            _assert_the_same_by_ids(folder, "x", items, data.draw(wanted))


def _assert_the_same_by_ids(folder: Path, subset: str, items: list[dp.Item], wanted: set[str]) -> None:
    assert [item_id for part in _source(folder).parts(subset) for item_id in part.ids()] == [item.id for item in items]
    chosen = [item for part in _source(folder).parts(subset) for item in part.items(wanted.__contains__)]
    assert chosen == [item for item in items if item.id in wanted]


@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_some_of_many(folder: Path, every: int) -> None:
    items = [*_source(folder).items("train")]
    _assert_the_same_by_ids(folder, "train", items, {item.id for item in items[::every]})


def test_what_is_not_wanted_is_not_looked_at(folder: Path) -> None:
    def spoil(content: dict[str, Any]) -> None:
        bad = content["annotations"][0]
        bad["segmentation"] = [[1, 2, 3]]
        own = [image for image in content["images"] if image["id"] == bad["image_id"]]
        content["images"] = [image for image in content["images"][:20] if image not in own] + own
        kept = {image["id"] for image in content["images"]}
        content["annotations"] = [entry for entry in content["annotations"] if entry["image_id"] in kept]

    _change(folder, spoil)
    (part,) = _source(folder).parts("train")
    ids = [*part.ids()]
    assert [item.id for item in part.items(lambda item_id: item_id != ids[-1])] == ids[:-1]
    with pytest.raises(SourceFormatError, match="odd coordinate count"):
        [*part.items(lambda item_id: item_id == ids[-1])]


def _items_or_error(read: Callable[[], Iterable[dp.Item]]) -> list[dp.Item] | str:
    try:
        return [*read()]
    except SourceFormatError as error:
        return str(error)


@pytest.mark.parametrize("options", [{}, {"num_shards": 2}])
def test_with_workers(folder: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    written = []
    for workers in (1, 2):
        dp.Dataset.import_from(folder).export(tmp_path / f"{workers}", "datumpb", num_workers=workers, **options)
        files = sorted((tmp_path / f"{workers}" / "annotations").iterdir())
        written.append({file.name: file.read_bytes() for file in files})
    assert written[0] == written[1]


def test_the_first_error_is_the_same_with_workers(folder: Path, tmp_path: Path) -> None:
    def spoil(content: dict[str, Any]) -> None:
        by_image = {entry["image_id"]: entry for entry in content["annotations"]}
        with_objects = [image["id"] for image in content["images"] if image["id"] in by_image]
        by_image[with_objects[300]]["segmentation"] = [[1, 2, 3]]
        by_image[with_objects[500]]["bbox"] = "wide"

    _change(folder, spoil)
    found = []
    for workers in (1, 2):
        with pytest.raises(SourceFormatError, match="odd coordinate count") as caught:
            dp.Dataset.import_from(folder).export(tmp_path / "out", "datumpb", num_workers=workers)
        found.append(str(caught.value))
        assert not (tmp_path / "out").exists()
    assert found[0] == found[1]


def test_a_file_that_changes_before_its_part_is_read(folder: Path) -> None:
    parts = _source(folder).parts("train")
    part = _sent(next(parts))
    _change(folder, lambda content: content["images"].pop())
    with pytest.raises(SourceFormatError, match="changed while it was read"):
        next(part.items())
    (path,) = (folder / "annotations").iterdir()
    path.unlink()
    with pytest.raises(SourceFormatError, match="cannot read this file"):
        next(part.items())


def test_large_by_the_sizes_of_the_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = (folder / "annotations").iterdir()
    for limit, large in ((path.stat().st_size, True), (path.stat().st_size + 1, False)):
        monkeypatch.setattr(reader, "_LARGE", limit)
        assert _source(folder).is_large() == large
    source = _source(folder)
    path.unlink()
    assert not source.is_large()

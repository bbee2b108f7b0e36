"""COCO to items and back gives the same JSON data, whatever is in it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from datumpb.errors import SourceFormatError
from datumpb.formats import coco
from datumpb.formats.coco.layout import TASKS
from tests.support import coco as support

ASSETS = support.SHARED / "assets" / "coco_dataset"
FOLDERS = [support.SHARED / "coco128", *sorted(ASSETS.iterdir())] if ASSETS.is_dir() else []
INPUT_TASKS = [task for task in TASKS if task not in {"panoptic", "results"}]


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_shared_folder(folder: Path, tmp_path: Path) -> None:
    losses = support.convert(folder, tmp_path / "out", save_media=True)
    assert not losses.lines()
    support.assert_same_dataset(folder, tmp_path / "out")


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_items_of_the_result_are_those_of_the_source(folder: Path, tmp_path: Path) -> None:
    support.convert(folder, tmp_path / "out", save_media=True)
    source, result = coco.read(folder), coco.read(tmp_path / "out")
    assert result.subsets() == source.subsets()
    for subset in source.subsets():
        assert result.meta(subset) == source.meta(subset)
        pairs = list(zip(source.items(subset), result.items(subset), strict=True))
        for expected, actual in pairs:
            before, after = support.file_of(expected), support.file_of(actual)
            assert after.read() == before.read()
            after.path = before.path
            assert actual == expected
        assert len(pairs) == source.count(subset)


@given(st.data())
def test_any_documents(data: st.DataObject) -> None:
    tasks = data.draw(st.lists(st.sampled_from(INPUT_TASKS), unique=True, min_size=1, max_size=3))
    subsets = data.draw(st.sampled_from([["train"], ["train", "val 2"]]))
    names = data.draw(st.lists(support.NAMES, unique=True, min_size=1, max_size=6))
    files = {
        f"annotations/{task}_{subset}.json": data.draw(support.documents(task, names))
        for subset in subsets
        for task in tasks
    }
    _assert_round_trip(files)


@given(st.data())
def test_any_panoptic_pictures(data: st.DataObject) -> None:
    numbers = st.sampled_from([0, 1, 2, 7, 256, 65536, 2**24 - 1])
    files: dict[str, Any] = {}
    document = data.draw(support.documents("labels", ["a.jpg", "b/c.png", "d"]))
    document["annotations"] = []
    known = (
        st.sampled_from([entry["id"] for entry in document["categories"]]) if document["categories"] else support.IDS
    )
    for image in data.draw(st.permutations(document["images"])):
        if data.draw(st.booleans()):
            continue
        shape = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
        pixels = data.draw(st.lists(numbers, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
        name = data.draw(st.sampled_from([f"{image['id']}.png", Path(image["file_name"]).stem + ".png"]))
        assume(f"annotations/panoptic_x/{name}" not in files)
        files[f"annotations/panoptic_x/{name}"] = np.array(pixels, np.uint32).reshape(shape)
        segments = [
            data.draw(support.shapes().filter(lambda entry: "keypoints" not in entry and "segmentation" not in entry))
            | {"id": data.draw(numbers), "category_id": data.draw(known)}
            for _ in range(data.draw(st.integers(0, 3)))
        ]
        others: dict[str, Any] = data.draw(st.sampled_from([{}, {"x": [1]}, {"id": len(files)}]))
        document["annotations"].append(others | {"image_id": image["id"], "file_name": name, "segments_info": segments})
    files["annotations/panoptic_x.json"] = document
    if data.draw(st.booleans()):
        files["annotations/instances_x.json"] = data.draw(support.documents("instances", ["a.jpg", "d"]))
    _assert_round_trip(files)


@given(st.data(), st.booleans())
def test_any_results(data: st.DataObject, with_images: bool) -> None:
    document = data.draw(support.documents("instances", ["a.jpg", "b.jpg"]))
    ids = [image["id"] for image in document["images"]] if with_images else [7, 2**40]
    categories = [entry["id"] for entry in document["categories"]] if with_images else []
    entries = st.lists(support.entries("instances", ids, categories), max_size=4) if ids else st.just([])
    results = data.draw(entries)
    for entry in results:
        if data.draw(st.booleans()):
            entry |= {"score": data.draw(support.JSON), "caption": data.draw(support.JSON)}
        if data.draw(st.booleans()):
            del entry["id"]
    files: dict[str, Any] = {"annotations/results_x.json": results}
    if with_images:
        files["annotations/instances_x.json"] = document
    _assert_round_trip(files)


def _assert_round_trip(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = support.make_folder(Path(temporary) / "in", files)
        try:
            losses = support.convert(root, Path(temporary) / "out")
        except SourceFormatError as error:
            assert "an id of its own" in error.message  # noqa: PT017 -- the only thing wrong with such documents
            return
        assert not losses.lines()
        support.assert_same_dataset(root, Path(temporary) / "out")

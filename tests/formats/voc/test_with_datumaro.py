"""The real Datumaro and we read the same in each other's folders, and in real ones.

It runs in a Python of its own, which the variable DATUMPB_DATUMARO_PYTHON names, with Datumaro 1.13.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.formats import voc
from datumpb.model import rle
from tests.support.pictures import ASSETS
from tests.support.voc import export, rich_dataset

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = os.environ.get("DATUMPB_DATUMARO_PYTHON")
pytestmark = pytest.mark.skipif(PYTHON is None, reason="DATUMPB_DATUMARO_PYTHON names no Python with Datumaro")

TASKS = {
    None: "voc",
    "classification": "voc_classification",
    "detection": "voc_detection",
    "segmentation": "voc_segmentation",
    "layout": "voc_layout",
    "action": "voc_action",
}
DUMP = """
import json, sys
import datumaro as dm
path, name, mode = sys.argv[1:]
dataset = dm.Dataset.import_from(path, name, coordinate_mode=mode)
labels = [label.name for label in dataset.categories()[dm.AnnotationType.label]]
masks = dataset.categories().get(dm.AnnotationType.mask)
colours = masks and {key: [int(shade) for shade in colour] for key, colour in masks.colormap.items()}
found = {"labels": labels, "items": {}, "colours": colours}
for item in dataset:
    rows = []
    for one in item.annotations:
        label = None if one.label is None else labels[one.label]
        if one.type is dm.AnnotationType.bbox:
            rows.append(["box", label, [round(float(n), 2) for n in one.get_bbox()], one.attributes])
        elif one.type is dm.AnnotationType.mask:
            rows.append(["mask", label, one.group, one.image.astype(int).tolist()])
        else:
            rows.append([one.type.name, label])
    size = list(item.media.size) if item.media is not None and item.media.has_size else None
    found["items"][f"{item.subset}/{item.id}"] = {"size": size, "rows": sorted(rows, key=json.dumps)}
print(json.dumps(found))
"""
EXPORT = """
import sys
import numpy as np
import datumaro as dm
path, name, mode = sys.argv[1:]
person = {"pose": "Left", "truncated": True, "difficult": False, "occluded": True, "jumping": True, "walking": False}
labels = dm.LabelCategories.from_iterable([("background",), ("cat",), ("person",), ("head",)])
colours = dm.MaskCategories({0: (0, 0, 0), 1: (10, 200, 30), 2: (128, 0, 0), 3: (9, 9, 9)})
low, high = np.zeros((6, 8), bool), np.zeros((6, 8), bool)
low[1:4, 1:4] = high[3:, 5:] = True
shapes = [
    dm.Label(1), dm.Label(2),
    dm.Bbox(1, 2, 3, 3.25, label=2, group=1, attributes={**person, "score": "0.5"}),
    dm.Bbox(2, 2, 1, 1, label=3, group=1),
    dm.Bbox(5, 3, 2, 1, label=1, group=2, attributes={"difficult": True}),
    dm.Mask(low, label=2, group=1), dm.Mask(high, label=1, group=2, z_order=1),
]
picture = np.zeros((6, 8, 3), np.uint8)
items = [
    dm.DatasetItem("a", subset="train", media=dm.Image.from_numpy(picture), annotations=shapes),
    dm.DatasetItem("b c", subset="train", media=dm.Image.from_numpy(picture)),
    dm.DatasetItem("sub/d", subset="val", media=dm.Image.from_numpy(picture), annotations=shapes[2:4]),
]
categories = {dm.AnnotationType.label: labels, dm.AnnotationType.mask: colours}
dataset = dm.Dataset.from_iterable(items, categories=categories)
options = {"label_map": name} if name in {"voc_layout", "voc_action"} else {}  # else there are no parts and actions
dataset.export(path, name, save_media=True, coordinate_mode=mode, **options)
"""


def run(script: str, path: Path, task: str | None, *, one_based: bool = False) -> str:
    assert PYTHON is not None
    mode = "voc-one-based" if one_based else "dm-zero-based"
    command = [PYTHON, "-W", "ignore", "-c", script, str(path), TASKS[task], mode]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def theirs(path: Path, task: str | None, *, one_based: bool = False) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(run(DUMP, path, task, one_based=one_based).splitlines()[-1])


def ours(path: Path, task: str | None, *, one_based: bool = False) -> dict[str, Any]:
    """Read a folder, and say it as Datumaro does: missing flags and actions are false, labels of 0 are left out."""
    source = voc.read(path, task=task, one_based=one_based)
    categories = source.meta(source.subsets()[0]).categories
    labels = list(categories.labels or [])
    items = {}
    for subset in source.subsets():
        for item in source.items(subset):
            rows: list[list[Any]] = []
            for one in item.annotations:
                label = None if one.label is None else labels[one.label]
                name = None if label is None else label.name
                if isinstance(one, dp.Bbox):
                    flags = dict.fromkeys(["difficult", "truncated", "occluded"], False)
                    actions = dict.fromkeys(label.attributes if label and task in {None, "action"} else [], False)
                    kept = {key: value for key, value in one.attributes.items() if key != "voc"}
                    attributes = {**flags, **actions, **kept} if one.id else {}
                    rows.append(
                        ["box", name, [round(number, 2) for number in (one.x, one.y, one.w, one.h)], attributes]
                    )
                elif isinstance(one, dp.Mask):
                    pixels = rle.to_bitmap(one.counts, one.height, one.width).astype(int).tolist()
                    rows.append(["mask", name, one.id, pixels])
                elif "difficult" not in one.attributes:
                    rows.append(["label", name])
            media = item.media
            size = [media.height, media.width] if isinstance(media, dp.Image) and media.height else None
            items[f"{subset}/{item.id}"] = {"size": size, "rows": sorted(rows, key=json.dumps)}
    colours = categories.masks.colormap if categories.masks is not None else {}
    return {"labels": [label.name for label in labels], "items": items, "colours": colours}


def compare(path: Path, task: str | None, *, one_based: bool = False) -> None:
    found, expected = ours(path, task, one_based=one_based), theirs(path, task, one_based=one_based)
    if task is None:  # for some tasks Datumaro leaves labels out
        assert found["labels"] == expected["labels"]
    if expected["colours"] is not None:
        assert {str(key): list(colour) for key, colour in found["colours"].items()} == expected["colours"]
    if task in {"layout", "action"}:  # Datumaro reads nothing but persons for these tasks
        for item in found["items"].values():
            item["rows"] = [row for row in item["rows"] if row[1] in {"person", "background", "head", "hand", "foot"}]
    for item_id, item in expected["items"].items():
        if found["items"][item_id]["size"] is None:
            item["size"] = None  # Datumaro looks into the picture
    assert found["items"] == expected["items"]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("one_based", [False, True])
def test_datumaro_reads_what_is_written_here(task: str | None, one_based: bool, tmp_path: Path) -> None:
    dataset = rich_dataset(tmp_path)
    export(dataset, tmp_path / "out", save_media=True, task=task, one_based=one_based)
    compare(tmp_path / "out", task, one_based=one_based)
    everything = ours(tmp_path / "out", task, one_based=one_based)["items"]
    assert any(item["rows"] for item in everything.values())


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("one_based", [False, True])
def test_what_datumaro_writes_is_read_here(task: str | None, one_based: bool, tmp_path: Path) -> None:
    run(EXPORT, tmp_path / "theirs", task, one_based=one_based)
    compare(tmp_path / "theirs", task, one_based=one_based)
    everything = ours(tmp_path / "theirs", task, one_based=one_based)["items"]
    assert any(item["rows"] for item in everything.values())


@pytest.mark.skipif(not ASSETS.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", ["voc_dataset1", "voc_dataset2", "voc_dataset3"])
def test_the_same_is_read_of_real_folders(task: str | None, name: str) -> None:
    path = ASSETS / "voc_dataset" / name
    if not any((path / "ImageSets").glob(f"{voc.layout.TASKS.get(task or '', 'Main')}/*.txt")):
        pytest.skip("the folder has no lists of this task")
    compare(path, task)

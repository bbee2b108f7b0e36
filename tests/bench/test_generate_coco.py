"""The generator of the benchmark's data: the same file every time, and a COCO file."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pycocotools.coco import COCO

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "bench" / "generate_coco.py"
IMAGES = 300


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_coco", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate_coco"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generated(generator: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "instances_train2017.json"
    generator.generate(path, IMAGES)
    return path


@pytest.fixture(scope="module")
def data(generated: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(generated.read_text("utf-8"))
    return loaded


def test_same_seed_same_bytes(generator: ModuleType, generated: Path, tmp_path: Path) -> None:
    generator.generate(tmp_path / "same.json", IMAGES)
    generator.generate(tmp_path / "other.json", IMAGES, seed=1)
    assert (tmp_path / "same.json").read_bytes() == generated.read_bytes()
    assert (tmp_path / "other.json").read_bytes() != generated.read_bytes()


def test_same_bytes_on_every_machine(generated: Path) -> None:
    assert hashlib.sha256(generated.read_bytes()).hexdigest() == (
        "5f65964cbafafaa692737169db0c064db06c1750cdbbabf26989430820680688"
    )


def test_is_spaced_like_json_dump(generated: Path, data: dict[str, Any]) -> None:
    assert generated.read_text("utf-8") == json.dumps(data)


def test_has_the_proportions_of_coco(generated: Path, data: dict[str, Any]) -> None:
    objects = [annotation for annotation in data["annotations"] if not annotation["iscrowd"]]
    points = sum(len(polygon) // 2 for annotation in objects for polygon in annotation["segmentation"])
    assert len(data["images"]) == IMAGES
    assert len(data["categories"]) == 80
    assert 6.5 < len(data["annotations"]) / IMAGES < 8.5
    assert 0 < len(data["annotations"]) - len(objects) < 0.03 * len(data["annotations"])
    assert 21 < points / len(objects) < 27
    assert 540 < generated.stat().st_size / len(data["annotations"]) < 640


def test_ids_are_unique_and_scattered(data: dict[str, Any]) -> None:
    for kind in ("images", "annotations", "categories"):
        ids = [entry["id"] for entry in data[kind]]
        assert len(set(ids)) == len(ids)
    ids = [annotation["id"] for annotation in data["annotations"]]
    assert ids != sorted(ids)
    assert max(ids) > 2**31
    owners = [annotation["image_id"] for annotation in data["annotations"]]
    assert sum(first != second for first, second in itertools.pairwise(owners)) > len(owners) / 2


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own, with numpy 2
def test_pycocotools_agrees_with_areas_and_boxes(generated: Path, data: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(generated))
    sizes = {image["id"]: (image["width"], image["height"]) for image in data["images"]}
    crowds = 0
    for annotation in data["annotations"]:
        mask = coco.annToMask(annotation)
        x, y, width, height = annotation["bbox"]
        assert mask.shape[::-1] == sizes[annotation["image_id"]]
        assert x >= 0
        assert y >= 0
        assert x + width <= mask.shape[1] + 0.01
        assert y + height <= mask.shape[0] + 0.01
        if annotation["iscrowd"]:
            crowds += 1
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            assert annotation["area"] == mask.sum()
            assert annotation["bbox"] == [columns[0], rows[0], len(columns), rows[-1] - rows[0] + 1]
    assert crowds


def test_annotations_first_is_the_same_but_for_the_place(generator: ModuleType, tmp_path: Path) -> None:
    generator.generate(tmp_path / "first.json", 50, annotations_first=True)
    names = list(json.loads((tmp_path / "first.json").read_text("utf-8")))
    assert names == ["info", "licenses", "categories", "annotations", "images"]


def test_repeated_shapes_fit_their_images(generator: ModuleType, data: dict[str, Any], tmp_path: Path) -> None:
    generator.generate(tmp_path / "repeated.json", IMAGES, most_drawn=50)
    repeated = json.loads((tmp_path / "repeated.json").read_text("utf-8"))
    assert [one["id"] for one in repeated["annotations"]] == [one["id"] for one in data["annotations"]]
    assert [one["image_id"] for one in repeated["annotations"]] == [one["image_id"] for one in data["annotations"]]
    sizes = {image["id"]: (image["width"], image["height"]) for image in repeated["images"]}
    for annotation in repeated["annotations"]:
        x, y, width, height = annotation["bbox"]
        assert x + width <= sizes[annotation["image_id"]][0] + 0.01
        assert y + height <= sizes[annotation["image_id"]][1] + 0.01
    shapes = {json.dumps(annotation["segmentation"]) for annotation in repeated["annotations"]}
    assert len(shapes) < 80

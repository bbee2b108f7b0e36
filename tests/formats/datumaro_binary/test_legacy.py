"""What the real Datumaro exported, compared with the same data as it exports it to JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.model.media import media_refs
from tests.support.binary import LEGACY, open_dataset

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not LEGACY.is_dir(), reason="../shared/data is not here")

VERSIONS = ["datumaro-1.11.1", "datumaro-1.13.12"]
KINDS = {
    "label": dp.Label,
    "mask": dp.Mask,
    "points": dp.Points,
    "polygon": dp.Polygon,
    "polyline": dp.PolyLine,
    "bbox": dp.Bbox,
    "caption": dp.Caption,
    "cuboid_3d": dp.Cuboid3d,
    "ellipse": dp.Ellipse,
    "cuboid_2d": dp.Cuboid2d,
}


def singles(values: Any) -> np.ndarray:  # noqa: ANN401 -- JSON
    return np.array(values, np.float32).reshape(-1)


def compare(found: dp.Annotation, wanted: dict[str, Any]) -> None:
    kind = wanted["type"]
    assert type(found) is KINDS[kind]
    assert (found.id, found.group, found.attributes) == (wanted["id"], wanted["group"], wanted["attributes"])
    assert found.object_id == wanted.get("object_id")
    assert found.label == wanted.get("label_id")
    assert found.z_order == wanted.get("z_order", 0)
    if isinstance(found, dp.Mask):
        assert [found.height, found.width] == wanted["rle"]["size"]
        assert found.counts == wanted["rle"]["counts"].encode()
    elif isinstance(found, dp.Bbox):
        assert [found.x, found.y, found.w, found.h] == wanted["bbox"]
    elif isinstance(found, dp.Caption):
        assert found.caption == wanted["caption"]
    elif isinstance(found, dp.Cuboid3d):
        for name in ("position", "rotation", "scale"):
            np.testing.assert_array_equal(getattr(found, name), singles(wanted[name]))
    elif isinstance(found, dp.Ellipse):
        assert [found.x1, found.y1, found.x2, found.y2] == wanted["points"]
    elif not isinstance(found, dp.Label):
        np.testing.assert_array_equal(found.points.reshape(-1), singles(wanted["points"]))  # type: ignore[attr-defined]
    if isinstance(found, dp.Points):
        assert found.visibility.tolist() == wanted["visibility"]


def key_of(folder: Path) -> str | None:
    file = folder / "secret_key.txt"
    return file.read_text() if file.exists() else None


@pytest.mark.parametrize("kind", ["image", "pcd"])
@pytest.mark.parametrize("version", ["datumaro-1.11.1-plain", "datumaro-1.11.1-enc", "datumaro-1.13.12-plain"])
def test_the_same_as_in_json(version: str, kind: str) -> None:
    folder = LEGACY / version / f"{kind}-binary"
    twin = LEGACY / version.replace("-enc", "-plain") / f"{kind}-json" / "annotations"
    dataset = open_dataset(folder, key_of(folder))
    subsets = dataset.subsets()
    assert sorted(subsets) == sorted(file.stem for file in twin.iterdir())
    for name, subset in subsets.items():
        document = json.loads((twin / f"{name}.json").read_bytes())
        assert subset.infos() == document["infos"]
        compare_categories(subset.categories(), document["categories"])
        items = list(subset)
        assert [item.id for item in items] == [entry["id"] for entry in document["items"]]
        for item, entry in zip(items, document["items"], strict=True):
            assert item.subset == name
            assert item.attributes == entry.get("attr", {})
            compare_media(item.media, entry, name)
            assert subset.get(item.id) == item
            for found, wanted in zip(item.annotations, entry["annotations"], strict=True):
                compare(found, wanted)


def compare_categories(found: dp.Categories, wanted: dict[str, Any]) -> None:
    assert found.labels is not None
    names = [(label.name, label.parent, label.attributes) for label in found.labels]
    assert names == [(label["name"], label["parent"], label["attributes"]) for label in wanted["label"]["labels"]]
    assert found.labels.attributes == wanted["label"]["attributes"]
    if "mask" in wanted:
        assert found.masks is not None
        colors = {entry["label_id"]: (entry["r"], entry["g"], entry["b"]) for entry in wanted["mask"]["colormap"]}
        assert found.masks.colormap == colors
        assert found.points is not None
        (points,) = wanted["points"]["items"]
        assert found.points.items[0].labels == points["labels"]
        assert found.points.items[0].joints == [tuple(joint) for joint in points["joints"]]
        assert found.points.items[0].positions is None


def compare_media(found: dp.Media | None, wanted: dict[str, Any], subset: str) -> None:
    if "image" in wanted:
        assert isinstance(found, dp.Image)
        assert [found.height, found.width] == wanted["image"]["size"]
        path = f"images/{subset}/{wanted['image']['path']}"
    else:
        assert isinstance(found, dp.PointCloud)
        path = f"point_clouds/{subset}/{wanted['point_cloud']['path']}"
    assert found.file is not None
    assert found.file.path == path
    twin = LEGACY / "datumaro-1.11.1-plain" / ("image-json" if "image" in wanted else "pcd-json")
    assert found.file.read() == (twin / path).read_bytes()


def test_both_numbers_of_a_cuboid() -> None:
    found = []
    for version in VERSIONS:
        item = open_dataset(LEGACY / f"{version}-plain" / "image-binary").get("c")
        assert item is not None
        found.append(item.annotations[1])
    assert isinstance(found[0], dp.Cuboid2d)
    assert found[0] == found[1]


def test_an_old_encrypted_dataset_becomes_ours(tmp_path: Path) -> None:
    for kind in ("image", "pcd"):
        old, new = LEGACY / "datumaro-1.11.1-enc" / f"{kind}-binary", tmp_path / kind
        key = key_of(old)
        source = dp.Dataset.import_from(old, encryption_key=key)
        losses = source.export(new, "datumpb", save_media=True, encryption=True, encryption_key=key)
        assert not losses
        result = dp.Dataset.import_from(new, encryption_key=key)
        assert result.categories() == source.categories()
        for before, after in zip(source, result, strict=True):
            assert after.annotations == before.annotations
            assert after.attributes == before.attributes
            refs = media_refs(after.media)
            assert refs
            assert all(ref.encrypted for ref in refs)
            assert [ref.read() for ref in refs] == [ref.read() for ref in media_refs(before.media)]

"""The real Datumaro reads what is written here, and what it writes then is the same again.

It runs in a Python of its own, which the variable DATUMPB_DATUMARO_PYTHON names: 1.13 for plain datasets, 1.11 for
encrypted ones.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.model import rle
from datumpb.model.media import media_refs
from tests.support import binary
from tests.support.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = os.environ.get("DATUMPB_DATUMARO_PYTHON")
pytestmark = pytest.mark.skipif(PYTHON is None, reason="DATUMPB_DATUMARO_PYTHON names no Python with Datumaro")

SCRIPT = """
import sys
import datumaro
source, target, key = sys.argv[1:]
options = {"encryption_key": key.encode()} if key else {}
dataset = datumaro.Dataset.import_from(source, "datumaro_binary", **options)
for item in dataset:
    if item.media is not None:
        assert item.media.data is not None, item
dataset.export(target, "datumaro_binary", save_media=True, **options)
"""
BITS = np.indices((5, 7)).sum(0) % 3 == 0
COMMON: dict[str, Any] = {"id": 2**40, "group": -(2**40), "object_id": 5, "attributes": {"a": [1, 2.5, None, "é", {}]}}
ANNOTATIONS = [
    dp.Label(label=1, **COMMON),
    dp.Mask(5, 7, rle.from_bitmap(BITS), label=0, z_order=3, **COMMON),
    dp.Points(np.arange(6) / 4, np.array([0, 1, 2]), label=1, **COMMON),
    dp.Polygon(np.arange(8) / 4, label=1, z_order=-1, **COMMON),
    dp.PolyLine(np.arange(8) / 4, **COMMON),
    dp.Bbox(1.25, 2.5, 3, 4.75, label=1, z_order=2, **COMMON),
    dp.Caption("“naïve” 犬", **COMMON),
    dp.Cuboid3d(np.arange(3), np.arange(3) / 4, np.arange(1, 4), label=1, **COMMON),
    dp.Ellipse(1, 2, 3.5, 4, label=1, **COMMON),
    dp.Cuboid2d(np.arange(16) / 4, label=1, z_order=1, **COMMON),
    dp.Polygon(np.arange(6)),
]
CATEGORIES = dp.Categories(
    dp.LabelCategories(
        [dp.LabelCategory("cat", "pet", ["a", "b"]), dp.LabelCategory("dog")],
        [dp.LabelGroup("pets", ["cat", "dog"], dp.LabelGroupType.RESTRICTED)],
        ["c"],
    ),
    dp.MaskCategories({0: (0, 128, 255), 1: (1, 2, 3)}),
    dp.PointsCategories({1: dp.PointsCategory(["nose", "tail"], [(1, 2)])}),
)
CLOUD = b"""# .PCD v.7
VERSION .7
FIELDS x y z
SIZE 4 4 4
TYPE F F F
COUNT 1 1 1
WIDTH 1
HEIGHT 1
VIEWPOINT 0 0 0 1 0 0 0
POINTS 1
DATA ascii
1 2 3
"""


@pytest.fixture
def picture(tmp_path: Path) -> dp.MediaRef:
    file = tmp_path / "picture.png"
    PIL.Image.fromarray(np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)).save(file)
    return dp.MediaRef(str(file))


@pytest.fixture(scope="session")
def version() -> str:
    assert PYTHON is not None
    command = [PYTHON, "-c", "import importlib.metadata as m; print(m.version('datumaro'))"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def through_datumaro(
    folder: Path, items: list[dp.Item], media_type: dp.MediaType, key: str | None = None
) -> tuple[dp.Dataset, dp.Dataset]:
    """Return the dataset as it was written here, and as Datumaro wrote it after it read that."""
    dataset = dp.Dataset.from_iterable(items, infos={"a": [1, None]}, categories=CATEGORIES, media_type=media_type)
    options: dict[str, Any] = {"encryption": True, "encryption_key": key} if key else {}
    losses = dataset.export(folder / "ours", "datumaro_binary", save_media=True, **options)
    assert set(losses.counts) <= {"encryption of media that are not images: they are saved in the clear"}
    assert PYTHON is not None
    command = [PYTHON, "-W", "ignore", "-c", SCRIPT, str(folder / "ours"), str(folder / "theirs"), key or ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return binary.open_dataset(folder / "ours", key), binary.open_dataset(folder / "theirs", key)


def compare(ours: dp.Dataset, theirs: dp.Dataset, items: list[dp.Item]) -> None:
    assert theirs.categories() == ours.categories() == CATEGORIES
    assert theirs.infos() == ours.infos()
    assert theirs.media_type() is ours.media_type()
    assert len(theirs) == len(items)
    for item in items:
        found = theirs.get(item.id, item.subset)
        assert found is not None
        assert found.annotations == item.annotations
        assert found.attributes == item.attributes
        assert type(found.media) is type(item.media)
        assert [ref.read() for ref in media_refs(found.media)] == [ref.read() for ref in media_refs(item.media)]


def items_with(media: list[dp.Media | None]) -> list[dp.Item]:
    return [
        dp.Item(f"{subset}/é {number}", subset, one, {"a": {"b": number}}, ANNOTATIONS if number == 0 else [])
        for subset in ("train", "val")
        for number, one in enumerate(media)
    ]


@pytest.mark.parametrize("key", [None, KEY])
def test_images(key: str | None, version: str, picture: dp.MediaRef, tmp_path: Path) -> None:
    if version.startswith("1.11.") is not (key is not None):
        pytest.skip(f"Datumaro {version} is not the version to compare this with")
    items = items_with([dp.Image(picture, 5, 7), dp.Image(picture), None])
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.IMAGE, key)
    compare(ours, theirs, items)


@pytest.mark.parametrize("key", [None, KEY])
def test_point_clouds(key: str | None, version: str, picture: dp.MediaRef, tmp_path: Path) -> None:
    if version.startswith("1.11.") is not (key is not None):
        pytest.skip(f"Datumaro {version} is not the version to compare this with")
    (tmp_path / "cloud.pcd").write_bytes(CLOUD)
    cloud = dp.MediaRef(str(tmp_path / "cloud.pcd"))
    items = items_with([dp.PointCloud(cloud, [dp.Image(picture), dp.Image(picture, 5, 7)]), dp.PointCloud(cloud)])
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.POINT_CLOUD, key)
    compare(ours, theirs, items)


def test_images_without_files(version: str, tmp_path: Path) -> None:
    if version.startswith("1.11."):
        pytest.skip(f"Datumaro {version} is not the version to compare this with")
    dataset = dp.Dataset.from_iterable([dp.Item("a", "t", dp.Image(None, 3, 4)), dp.Item("b", "t", dp.Image())])
    dataset.export(tmp_path / "out", "datumaro_binary")
    script = SCRIPT.replace("is not None, item", "is None, item").replace("save_media=True", "save_media=False")
    command = [str(PYTHON), "-W", "ignore", "-c", script, str(tmp_path / "out"), str(tmp_path / "theirs"), ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr

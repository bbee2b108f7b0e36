"""The real Datumaro reads what is written here, and what it writes then is the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from tests.support import binary, real_datumaro
from tests.support.real_datumaro import CATEGORIES, compare, items_with
from tests.support.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = real_datumaro.needs_datumaro

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


@pytest.fixture(scope="session")
def version() -> str:
    return real_datumaro.version()


def through_datumaro(
    folder: Path, items: list[dp.Item], media_type: dp.MediaType, key: str | None = None
) -> tuple[dp.Dataset, dp.Dataset]:
    """Return the dataset as it was written here, and as Datumaro wrote it after it read that."""
    dataset = dp.Dataset.from_iterable(items, infos={"a": [1, None]}, categories=CATEGORIES, media_type=media_type)
    options: dict[str, Any] = {"encryption": True, "encryption_key": key} if key else {}
    losses = dataset.export(folder / "ours", "datumaro_binary", save_media=True, **options)
    assert set(losses.counts) <= {"encryption of media that are not images: they are saved in the clear"}
    real_datumaro.run(SCRIPT, folder / "ours", folder / "theirs", key or "")
    return binary.open_dataset(folder / "ours", key), binary.open_dataset(folder / "theirs", key)


@pytest.mark.parametrize("key", [None, KEY])
def test_images(key: str | None, version: str, tmp_path: Path) -> None:
    if version.startswith("1.11.") is not (key is not None):
        pytest.skip(f"Datumaro {version} is not the version to compare this with")
    picture = real_datumaro.picture(tmp_path)
    items = items_with([dp.Image(picture, 5, 7), dp.Image(picture), None])
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.IMAGE, key)
    compare(ours, theirs, items)


@pytest.mark.parametrize("key", [None, KEY])
def test_point_clouds(key: str | None, version: str, tmp_path: Path) -> None:
    if version.startswith("1.11.") is not (key is not None):
        pytest.skip(f"Datumaro {version} is not the version to compare this with")
    picture, cloud = real_datumaro.picture(tmp_path), real_datumaro.cloud(tmp_path)
    items = items_with([dp.PointCloud(cloud, [dp.Image(picture), dp.Image(picture, 5, 7)]), dp.PointCloud(cloud)])
    ours, theirs = through_datumaro(tmp_path, items, dp.MediaType.POINT_CLOUD, key)
    compare(ours, theirs, items)


def test_images_without_files(version: str, tmp_path: Path) -> None:
    if version.startswith("1.11."):
        pytest.skip(f"Datumaro {version} is not the version to compare this with")
    dataset = dp.Dataset.from_iterable([dp.Item("a", "t", dp.Image(None, 3, 4)), dp.Item("b", "t", dp.Image())])
    dataset.export(tmp_path / "out", "datumaro_binary")
    script = SCRIPT.replace("is not None, item", "is None, item").replace("save_media=True", "save_media=False")
    real_datumaro.run(script, tmp_path / "out", tmp_path / "theirs", "")

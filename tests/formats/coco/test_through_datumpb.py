"""COCO to datumpb and back gives the same JSON data, plain and encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.registry import find_format
from tests.support import coco as support
from tests.support.exports import export_as

if TYPE_CHECKING:
    from pathlib import Path

ASSETS = support.SHARED / "assets" / "coco_dataset"
FOLDERS = [support.SHARED / "coco128", *sorted(ASSETS.iterdir())] if ASSETS.is_dir() else []


@pytest.mark.skipif(not FOLDERS, reason="../shared/data is not here")
@pytest.mark.parametrize("encryption", [False, True], ids=["plain", "encrypted"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_shared_folder(folder: Path, encryption: bool, tmp_path: Path) -> None:
    coco, datumpb = find_format("coco"), find_format("datumpb")
    options: dict[str, object] = {"save_media": True, "encryption": encryption}
    assert not export_as("datumpb", coco.read(folder, {}), tmp_path / "datumpb", **options)
    key = (tmp_path / "datumpb" / "secret_key.txt").read_text().strip() if encryption else None
    source = datumpb.read(tmp_path / "datumpb", {"encryption_key": key})
    assert not export_as("coco", source, tmp_path / "coco", save_media=True)
    support.assert_same_dataset(folder, tmp_path / "coco")
    copied = sorted(path.read_bytes() for path in (tmp_path / "coco" / "images").rglob("*.jpg"))
    assert copied == sorted(path.read_bytes() for path in folder.rglob("*.jpg"))

"""What every format's writer is asked: strictness and what becomes of media."""

from __future__ import annotations

import errno
import os
import struct
from typing import TYPE_CHECKING, NoReturn

import pytest

import datumpb as dp
from datumpb.dataset.export import Export, SaveMedia
from tests.support.pictures import picture

if TYPE_CHECKING:
    from pathlib import Path

PICTURES = ["coco", "datumpb", "datumaro_binary", "image_dir", "imagenet", "yolo"]


@pytest.fixture
def source(tmp_path: Path) -> dp.Dataset:
    (tmp_path / "in" / "cat").mkdir(parents=True)
    (tmp_path / "in" / "cat" / "a.png").write_bytes(picture(6, 4))
    return dp.Dataset.import_from(tmp_path / "in", "imagenet")


def picture_of(folder: Path) -> Path:
    (found,) = folder.rglob("*.png")
    return found


def test_save_media_is_true_or_false() -> None:
    assert [bool(kind) for kind in SaveMedia] == [False, True, True]
    assert not Export().save_media
    assert Export().losses == dp.LossReport()


@pytest.mark.parametrize("name", PICTURES)
def test_linked_media_are_the_same_file(source: dp.Dataset, tmp_path: Path, name: str) -> None:
    original = tmp_path / "in" / "cat" / "a.png"
    source.export(tmp_path / "copied", name, save_media="copy")
    assert not picture_of(tmp_path / "copied").samefile(original)
    source.export(tmp_path / "linked", name, save_media="link")
    assert picture_of(tmp_path / "linked").samefile(original)
    assert picture_of(tmp_path / "copied").read_bytes() == original.read_bytes()
    (item,) = dp.Dataset.import_from(tmp_path / "linked", name)
    assert isinstance(item.media, dp.Image)
    assert item.media.pixels().shape[:2] == (4, 6)


@pytest.mark.parametrize("name", ["coco", "datumpb"])
def test_what_is_no_plain_file_is_copied(source: dp.Dataset, tmp_path: Path, name: str) -> None:
    key = dp.generate_key()
    source.export(tmp_path / "encrypted", "datumpb", save_media=True, encryption=True, encryption_key=key)
    dataset = dp.Dataset.import_from(tmp_path / "encrypted", encryption_key=key)
    assert not dataset.export(tmp_path / "out", name, save_media="link")
    original = tmp_path / "in" / "cat" / "a.png"
    assert picture_of(tmp_path / "out").read_bytes() == original.read_bytes()
    assert not picture_of(tmp_path / "out").samefile(original)


@pytest.mark.parametrize("name", ["coco", "datumpb"])
def test_a_linked_file_has_to_be_the_one_that_is_meant(source: dp.Dataset, tmp_path: Path, name: str) -> None:
    source.export(tmp_path / "plain", "datumpb", save_media=True)
    file = picture_of(tmp_path / "plain")
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with pytest.raises(dp.MediaMismatchError):
        dp.Dataset.import_from(tmp_path / "plain").export(tmp_path / "out", name, save_media="link")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["coco", "datumpb"])
def test_links_that_are_not_possible(
    source: dp.Dataset, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_disk(*_: object) -> NoReturn:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", other_disk)
    with pytest.raises(dp.MediaError, match=r"cannot be linked .*copy media instead"):
        source.export(tmp_path / "out", name, save_media="link")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["datumpb", "datumaro_binary"])
def test_links_cannot_be_encrypted(source: dp.Dataset, tmp_path: Path, name: str) -> None:
    with pytest.raises(dp.OptionError, match="linked"):
        source.export(tmp_path / "out", name, save_media="link", encryption=True)
    source.export(tmp_path / "out", name, save_media="link", encryption=True, no_media_encryption=True)
    assert picture_of(tmp_path / "out").samefile(tmp_path / "in" / "cat" / "a.png")


def test_other_values_of_save_media(source: dp.Dataset, tmp_path: Path) -> None:
    with pytest.raises(dp.OptionError, match="'move'"):
        source.export(tmp_path / "out", "datumpb", save_media="move")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["coco", "yolo", "imagenet", "image_dir", "datumaro_binary"])
def test_a_strict_export_writes_all_or_nothing(tmp_path: Path, name: str) -> None:
    lossy = dp.RotatedBbox(1, 2, 3, 4, 5, label=0, attributes={"wet": True})
    item = dp.Item("a", media=dp.Image.from_bytes(picture(9, 9), 9, 9), annotations=[lossy, lossy])
    dataset = dp.Dataset.from_iterable([item], categories=["cat"])
    report = dataset.export(tmp_path / "lossy", name, save_media=True)
    assert report
    with pytest.raises(dp.LossyConversionError, match="2 x ") as caught:
        dataset.export(tmp_path / "out", name, save_media=True, strict=True)
    assert caught.value.losses == report.lines()
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", PICTURES)
def test_a_strict_export_that_loses_nothing(tmp_path: Path, name: str) -> None:
    item = dp.Item("cat/a" if name == "imagenet" else "a", media=dp.Image.from_bytes(picture(2, 2), 2, 2))
    if name == "imagenet":
        item.annotations.append(dp.Label(label=0))
    categories = ["cat"] if name == "imagenet" else None
    dataset = dp.Dataset.from_iterable([item], categories=categories)
    assert not dataset.export(tmp_path / "out", name, save_media=True, strict=True)
    assert (tmp_path / "out").is_dir()


def test_strict_with_overwrite_keeps_the_old_output(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a", attributes={"n": struct.pack("<i", 7)})])
    dp.Dataset.from_iterable([dp.Item("b")]).export(tmp_path, "coco")
    before = sorted(file.read_bytes() for file in tmp_path.rglob("*.json"))
    with pytest.raises(dp.LossyConversionError):
        dataset.export(tmp_path, "coco", overwrite=True, strict=True)
    assert sorted(file.read_bytes() for file in tmp_path.rglob("*.json")) == before

"""Media saved by worker processes: the same files, losses and errors as by one. What is saved: test_directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.formats import datumpb
from tests.support.datasets import everything
from tests.support.media_kinds import media_items
from tests.support.samples import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Tree = Callable[[Path], dict[str, bytes | None]]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 500)


def pictures(folder: Path, count: int = 40) -> list[dp.Item]:
    """Make items with a picture each, of the same few names in different folders."""
    items = []
    for number in range(count):
        path = folder / f"{number // 10}" / f"{number % 10}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"picture {number}".encode() * 50)
        items.append(dp.Item(f"{number:03}", "train", dp.Image(dp.MediaRef(str(path)), 4, 5), {"text": "x" * 90}))
    return items


def stored(folder: Path, items: list[dp.Item], **options: Any) -> Path:  # noqa: ANN401 -- options of the format
    """Write a dataset with its media; return its folder."""
    dp.Dataset.from_iterable(items).export(folder / "in", "datumpb", save_media=True, **options)
    return folder / "in"


def exported(source: Path, output: Path, workers: int, **options: Any) -> tuple[dict[str, int], dict[str, str]]:  # noqa: ANN401 -- options of the format
    """Write a dataset once more with its media; return what was lost."""
    losses = dp.Dataset.import_from(source).export(
        output, "datumpb", num_workers=workers, **{"save_media": True, **options}
    )
    return dict(losses.counts), losses.examples


@pytest.mark.parametrize("save_media", [True, "link"])
def test_the_same_files(tmp_path: Path, tree: Tree, save_media: bool | str) -> None:
    source = stored(tmp_path, [*pictures(tmp_path / "from"), *media_items(tmp_path / "from", "train")])
    for workers in (1, 2):
        assert exported(source, tmp_path / f"{workers}", workers, save_media=save_media) == ({}, {})
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
    assert sum(path.is_file() for path in (tmp_path / "2").rglob("*")) > 50
    read = everything(datumpb.read(tmp_path / "2"))["train"]
    chunks = [
        b"".join(item.media.file.chunks()) for item in read if isinstance(item.media, dp.Image) and item.media.file
    ]
    assert chunks[7] == b"picture 7" * 50


def test_encrypted(tmp_path: Path, tree: Tree) -> None:
    source = stored(tmp_path, pictures(tmp_path / "from"))
    for workers in (1, 2):
        exported(source, tmp_path / f"{workers}", workers, encryption=True, encryption_key=KEY)
    found = [[*dp.Dataset.import_from(tmp_path / f"{workers}", encryption_key=KEY)] for workers in (1, 2)]
    assert found[0] == found[1]
    for number, item in enumerate(found[1]):
        assert isinstance(item.media, dp.Image)
        assert item.media.file is not None
        assert item.media.file.path is not None
        assert item.media.file.encrypted
        assert b"".join(item.media.file.chunks()) == f"picture {number}".encode() * 50
        assert b"picture" not in (tmp_path / "2" / item.media.file.path).read_bytes()
    dataset = dp.Dataset.import_from(tmp_path / "2", encryption_key=KEY)
    dataset.export(tmp_path / "plain", "datumpb", save_media=True, num_workers=2)
    assert tree(tmp_path / "plain") == tree(source)


def test_what_cannot_be_had_is_counted_in_the_order_of_items(tmp_path: Path, tree: Tree) -> None:
    source = stored(tmp_path, pictures(tmp_path / "from"))
    for number in (38, 3, 17):
        (source / "images" / "train" / f"{number:03}.jpg").unlink()
    found = [exported(source, tmp_path / f"{workers}", workers) for workers in (1, 2)]
    assert found[0] == found[1]
    assert found[1][0] == {"media file that is missing": 3}
    assert "'003'" in found[1][1]["media file that is missing"]
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
    for workers in (1, 2):
        dataset = dp.Dataset.import_from(source)
        with pytest.raises(dp.LossyConversionError, match="3 x media file"):
            dataset.export(tmp_path / "strict", "datumpb", save_media=True, strict=True, num_workers=workers)
    assert not (tmp_path / "strict").exists()


def test_the_first_error_is_the_same(tmp_path: Path) -> None:
    source = stored(tmp_path, pictures(tmp_path / "from"))
    for number in (21, 30):
        (source / "images" / "train" / f"{number:03}.jpg").write_bytes(b"another picture")
    texts = []
    for workers in (1, 2):
        with pytest.raises(dp.MediaError) as caught:
            exported(source, tmp_path / "out", workers)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    assert "021.jpg" in texts[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["from", "in"]


@pytest.mark.parametrize("workers", [1, 2])
def test_two_files_for_one_place(tmp_path: Path, workers: int) -> None:
    items = pictures(tmp_path / "from")
    image = items[0].media
    assert isinstance(image, dp.Image)
    cloud = dp.MediaRef(str(tmp_path / "cloud.pcd"))
    (tmp_path / "cloud.pcd").write_bytes(b"points")
    items[5] = dp.Item("z", "train", dp.PointCloud(cloud, [image]), items[5].attributes)
    items[35] = dp.Item("z/extra_image_0", "train", image, items[35].attributes)
    dp.Dataset.from_iterable(items).export(tmp_path / "in", "datumpb")
    for item in items:  # where they are not saved, their places are named all the same
        if isinstance(item.media, dp.Image) and item.media.file is not None:
            place = tmp_path / "in" / "images" / "train" / f"{item.id}.jpg"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"picture")
    (tmp_path / "in" / "point_clouds" / "train").mkdir(parents=True)
    (tmp_path / "in" / "point_clouds" / "train" / "z.pcd").write_bytes(b"points")
    with pytest.raises(dp.MediaPathError, match="need this place"):
        exported(tmp_path / "in", tmp_path / "out", workers)
    assert not (tmp_path / "out").exists()

"""COCO written with worker processes: the same bytes, the same losses and the same errors."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datumpb as dp
from bench.generate_coco import generate
from datumpb.dataset.export import Export, SaveMedia
from datumpb.errors import DatumpbError, InvalidItemError, MediaPathError
from datumpb.formats import coco, datumpb
from datumpb.formats.coco import index
from datumpb.formats.coco.writer import SubsetWriter
from datumpb.model import rle
from tests.support import coco as support
from tests.support.here_workers import HereWorkers
from tests.support.media_kinds import media_items
from tests.support.pictures import picture

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from datumpb.dataset.source import DatasetSource


class Written(NamedTuple):
    """What an export left behind."""

    files: dict[str, bytes]
    losses: Counter[str]
    examples: dict[str, str]
    error: tuple[type[Exception], str] | None


def written(source: DatasetSource, workers: HereWorkers | None, save: SaveMedia = SaveMedia.NO) -> Written:
    """Write a dataset, by workers where there are some."""
    export, error = Export(save, workers=workers), None  # type: ignore[arg-type]  # what stands in for them
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "out")
        try:
            coco.write(source, folder, export)
        except DatumpbError as raised:
            error = type(raised), str(raised).replace(temporary, "")
        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        contents = {name: path.read_bytes() for name, path in files.items()}
    return Written(contents, export.losses.counts, export.losses.examples, error)


@pytest.fixture
def accepted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note which drafts are accepted."""
    found: list[bool] = []
    real = SubsetWriter.add_draft

    def noted(*args: Any) -> bool:  # noqa: ANN401 -- of `add_draft`
        found.append(real(*args))
        return found[-1]

    monkeypatch.setattr(SubsetWriter, "add_draft", noted)
    return found


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1500)


def stored(folder: Path, items: Iterable[dp.Item], save_media: bool = False) -> DatasetSource:
    """Write items as datumpb, in several blocks, and open that."""
    dataset = dp.Dataset.from_iterable(items, categories=["cat", "dog"])
    dataset.export(folder, "datumpb", save_media=save_media)
    source = datumpb.read(folder)
    assert len([*source.parts("train")]) > 3  # type: ignore[attr-defined]  # it is on this machine
    return source


def some(count: int, **fields: Any) -> list[dp.Item]:  # noqa: ANN401 -- of polygons
    """Make items, each with an outline, with ids of their own where nothing else is said."""
    random = np.random.default_rng(0)
    return [
        dp.Item(
            f"{number:03}",
            "train",
            dp.Image(dp.MediaRef(f"{number:03}.jpg"), 480, 640),
            {"id": number + 7},
            [dp.Polygon(random.integers(0, 40000, (20, 2)) / 100, label=1, **{"id": 2 * number + 1, **fields})],
        )
        for number in range(count)
    ]


def test_worker_processes(tmp_path: Path) -> None:
    instances = tmp_path / "coco" / "annotations" / "instances_train.json"
    instances.parent.mkdir(parents=True)
    generate(instances, 300)
    dp.Dataset.import_from(tmp_path / "coco").export(tmp_path / "datumpb", "datumpb")
    files = []
    for name, workers in (("coco", 1), ("coco", 2), ("datumpb", 1), ("datumpb", 2)):
        target = tmp_path / f"{name}-{workers}"
        assert not dp.Dataset.import_from(tmp_path / name).export(target, "coco", num_workers=workers)
        files.append((target / "annotations" / "instances_train.json").read_bytes())
    assert files == [files[0]] * 4
    support.assert_same_dataset(tmp_path / "coco", tmp_path / "datumpb-2")


@given(st.data(), st.integers(1, 3))
@settings(max_examples=60)
def test_any_files(data: st.DataObject, size: int) -> None:
    names = data.draw(st.lists(support.NAMES, unique=True, min_size=1, max_size=6))
    tasks = data.draw(st.lists(st.sampled_from(["instances", "captions", "person_keypoints"]), min_size=1, unique=True))
    files = {f"annotations/{task}_x.json": data.draw(support.documents(task, names)) for task in tasks}
    with tempfile.TemporaryDirectory() as temporary, pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "_ROWS", size)
        folder = support.make_folder(Path(temporary, "in"), files)
        assert written(coco.read(folder), HereWorkers()) == written(coco.read(folder), None)


def test_ids_of_their_own(tmp_path: Path, accepted: list[bool]) -> None:
    source, workers = stored(tmp_path / "in", some(60)), HereWorkers()
    assert written(source, workers) == written(source, None)
    assert accepted == [True] * workers.sent
    assert workers.sent > 3


def test_no_ids_at_all(tmp_path: Path, accepted: list[bool]) -> None:
    source, workers = stored(tmp_path / "in", some(60, id=0)), HereWorkers()
    assert written(source, workers) == written(source, None)
    assert accepted == []
    assert workers.sent == 1  # it is seen that drafts are of no use


@pytest.mark.parametrize("twice", [1, 13, 119])
def test_an_id_that_another_has(tmp_path: Path, accepted: list[bool], twice: int) -> None:
    items = some(60)
    items[30].annotations[0].id = items[45].annotations[0].id = twice
    items[50].attributes["id"] = 8
    source = stored(tmp_path / "in", items)
    result = written(source, HereWorkers())
    assert result == written(source, None)
    assert result.losses["id of an annotation, as another has it"] == 2
    assert result.losses["id of an image, as another has it"] == 1
    assert set(accepted) == {True, False}


def test_an_id_that_was_given_to_another_before(tmp_path: Path) -> None:
    items = some(60)
    items[5].annotations[0].id = 0
    items[40].annotations[0].id = 2  # which is what that one is given
    source = stored(tmp_path / "in", items)
    result = written(source, HereWorkers())
    assert result == written(source, None)
    assert not result.losses


def test_what_coco_cannot_hold(tmp_path: Path, accepted: list[bool]) -> None:
    items = some(60, z_order=3)
    items[20].attributes["when"] = b"no JSON"
    items[41].annotations[0].attributes["which"] = b"no JSON"
    source = stored(tmp_path / "in", items)
    result = written(source, HereWorkers())
    assert result == written(source, None)
    assert result.losses == {
        "z_order of an annotation": 60,
        "attribute of an item that COCO cannot hold": 1,
        "attribute of an annotation that is not JSON": 1,
    }
    assert set(accepted) == {True}


@pytest.mark.usefixtures("unchecked_masks")
def test_the_same_error(tmp_path: Path) -> None:
    items = some(60)
    for number in (33, 47):
        items[number].annotations.append(dp.Mask(5, 5, b"5", label=0, id=1000 + number))
    source = stored(tmp_path / "in", items)
    result = written(source, HereWorkers())
    assert result == written(source, None)
    assert result.error is not None
    assert result.error[0] is InvalidItemError


@pytest.mark.parametrize("save", [SaveMedia.COPY, SaveMedia.LINK])
def test_media(tmp_path: Path, save: SaveMedia) -> None:
    items = some(60)
    for number, item in enumerate(items):
        item.media = dp.Image(dp.MediaRef(data=picture(number + 1)), 10, number + 1)
    items[50].media = None
    source, workers = stored(tmp_path / "in", items, save_media=True), HereWorkers()
    result = written(source, workers, save)
    assert result == written(source, None, save)
    assert len([name for name in result.files if name.startswith("images/train/")]) == 59
    assert workers.sent > 3


def test_media_that_are_no_pictures(tmp_path: Path) -> None:
    items = [*some(60), *media_items(tmp_path, "train")]
    source = stored(tmp_path / "in", items)
    for save in SaveMedia:
        result = written(source, HereWorkers(), save)
        assert result == written(source, None, save)
        assert any(loss.startswith("media that is not an image") for loss in result.losses)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    items = some(60)
    for item in items:
        item.media = dp.Image(dp.MediaRef(data=picture(1)), 10, 1)
    items[50].id = "049.png/x"  # which needs a folder where the picture of another is
    source = stored(tmp_path / "in", items, save_media=True)
    result = written(source, HereWorkers(), SaveMedia.COPY)
    assert result == written(source, None, SaveMedia.COPY)
    assert result.error is not None
    assert result.error[0] is MediaPathError


def test_panoptic_segments(tmp_path: Path, accepted: list[bool]) -> None:
    items = some(60)
    mask = dp.Mask(4, 4, rle.from_bitmap(np.eye(4)), label=1, attributes={"coco": {"task": "panoptic"}})
    for item in items[20:]:
        item.annotations = [mask]
    source = stored(tmp_path / "in", items)
    result = written(source, HereWorkers())
    assert result == written(source, None)
    assert set(accepted) == {True}  # of masks there is no draft


def test_a_number_of_workers_that_there_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(dp.OptionError, match="num_workers"):
        dp.Dataset.from_iterable(some(3), categories=["cat", "dog"]).export(tmp_path / "out", "coco", num_workers=-1)

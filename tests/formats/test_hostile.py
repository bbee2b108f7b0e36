"""Whatever a dataset says: nothing outside of its folder is read, and nothing outside of the output is written."""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.item_media import item_media
from datumpb.dataset.registry import FORMATS
from datumpb.model.rle import encode_runs
from tests.support.hostile import NAMES, PATHS, SECRET, SOURCES, guarded, make_source
from tests.support.pictures import contents, make, picture
from tests.support.samples import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.model.media import MediaRef

paths = pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30].encode("unicode_escape").decode())
names = pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:30].encode("unicode_escape").decode())


def export_as_everything(dataset: dp.Dataset, out: Path) -> int:
    """Export to every format, and return how many took it; the others have to say why not."""
    done = 0
    for target in FORMATS:
        with suppress(dp.DatumpbError):
            dataset.export(out / target, target, save_media=True)
            done += 1
    return done


def read_all(folder: Path, format_name: str) -> None:
    """Read all items and their media."""
    for item in dp.Dataset.import_from(folder, format_name):
        for ref in item_media(item):
            ref.read()


def outside(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder).items() if not name.startswith("out/")}


@paths
@pytest.mark.parametrize("source", SOURCES)
def test_a_path_that_leads_out_of_the_source(source: str, path: str, tmp_path: Path) -> None:
    format_name, files = SOURCES[source]
    folder, out = tmp_path / "source", tmp_path / "out"
    path = path.format(secret=tmp_path / "secret.png", source=folder)
    make_source(tmp_path, files(path))
    out.mkdir()
    before = outside(tmp_path)
    with guarded(tmp_path, folder, out), suppress(dp.DatumpbError):
        dataset = dp.Dataset.import_from(folder, format_name)
        for item in dataset:
            for ref in item_media(item):
                with suppress(dp.MediaError):
                    assert SECRET not in ref.read()
        export_as_everything(dataset, out)
    assert outside(tmp_path) == before
    assert not any(SECRET in data for data in contents(out).values())


@pytest.mark.parametrize("source", ["coco", "coco-panoptic", "yolo-settings", "datumaro"])  # others hold UTF-8 alone
def test_a_path_with_half_of_a_surrogate_pair_is_refused_in_one_line(source: str, tmp_path: Path) -> None:
    format_name, files = SOURCES[source]
    make_source(tmp_path, files("images/\ud800.png"))
    with pytest.raises(dp.DatumpbError) as caught:  # noqa: PT012 -- when it is noticed is up to the format
        for item in dp.Dataset.import_from(tmp_path / "source", format_name):
            for ref in item_media(item):
                ref.plain_file()
    one_line(caught.value)


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_with_a_path_inside_is_read(source: str, tmp_path: Path) -> None:
    # Else the test above would show nothing.
    format_name, files = SOURCES[source]
    good = {"voc-list": "a", "voc-xml": "a.jpg", "imagenet": "train/a"}.get(source, "images/a.png")
    others = {"coco-panoptic": "a.png", "yolo-settings": "images/train", "darknet-settings": "train.txt"}
    good = others.get(source, good)
    make_source(tmp_path, {"images/a.png": picture(), "images/a.txt": "0 0.5 0.5 0.1 0.1\n", **files(good)})
    assert len(dp.Dataset.import_from(tmp_path / "source", format_name)) > 0


@pytest.mark.parametrize(
    ("source", "name"),
    [
        *(("voc-list", "ImageSets/Main/train.txt"), ("voc-list", "labelmap.txt"), ("voc-list", "Annotations/a.xml")),
        *(("yolo-list", "train.txt"), ("yolo-list", "images/a.png"), ("yolo-list", "images/a.txt")),
        *(("darknet", "train.txt"), ("darknet", "obj.names"), ("coco-panoptic", "annotations/panoptic_train/a.png")),
        *(("imagenet", "train.txt"), ("imagenet", "synsets.txt"), ("coco", "images/a.png")),
    ],
)
def test_a_link_out_of_the_source_in_the_place_of_a_file(source: str, name: str, tmp_path: Path) -> None:
    format_name, files = SOURCES[source]
    good = {"voc-list": "a", "imagenet": "train/a.png", "coco-panoptic": "a.png"}.get(source, "images/a.png")
    make_source(tmp_path, {"images/a.png": picture(), "images/a.txt": "0 0.5 0.5 0.1 0.1\n", **files(good)})
    file, folder = tmp_path / "source" / name, tmp_path / "source"
    file.rename(tmp_path / "outside" / file.name)
    file.symlink_to(tmp_path / "outside" / file.name)
    with guarded(tmp_path, folder), pytest.raises((dp.SourceFormatError, dp.MediaPathError), match="through a link"):
        read_all(folder, format_name)


@names
@pytest.mark.parametrize("role", ["item", "subset", "label", "picture"])
def test_a_name_never_leads_out_of_the_output(role: str, name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(tmp_path, {"source/a.png": picture(), "secret.png": SECRET})
    out.mkdir()
    file = dp.MediaRef(name if role == "picture" else "a.png", source=Pictures())
    item = dp.Item(
        name if role == "item" else "a",
        name if role == "subset" else "train",
        dp.Image(file, 10, 15),
        annotations=[dp.Bbox(1, 2, 3, 4, label=0), dp.Label(label=0), dp.Mask(10, 15, encode_runs([4, 146]))],
    )
    label = name if role == "label" else "cat"
    before = outside(tmp_path)
    with guarded(tmp_path, out), suppress(dp.DatumpbError):
        dataset = dp.Dataset.from_iterable([item], categories=[label])
        export_as_everything(dataset, out)
    assert outside(tmp_path) == before
    assert set(out.iterdir()) <= {out / target for target in FORMATS}
    assert not any(file.is_symlink() for file in out.rglob("*"))


class Pictures:
    """Has one picture, whatever it is called."""

    def chunks(self, ref: MediaRef) -> Iterator[bytes]:  # noqa: ARG002 -- of a MediaSource
        yield picture()

    def plain_file(self, ref: MediaRef) -> None:  # noqa: ARG002 -- of a MediaSource
        return None


def test_names_that_mean_nothing_are_taken_by_all_formats(tmp_path: Path) -> None:
    items = [dp.Item("a", "train", dp.Image(dp.MediaRef("a.png", source=Pictures()), 10, 15))]
    taking = [name for name in FORMATS if name != "parquet" or find_spec("pyarrow")]
    assert export_as_everything(dp.Dataset.from_iterable(items, categories=["cat"]), tmp_path) == len(taking)


@names
def test_labels_of_a_dataset_meta_file(name: str, tmp_path: Path) -> None:
    folder, out = tmp_path / "source", tmp_path / "out"
    with dp.DatumWriter(make(folder / "annotations", {}) / "train.datum", subset="train") as writer:
        writer.write(dp.Item("a", "train", annotations=[dp.Label(label=0)]))
    make(folder, {"dataset_meta.json": json.dumps({"labels": [name]})})
    out.mkdir()
    before = outside(tmp_path)
    with guarded(tmp_path, folder, out), suppress(dp.DatumpbError):
        export_as_everything(dp.Dataset.import_from(folder), out)
    assert outside(tmp_path) == before

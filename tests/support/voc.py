"""VOC folders and datasets for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import datumpb as dp
from datumpb.dataset.export import Export, SaveMedia
from datumpb.formats import voc
from datumpb.model import rle
from tests.support.pictures import make, picture

if TYPE_CHECKING:
    from pathlib import Path

HEIGHT, WIDTH = 10, 15
CATEGORIES = dp.Categories(
    dp.LabelCategories(
        [
            dp.LabelCategory("background"),
            dp.LabelCategory("cat"),
            dp.LabelCategory(
                "person", attributes=["jumping", "taking photo"], infos={"voc": {"parts": ["head", "hand"]}}
            ),
            dp.LabelCategory("head", "person", infos={"voc": {"part": True}}),
            dp.LabelCategory("hand", "person", infos={"voc": {"part": True}}),
        ]
    ),
    dp.MaskCategories({0: (0, 0, 0), 1: (10, 20, 200), 2: (192, 128, 128)}),
)
LABELMAP = """# label:color_rgb:parts:actions
background:0,0,0::
cat:10,20,200::
person:192,128,128:head,hand:jumping,walking
"""


def export(dataset: dp.Dataset, path: Path, *, save_media: bool = False, **options: Any) -> dp.LossReport:  # noqa: ANN401 -- of the format
    """Write a dataset as VOC; return what was lost."""
    asked = Export(SaveMedia.COPY if save_media else SaveMedia.NO, overwrite=bool(options.pop("overwrite", False)))
    voc.write(dataset._source, path, asked, **options)
    return asked.losses


def bitmap(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    """Make a mask of a box of pixels."""
    bits = np.zeros((HEIGHT, WIDTH), bool)
    bits[top:bottom, left:right] = True
    return bits


def mask(*box: int, **fields: Any) -> dp.Mask:  # noqa: ANN401 -- what an annotation has
    """Make a mask annotation of a box of pixels: top, left, bottom, right."""
    return dp.Mask(HEIGHT, WIDTH, rle.from_bitmap(bitmap(*box)), **fields)


def rich_annotations() -> list[dp.Annotation]:
    """Make annotations of all kinds that VOC holds, so that all of them come back."""
    flags: dict[str, Any] = {"pose": "Left", "truncated": True, "difficult": False, "occluded": True}
    return [
        dp.Label(label=1),
        dp.Label(label=2, attributes={"difficult": True}),
        dp.Bbox(1.5, 2, 4.25, 3, label=2, id=1, group=1, attributes={**flags, "jumping": True, "note": "<&> “é”\n x "}),
        dp.Bbox(2, 2.125, 1, 1, label=3, group=1),
        dp.Bbox(3, 2, 0.5, 1, label=4, group=1),
        dp.Bbox(9, 5, 3, 4, label=1, id=2, group=2, attributes={**flags, "difficult": True}),
        mask(2, 1, 5, 5, label=2, id=1, group=1),
        mask(5, 9, 9, 12, label=1, id=2, group=2),
    ]


def rich_dataset(folder: Path) -> dp.Dataset:
    """Make a dataset of all kinds that VOC holds, its pictures in a folder."""
    make(folder / "pictures", {"a.jpg": picture(WIDTH, HEIGHT, "JPEG"), "b.png": picture(WIDTH, HEIGHT)})
    media = [dp.Image.from_file(str(folder / "pictures" / name), HEIGHT, WIDTH) for name in ("a.jpg", "b.png")]
    items = [
        dp.Item("a", "train", media[0], annotations=rich_annotations()),
        dp.Item("sub/b c", "train", media[1], annotations=rich_annotations()[2:4]),
        dp.Item("d", "val", media[1]),
    ]
    return dp.Dataset.from_iterable(items, categories=CATEGORIES)


def read(path: Path, **options: Any) -> dict[tuple[str, str], dp.Item]:  # noqa: ANN401 -- of the format
    """Read all items of a folder, by subset and id."""
    source = voc.read(path, **options)
    return {(subset, item.id): item for subset in source.subsets() for item in source.items(subset)}


def box_xml(xmin: object, ymin: object, xmax: object, ymax: object) -> str:
    """Make the element of a box, on one line."""
    corners = {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax}
    return "<bndbox>" + "".join(f"<{name}>{value}</{name}>" for name, value in corners.items()) + "</bndbox>"


def object_xml(name: str = "cat", box: str | None = None, more: str = "") -> str:
    """Make an object, on three lines."""
    return f"<object>\n<name>{name}</name>{more}\n{box_xml(1, 2, 5, 7) if box is None else box}</object>"


def annotation_xml(*objects: str, head: str = "") -> str:
    """Make an annotation file; the objects start on its second line."""
    return f"<annotation>{head}\n" + "\n".join(objects) + "\n</annotation>\n"


def folder_files(*objects: str, labelmap: str | None = LABELMAP, **files: str | bytes) -> dict[str, str | bytes]:
    """Return the files of a dataset with the item `a` in subset train; others may be added."""
    found: dict[str, str | bytes] = {
        "ImageSets/Main/train.txt": "a\n",
        "Annotations/a.xml": annotation_xml(*objects),
        "JPEGImages/a.jpg": picture(WIDTH, HEIGHT, "JPEG"),
    }
    if labelmap is not None:
        found["labelmap.txt"] = labelmap
    return {**found, **{name.replace("__", "/"): content for name, content in files.items()}}

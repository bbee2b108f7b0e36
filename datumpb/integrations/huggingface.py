"""Datasets of datumpb as those of Hugging Face (the extra `datumpb[huggingface]`; docs/huggingface.md).

Nothing of a dataset is written to a cache: what was encrypted does not get onto a disk.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from datumpb.dataset.dataset import Dataset
from datumpb.dataset.directory import DatasetFolder
from datumpb.dataset.transforms.names import check_known
from datumpb.errors import DatasetError, InvalidItemError
from datumpb.extras import require
from datumpb.model import value_text
from datumpb.model.annotations import Caption, Label, Mask, Points, Polygon
from datumpb.model.geometry import area_of, bbox_of
from datumpb.model.media import Image
from datumpb.model.objects import is_crowd, objects_of, stated_area

require("datasets", "huggingface", "datumpb.integrations.huggingface")
import datasets as hf  # noqa: E402 -- as just checked

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from datumpb.model.annotations import Annotation
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item

    Row = dict[str, Any]

_SHARD = 1024  # items
_CHUNK = 256  # items


def load(
    dataset: Dataset | str | os.PathLike[str],
    *,
    split: str | None = None,
    streaming: bool = False,
    format: str | None = None,  # noqa: A002 -- as in Dataset.import_from
    **options: object,
) -> Any:  # noqa: ANN401 -- untyped library
    """Load a dataset as one of Hugging Face.

    Args:
        dataset: A dataset, or the path of one.
        split: The name of a subset; None: all, in a dict.
        streaming: Whether items are read when they are iterated over; else all are read into memory, but for pictures
            that are plain files.
        format: The name of its format; None: it is detected.
        **options: Options of the format, such as `encryption_key`.

    Returns:
        A `datasets.Dataset` or, streaming, a `datasets.IterableDataset`, whose shards the workers of a `DataLoader` and
        `split_dataset_by_node` share out; without a split, a `DatasetDict` or `IterableDatasetDict` of them.

    Raises:
        OptionError: There is no such subset, or the format has no such option.
        DatumpbError: The dataset cannot be read.
    """
    opened = dataset if isinstance(dataset, Dataset) else Dataset.import_from(dataset, format, **options)
    names = list(opened.subsets())
    check_known("subset", [] if split is None else [split], names)
    make = _stream if streaming else _table
    if split is not None:
        return make(opened, split)
    kind = hf.IterableDatasetDict if streaming else hf.DatasetDict
    return kind({name: make(opened, name) for name in names})


def features_of(categories: Categories) -> Any:  # noqa: ANN401 -- untyped library
    """Return the features of a dataset with these categories.

    Raises:
        DatasetError: Two labels have one name, which a `ClassLabel` cannot have.
    """
    names = [label.name for label in categories.labels or ()]
    if len(set(names)) < len(names):
        message = "two labels have the same name, which Hugging Face's ClassLabel cannot have: rename one by relabel()"
        raise DatasetError(message)
    label = hf.ClassLabel(names=names) if names else hf.Value("int64")
    number, text = hf.Value("float64"), hf.Value("string")
    masks = hf.List({"size": hf.List(hf.Value("int64"), length=2), "counts": text})
    return hf.Features(
        {
            "id": text,
            "image": hf.Image(),
            "height": hf.Value("int64"),
            "width": hf.Value("int64"),
            "attributes": text,
            "labels": hf.List(label),
            "captions": hf.List(text),
            "objects": {
                "id": hf.List(hf.Value("int64")),
                "category": hf.List(label),
                "bbox": hf.List(hf.List(number, length=4)),
                "area": hf.List(number),
                "iscrowd": hf.List(hf.Value("bool")),
                "segmentation": hf.List(hf.List(hf.List(number))),
                "masks": hf.List(masks),
                "keypoints": hf.List(hf.List(hf.List(number, length=3))),
                "attributes": hf.List(text),
            },
        }
    )


def row_of(item: Item, label_count: int) -> Row:
    """Return an item as a row of `features_of`.

    Args:
        item: The item.
        label_count: How many labels there are; 0: labels are mere numbers.

    Raises:
        InvalidItemError: A label has no name, or a mask is damaged.
        MediaError: Its picture is encrypted or the like, and cannot be had.
    """
    objects = objects_of(item.annotations)
    image = item.media if isinstance(item.media, Image) else Image()
    try:
        columns = [_object(shapes, label_count) for shapes in objects]
        labels = [_label(one, label_count) for one in item.annotations if isinstance(one, Label)]
    except InvalidItemError as error:
        message = f"item {item.id!r} of {item.subset!r}: {error}"
        raise InvalidItemError(message) from error
    return {
        "id": item.id,
        "image": _image(image),
        "height": image.height,
        "width": image.width,
        "attributes": value_text.encode(item.attributes),
        "labels": labels,
        "captions": [one.caption for one in item.annotations if isinstance(one, Caption)],
        "objects": {key: [column[key] for column in columns] for key in _OBJECT},
    }


_OBJECT = ("id", "category", "bbox", "area", "iscrowd", "segmentation", "masks", "keypoints", "attributes")


def _object(shapes: Sequence[Annotation], label_count: int) -> Row:
    first, box, area = shapes[0], bbox_of(shapes), stated_area(shapes)
    points = [part for part in shapes if isinstance(part, Points)]
    return {
        "id": first.id,
        "category": _label(first, label_count),
        "bbox": None if box is None else list(box),
        "area": area_of(shapes) if area is None else area,
        "iscrowd": is_crowd(shapes),
        "segmentation": [part.points.reshape(-1).tolist() for part in shapes if isinstance(part, Polygon)],
        "masks": [
            {"size": [part.height, part.width], "counts": part.counts.decode("latin-1")}
            for part in shapes
            if isinstance(part, Mask)
        ],
        "keypoints": [
            [x, y, float(visibility)]
            for part in points
            for (x, y), visibility in zip(part.points.tolist(), part.visibility.tolist(), strict=True)
        ],
        "attributes": value_text.encode(first.attributes),
    }


def _label(annotation: Annotation, label_count: int) -> int | None:
    if annotation.label is not None and label_count and annotation.label >= label_count:
        message = f"label {annotation.label} is not one of the {label_count} labels"
        raise InvalidItemError(message)
    return annotation.label


def _image(image: Image) -> Row | None:
    if image.file is None:
        return None
    plain = image.file.plain_file()
    if plain is not None:
        return {"path": str(plain.absolute()), "bytes": None}
    return {"path": image.file.path, "bytes": image.file.read()}


def _table(dataset: Dataset, subset: str) -> Any:  # noqa: ANN401 -- untyped library
    categories = dataset.subsets()[subset].categories()
    features = features_of(categories)
    count = len(categories.labels or ())
    rows = (row_of(item, count) for item in dataset.subsets()[subset])
    parts = [hf.Dataset.from_dict({name: [] for name in features}, features=features)]
    while chunk := list(islice(rows, _CHUNK)):
        parts.append(hf.Dataset.from_list(chunk, features=features))
    return hf.concatenate_datasets(parts[1:] or parts)


def _stream(dataset: Dataset, subset: str) -> Any:  # noqa: ANN401 -- untyped library
    categories = dataset.subsets()[subset].categories()
    source = dataset._source  # noqa: SLF001 -- whether it can be read from the middle
    size = len(dataset.subsets()[subset])
    step = _SHARD if isinstance(source, DatasetFolder) else max(size, 1)
    shards = [(start, min(start + step, size)) for start in range(0, max(size, 1), step)]
    return hf.IterableDataset.from_generator(
        _rows,
        features=features_of(categories),
        gen_kwargs={"items": _Items(dataset, subset), "shards": shards, "count": len(categories.labels or ())},
    )


class _Items:
    """The items of a subset, by ranges of their places; what holds a key shows none."""

    def __init__(self, dataset: Dataset, subset: str) -> None:
        self._dataset = dataset
        self._subset = subset

    def read(self, start: int, stop: int) -> Iterator[Item]:
        source = self._dataset._source  # noqa: SLF001 -- as above
        if not isinstance(source, DatasetFolder):
            yield from islice(source.items(self._subset), start, stop)
            return
        reader = source.reader(self._subset)
        for first in range(start, stop, _CHUNK):
            yield from reader[first : min(first + _CHUNK, stop)]


def _rows(items: _Items, shards: Sequence[tuple[int, int]], count: int) -> Iterator[Row]:
    for start, stop in shards:
        for item in items.read(start, stop):
            yield row_of(item, count)

"""Writing YOLO: a label file for each picture, lists of the pictures, and the settings of Ultralytics or Darknet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from datumpb.dataset.derived import known_count
from datumpb.dataset.image_files import extension_of
from datumpb.dataset.item_work import for_each
from datumpb.dataset.losses import LossReport
from datumpb.dataset.media_copy import copy_image, write_new
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.plain_losses import count_categories, count_item_attributes
from datumpb.dataset.subset_names import check_plain_name
from datumpb.dataset.worker_choice import workers_for
from datumpb.errors import InvalidItemError, MediaNotFoundError, OptionError
from datumpb.formats.yolo.listing import label_path
from datumpb.formats.yolo.objects import LineWriter, is_object, objects_of
from datumpb.formats.yolo.reader import KEY
from datumpb.formats.yolo.settings import OWN_KEYS, TASKS
from datumpb.formats.yolo.sizes import SIZES_FILE, size_line
from datumpb.model.annotations import Points
from datumpb.model.categories import Categories, PointsCategories
from datumpb.model.item import Item
from datumpb.model.media_path import check_media_path
from datumpb.model.picture_size import size_of_item

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.dataset.workers import Workers

LAYOUTS = ("ultralytics", "darknet")

_RESERVED = {"ultralytics": set(OWN_KEYS), "darknet": {"classes", "names", "backup"}}
_SETTINGS = {"ultralytics": ["data.yaml"], "darknet": ["obj.data", "obj.names"]}


def write_dataset(  # noqa: PLR0913 -- the options of the format, by name
    source: DatasetSource, path: Path, export: Export, *, layout: str, task: str, num_workers: int
) -> None:
    """Write a dataset as YOLO; see `datumpb.formats.yolo.write`."""
    _check_options(layout, task)
    subsets = source.subsets()
    for subset in subsets:
        _check_subset(subset, layout)
    with OutputFolder(path, export) as output, workers_for(source, export, num_workers, __name__) as workers:
        writer = _Writer(source, export, layout, task, workers)
        for name in [*(name for other in LAYOUTS if other != layout for name in _SETTINGS[other]), SIZES_FILE]:
            output.replace_all(name)
        for subset in subsets:
            writer.write_subset(output.folder, subset)
        writer.write_settings(output.folder)


def _check_options(layout: str, task: str) -> None:
    for what, value, known in (("layout", layout, LAYOUTS), ("task", task, TASKS)):
        if value not in known:
            message = f"there is no {what} {value!r}; there are: {', '.join(known)}"
            raise OptionError(message)
    if layout == "darknet" and task != "detect":
        message = f"layout 'darknet' has boxes only, task 'detect', not {task!r}"
        raise OptionError(message)


def _check_subset(subset: str, layout: str) -> None:
    check_plain_name("subset", subset)
    if subset in _RESERVED[layout] or (layout == "darknet" and ("=" in subset or subset.startswith("#"))):
        message = f"subset {subset!r}: the name has another meaning in this format; rename the subset"
        raise InvalidItemError(message)


@dataclass(frozen=True, slots=True)
class _Made:
    """What is made of an item: itself without annotations, the path of its picture, its lines, and what is lost."""

    item: Item
    image: str
    size: tuple[int, int] | None
    lines: list[str]
    losses: LossReport


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the lines of an item, in any process."""

    images: str
    task: str
    label_count: int
    keypoints: int

    def __call__(self, item: Item) -> _Made:
        losses = LossReport()
        image = f"{self.images}/{item.id}{extension_of(item.media)}"
        check_media_path(image)
        if any(char in item.id for char in "\n\r"):
            message = f"item {item.id!r}: an id with a line break cannot stand in a list"
            raise InvalidItemError(message)
        count_item_attributes(item, losses)
        size = size_of_item(item)
        return _Made(Item(item.id, item.subset, item.media), image, size, self._lines(item, size, losses), losses)

    def _lines(self, item: Item, size: tuple[int, int] | None, losses: LossReport) -> list[str]:
        found = [one for one in item.annotations if is_object(one, item, self.label_count, losses)]
        if not found:
            return []
        if size is None:
            message = f"item {item.id!r}: the size of its picture is needed, and neither it nor the picture is there"
            raise MediaNotFoundError(message)
        writer = LineWriter(self.task, item, *size, self.keypoints, losses)
        return [line for shapes in objects_of(found) for line in writer.lines(shapes)]


class _Writer:
    """Writes one dataset into a folder."""

    def __init__(self, source: DatasetSource, export: Export, layout: str, task: str, workers: Workers | None) -> None:
        self._source = source
        self._workers = workers
        self._darknet = layout == "darknet"
        self._task = task
        self._export = export
        self._losses = export.losses
        categories = source.meta(source.subsets()[0]).categories
        self._labels = [label.name for label in categories.labels or []]
        self._points = categories.points
        count_categories(categories, self._losses, points=task == "pose")
        self._keypoints = _keypoint_count(source, categories, len(self._labels)) if task == "pose" else 0

    def write_subset(self, folder: Path, subset: str) -> None:
        """Write the list, the label files and the pictures of a subset."""
        for key in self._source.meta(subset).infos:
            if key != KEY or self._darknet:
                self._losses.add("info of the dataset", f"{subset}: {key}")
        images = f"obj_{subset}_data" if self._darknet else f"images/{subset}"
        prefix = "data" if self._darknet else "."
        with (folder / f"{subset}.txt").open("w", encoding="utf-8", newline="\n") as listing:
            make = _Maker(images, self._task, len(self._labels), self._keypoints)
            made_of_items = for_each(make, self._source, subset, self._workers)
            for made in self._export.progress(made_of_items, known_count(self._source, subset), subset):
                self._losses.update(made.losses)
                listing.write(f"{prefix}/{made.image}\n")
                label = f"{images}/{made.item.id}.txt" if self._darknet else label_path(made.image)
                write_new(folder, label, [f"{line}\n".encode() for line in made.lines])
                if not copy_image(made.item, folder, made.image, self._export) and made.size is not None:
                    with (folder / SIZES_FILE).open("a", encoding="utf-8", newline="\n") as sizes:
                        sizes.write(size_line(made.image, *made.size))

    def write_settings(self, folder: Path) -> None:
        """Write the settings: names of labels and places of lists."""
        subsets = self._source.subsets()
        if self._darknet:
            for name in self._labels:
                if not name or name != name.strip() or any(char in name for char in "\n\r"):
                    message = f"label {name!r}: a name that cannot stand alone on a line"
                    raise InvalidItemError(message)
            _write(folder / "obj.names", [*self._labels])
            lists = [f"{subset} = data/{subset}.txt" for subset in subsets]
            lines = [f"classes = {len(self._labels)}", *lists, "names = data/obj.names", "backup = backup/"]
            _write(folder / "obj.data", lines)
            return
        settings: dict[str, Any] = {subset: f"{subset}.txt" for subset in subsets}
        settings |= {"nc": len(self._labels), "names": dict(enumerate(self._labels))}
        if self._task == "pose":
            settings["kpt_shape"] = [self._keypoints, 3]
            if names := self._keypoint_names():
                settings["kpt_names"] = names
        elif self._task == "obb":
            settings["task"] = self._task  # else 8 numbers would be an outline
        kept = self._source.meta(subsets[0]).infos.get(KEY)
        for key, value in kept.items() if isinstance(kept, dict) else []:
            settings.setdefault(key, value)
        try:
            document = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
            if yaml.safe_load(document) != settings:  # odd line breaks come back only where they are escaped
                document = yaml.safe_dump(settings, sort_keys=False)
        except yaml.YAMLError as error:
            message = f"the info {KEY!r} has a value that YAML cannot hold"
            raise InvalidItemError(message) from error
        (folder / "data.yaml").write_text(document, "utf-8")

    def _keypoint_names(self) -> dict[int, list[str]]:
        """Return the names of keypoints of those labels that have as many as all."""
        found = {}
        for label, category in (self._points or PointsCategories()).items.items():
            where = self._labels[label] if label < len(self._labels) else str(label)
            if category.joints:
                self._losses.add("joints of keypoints", where)
            if category.positions is not None:
                self._losses.add("positions of keypoints", where)
            if len(category.labels) == self._keypoints and label < len(self._labels):
                found[label] = list(category.labels)
            elif category.labels:
                self._losses.add("names of keypoints that are not as many as kpt_shape has", where)
        return found


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _keypoint_count(source: DatasetSource, categories: Categories, label_count: int) -> int:
    """Return how many keypoints an object may have: by the categories, or the most that there are.

    Raises:
        InvalidItemError: No object has keypoints.
    """
    named = [len(category.labels) for category in (categories.points or PointsCategories()).items.values()]
    count = max(named, default=0)
    if not count:
        for subset in source.subsets():
            for item in source.items(subset):
                found = (one for one in item.annotations if isinstance(one, Points) and (one.label or 0) < label_count)
                count = max([count, *(len(points.points) for points in found)])
    if not count:
        message = "no label and no annotation has keypoints: task 'pose' has nothing to write"
        raise InvalidItemError(message)
    return count

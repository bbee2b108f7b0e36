"""Categories, both ways: COCO's lists, one for each file, and the one list of labels of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.dataset.places import Located
from datumpb.errors import SourceFormatError
from datumpb.formats.coco.jsonvalues import JsonObject, check, get, is_json
from datumpb.model.categories import Categories, LabelCategories, LabelCategory, PointsCategories, PointsCategory

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport

_OWN = frozenset({"id", "name", "supercategory", "keypoints", "skeleton"})
_PAIR = 2


class CategoryUnion:
    """Gathers the labels of all files: one for each id and name, in the order in which they appear."""

    def __init__(self) -> None:
        """Begin with none."""
        self._labels: dict[tuple[int, str], LabelCategory] = {}
        self._points: dict[int, PointsCategory] = {}

    def add(self, entries: list[JsonObject]) -> None:
        """Add the list of a file.

        Raises:
            SourceFormatError: An entry is not a category, or two have one id.
        """
        seen: set[int] = set()
        for index, entry in enumerate(entries):
            with Located(None, "categories", index):
                number, name = get(entry, "id", int), get(entry, "name", str)
                if number in seen:
                    message = f"two categories have the id {number}"
                    raise SourceFormatError(message, None, ".id")
                seen.add(number)
                self._add(number, name, entry)

    def _add(self, number: int, name: str, entry: JsonObject) -> None:
        label = self._labels.get((number, name))
        if label is None:
            label = self._labels[number, name] = LabelCategory(name, infos={"id": number})
        parent = entry.get("supercategory")
        if not label.parent and isinstance(parent, str):
            label.parent = parent
        for key, value in entry.items():
            if key not in _OWN:
                label.infos.setdefault(key, value)
        index = list(self._labels).index((number, name)) if "keypoints" in entry or "skeleton" in entry else -1
        if index >= 0 and index not in self._points:
            labels = [check(text, str, f".keypoints[{place}]") for place, text in enumerate(_list(entry, "keypoints"))]
            self._points[index] = PointsCategory(labels, _joints(_list(entry, "skeleton")))

    def categories(self) -> Categories:
        """Return all of them."""
        labels = LabelCategories(list(self._labels.values())) if self._labels else None
        return Categories(labels=labels, points=PointsCategories(dict(self._points)) if self._points else None)


def _list(entry: JsonObject, key: str) -> list[Any]:
    value = entry.get(key)
    values: list[Any] = [] if value is None else check(value, list, f".{key}")
    return values


def _joints(skeleton: list[Any]) -> list[tuple[int, int]]:
    joints = []
    for place, pair in enumerate(skeleton):
        numbers = [check(end, int, f".skeleton[{place}]") for end in check(pair, list, f".skeleton[{place}]")]
        if len(numbers) != _PAIR:
            message = "two numbers of keypoints expected"
            raise SourceFormatError(message, None, f".skeleton[{place}]")
        joints.append((numbers[0], numbers[1]))
    return joints


class CategoryTable:
    """The categories of one file: which id each label has, and the list to be written.

    Attributes:
        ids: The category id of each label, by the label's index.
        labels: The label's index of each category id.
        unlabelled: The category id of an annotation without a label: 0, or a negative number where 0 is a category.

    Args:
        categories: The dataset's.
        task: The file's task; keypoints are written in `person_keypoints` only.
        verbatim: The file's own list, where it is not the one that follows from the dataset's labels.
    """

    def __init__(self, categories: Categories, task: str, verbatim: object = None) -> None:
        """Assign an id to each label."""
        self._labels = categories.labels.labels if categories.labels is not None else []
        self._points = categories.points.items if categories.points is not None and task == "person_keypoints" else {}
        self._entries: list[JsonObject] | None = None
        self.ids: dict[int, int] = {}
        used: set[int] = set()
        if isinstance(verbatim, list):
            self._adopt(verbatim, used)
        wanted = [label.infos.get("id") for label in self._labels]
        for index, number in enumerate(wanted):
            if index not in self.ids and type(number) is int and number not in used:
                self.ids[index] = number
                used.add(number)
        free = max((0, *used, *(number for number in wanted if type(number) is int))) + 1
        for index in range(len(self._labels)):
            if index not in self.ids:
                self.ids[index], free = free, free + 1
        self._verbatim: set[int] = {entry["id"] for entry in self._entries} if self._entries is not None else set()
        self._used: set[int] = set()
        self.unlabelled = 0 if 0 not in self.ids.values() else min(-1, min(self.ids.values()) - 1)
        self.labels = {number: index for index, number in self.ids.items()}

    def _adopt(self, verbatim: list[Any], used: set[int]) -> None:
        places = {
            (number, label.name): index
            for index, label in reversed([*enumerate(self._labels)])
            if type(number := label.infos.get("id")) is int
        }
        self._entries = []
        for entry in verbatim:
            if not isinstance(entry, dict) or type(entry.get("id")) is not int:
                continue
            index = places.get((entry["id"], str(entry.get("name"))))
            if index is not None and entry["id"] not in used:
                self.ids[index] = entry["id"]
                used.add(entry["id"])
                self._entries.append(entry)

    def is_of_another(self, number: object, label: int | None) -> bool:
        """Tell whether the file lists a category of this id that is not this label."""
        if type(number) is not int or number not in (self.labels if self._entries is None else self._verbatim):
            return False
        return self.labels[number] != label

    def category_id(self, label: int | None) -> int:
        """Return the category id of the label that an annotation has; `unlabelled` where it has none."""
        if label is None or label not in self.ids:
            return self.unlabelled
        number = self.ids[label]
        self._used.add(number)
        return number

    def entries(self) -> list[JsonObject]:
        """Return the list to be written."""
        if self._entries is None:
            return [self._entry(index) for index in range(len(self._labels))]
        new = [index for number, index in self.labels.items() if number in self._used - self._verbatim]
        return [*self._entries, *map(self._entry, sorted(new))]

    def _entry(self, index: int) -> JsonObject:
        label = self._labels[index]
        others = {key: value for key, value in label.infos.items() if key not in _OWN and is_json(value)}
        entry: JsonObject = {"id": self.ids[index], "name": label.name, "supercategory": label.parent, **others}
        if index in self._points:
            points = self._points[index]
            entry["keypoints"] = list(points.labels)
            entry["skeleton"] = [list(joint) for joint in points.joints]
        return entry


def count_losses(categories: Categories, losses: LossReport) -> None:
    """Count what of a dataset's categories COCO cannot hold."""
    if categories.labels is not None:
        _count_label_losses(categories.labels, losses)
    if categories.masks is not None:
        losses.add("colours of masks", "categories")
    points = categories.points.items.values() if categories.points is not None else []
    if any(category.positions is not None for category in points):
        losses.add("positions of keypoints", "categories")
    if categories.tabular is not None:
        losses.add("columns of tables", "categories")


def _count_label_losses(labels: LabelCategories, losses: LossReport) -> None:
    for label in labels:
        if label.attributes:
            losses.add("list of a label's attributes", label.name)
        for key, value in label.infos.items():
            lost = type(value) is not int if key == "id" else key in _OWN or not is_json(value)
            if lost:
                losses.add("info of a label", f"{label.name}: {key}")
    for group in labels.groups:
        losses.add("group of labels", group.name)
    if labels.attributes:
        losses.add("list of attributes of all labels", ", ".join(labels.attributes))

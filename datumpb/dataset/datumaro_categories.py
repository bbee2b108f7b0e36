"""Categories as Datumaro has them in JSON, both ways: a part for labels, one for mask colours, one for keypoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.json_values import JsonMap, check, elements, fits, get
from datumpb.errors import SourceFormatError
from datumpb.model.categories import (
    Categories,
    LabelCategories,
    LabelCategory,
    LabelGroup,
    LabelGroupType,
    MaskCategories,
    PointsCategories,
    PointsCategory,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_GROUP_TYPES = {group_type.name.lower(): group_type for group_type in LabelGroupType}
_MAX_COLOR = 255
_MAX_LABEL = (1 << 32) - 1
_PAIR = 2
_INT32 = range(-(1 << 31), 1 << 31)


def read_categories(data: JsonMap) -> Categories:
    """Read all of them.

    Raises:
        SourceFormatError: They do not follow the format; the place is the key.
    """
    return Categories(
        labels=_labels(get(data, "label", dict, "categories")) if data.get("label") else None,
        masks=_masks(get(data, "mask", dict, "categories")) if data.get("mask") else None,
        points=_points(get(data, "points", dict, "categories")) if data.get("points") else None,
    )


def _labels(data: JsonMap) -> LabelCategories:
    place = "categories.label"
    labels = []
    for index, entry in enumerate(elements(data, "labels", dict, place)):
        at = f"{place}.labels[{index}]"
        parent = entry.get("parent")
        labels.append(
            LabelCategory(
                get(entry, "name", str, at),
                "" if parent is None else check(parent, str, f"{at}.parent"),
                elements(entry, "attributes", str, at),
            )
        )
    groups = []
    for index, entry in enumerate(elements(data, "label_groups", dict, place)):
        at = f"{place}.label_groups[{index}]"
        name = get(entry, "group_type", str, at).lower()
        if name not in _GROUP_TYPES:
            message = f"unknown type of a group: {name!r}"
            raise SourceFormatError(message, None, f"{at}.group_type")
        groups.append(LabelGroup(get(entry, "name", str, at), elements(entry, "labels", str, at), _GROUP_TYPES[name]))
    return LabelCategories(labels, groups, elements(data, "attributes", str, place))


def _masks(data: JsonMap) -> MaskCategories:
    place = "categories.mask"
    colormap = {}
    for index, entry in enumerate(elements(data, "colormap", dict, place)):
        at = f"{place}.colormap[{index}]"
        red, green, blue = (_number(entry, key, at, _MAX_COLOR) for key in "rgb")
        colormap[_number(entry, "label_id", at, _MAX_LABEL)] = red, green, blue
    return MaskCategories(colormap)


def _points(data: JsonMap) -> PointsCategories:
    place = "categories.points"
    items = {}
    for index, entry in enumerate(elements(data, "items", dict, place)):
        at = f"{place}.items[{index}]"
        positions = check(entry.get("positions") or [], list, f"{at}.positions")
        if len(positions) % 2 or not all(type(number) in {int, float} for number in positions):
            message = "pairs of numbers expected"
            raise SourceFormatError(message, None, f"{at}.positions")
        items[_number(entry, "label_id", at, _MAX_LABEL)] = PointsCategory(
            elements(entry, "labels", str, at),
            [_joint(pair, f"{at}.joints") for pair in elements(entry, "joints", list, at)],
            np.array([float(number) for number in positions]) if positions else None,
        )
    return PointsCategories(items)


def _joint(pair: list[object], place: str) -> tuple[int, int]:
    ends = [check(end, int, place) for end in pair]
    if len(ends) != _PAIR or not all(end in _INT32 for end in ends):
        message = "two numbers of keypoints expected"
        raise SourceFormatError(message, None, place)
    return ends[0], ends[1]


def _number(entry: JsonMap, key: str, place: str, highest: int) -> int:
    number: int = get(entry, key, int, place)
    if not 0 <= number <= highest:
        message = f"a number from 0 to {highest} expected"
        raise SourceFormatError(message, None, f"{place}.{key}")
    return number


def pack_categories(categories: Categories, lost: Callable[[str, str], None]) -> JsonMap:
    """Make the map to be written.

    Args:
        categories: The dataset's.
        lost: Is told what the format cannot hold, and where it was.
    """
    data: JsonMap = {}
    if categories.labels is not None:
        data["label"] = _pack_labels(categories.labels, lost)
    if categories.masks is not None:
        data["mask"] = {
            "colormap": [
                {"label_id": label, "r": red, "g": green, "b": blue}
                for label, (red, green, blue) in categories.masks.colormap.items()
            ]
        }
        for name in categories.masks.attributes:
            lost("attribute of the mask categories", name)
    if categories.points is not None:
        items = categories.points.items.items()
        data["points"] = {"items": [_pack_points(label, category, lost) for label, category in items]}
        for name in categories.points.attributes:
            lost("attribute of the keypoint categories", name)
    if categories.tabular is not None:
        lost("tabular categories", ", ".join(column.name for column in categories.tabular.items))
    return data


def _pack_labels(labels: LabelCategories, lost: Callable[[str, str], None]) -> JsonMap:
    entries: list[JsonMap] = []
    taken = {label.name for label in labels}
    written: set[str] = set()
    for index, label in enumerate(labels):
        name = label.name
        if not name or name in written:
            lost("name of a label, as it is empty or another label has it", f"label {index}")
            name = _free_name(name or "label", index, taken)
        written.add(name)
        taken.add(name)
        entries.append({"name": name, "parent": label.parent, "attributes": label.attributes})
        for key in label.infos:
            lost("info of a label", f"{label.name}: {key}")
    groups: list[JsonMap] = []
    for group in labels.groups:
        if group.name:
            kind = group.group_type.name.lower()
            groups.append({"name": group.name, "group_type": kind, "labels": group.labels})
        else:
            lost("group of labels without a name", ", ".join(group.labels))
    return {"labels": entries, "label_groups": groups, "attributes": labels.attributes}


def _free_name(name: str, index: int, taken: set[str]) -> str:
    free = f"{name}_{index}"
    while free in taken:
        free += "_"
    return free


def _pack_points(label: int, category: PointsCategory, lost: Callable[[str, str], None]) -> JsonMap:
    positions = [] if category.positions is None else category.positions.reshape(-1).tolist()
    names = len(category.labels)
    # Others refuse what does not go with the names of the points.
    held = bool(positions) and (not names or len(positions) == 2 * names) and fits(positions)
    if category.positions is not None and not held:
        lost("default positions of keypoints", f"label {label}")
        positions = []
    joints = [list(joint) for joint in category.joints]
    return {"label_id": label, "labels": category.labels, "joints": joints, "positions": positions}

"""Categories, from and to messages (schema: `categories.proto`)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from datumpb.codec import fields
from datumpb.codec.coordinates import decode_coordinates, encode_coordinates
from datumpb.codec.values import decode_attributes, decode_value, encode_attributes, encode_value
from datumpb.errors import DamagedFileError, InvalidItemError, UnknownDataWarning
from datumpb.model import categories as model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb import messages

_MAX_COLOR = 255
_GROUP_TYPES = {group_type.value: group_type for group_type in model.LabelGroupType}
_GROUP_TYPES[0] = model.LabelGroupType.EXCLUSIVE


def encode_categories(categories: model.Categories, message: messages.Categories) -> None:
    """Put categories into an empty message, which is left untouched where there are none.

    Raises:
        InvalidItemError: Something in them is not what the format can hold.
    """
    if categories.labels is not None:
        _encode_labels(categories.labels, message.labels)
    if categories.masks is not None:
        _encode_masks(categories.masks, message.masks)
    if categories.points is not None:
        _encode_points(categories.points, message.points)
    if categories.tabular is not None:
        _encode_tabular(categories.tabular, message.tabular)


def decode_categories(message: messages.Categories) -> model.Categories:
    """Return the categories of a message.

    A label group of a type that only a later version knows is left out, with an `UnknownDataWarning`.

    Raises:
        DamagedFileError: The message is not what the schema allows.
        UnsupportedFileError: A value is of a kind that this version does not know.
    """
    return model.Categories(
        labels=_decode_labels(message.labels) if message.HasField("labels") else None,
        masks=_decode_masks(message.masks) if message.HasField("masks") else None,
        points=_decode_points(message.points) if message.HasField("points") else None,
        tabular=_decode_tabular(message.tabular) if message.HasField("tabular") else None,
    )


def _encode_labels(categories: model.LabelCategories, message: messages.LabelCategories) -> None:
    message.SetInParent()
    for index, label in enumerate(categories.labels):
        part = message.labels.add()
        part.name = fields.text(label.name, f"label {index}: name")
        part.parent = fields.text(label.parent, f"label {index}: parent")
        part.attributes.extend(_texts(label.attributes, f"label {index}: attribute name"))
        encode_attributes(label.infos, part.infos, f"label {index}: infos")
    for index, group in enumerate(categories.groups):
        added = message.groups.add()
        added.name = fields.text(group.name, f"label group {index}: name")
        added.labels.extend(_texts(group.labels, f"label group {index}: label"))
        group_type = fields.instance(group.group_type, model.LabelGroupType, f"label group {index}: group_type")
        added.group_type = group_type.value  # type: ignore[assignment]  # numbers as in the schema
    message.attributes.extend(_texts(categories.attributes, "attribute name of all labels"))


def _decode_labels(message: messages.LabelCategories) -> model.LabelCategories:
    labels = [
        model.LabelCategory(part.name, part.parent, list(part.attributes), decode_attributes(part.infos))
        for part in message.labels
    ]
    groups = []
    for part in message.groups:
        group_type = _GROUP_TYPES.get(part.group_type)
        if group_type is None:
            text = f"label group {part.name!r} is left out, being of a type that only a later version of datumpb knows"
            warnings.warn(text, UnknownDataWarning, stacklevel=2)
        else:
            groups.append(model.LabelGroup(part.name, list(part.labels), group_type))
    return model.LabelCategories(labels, groups, list(message.attributes))


def _encode_masks(categories: model.MaskCategories, message: messages.MaskCategories) -> None:
    message.SetInParent()
    for label, (red, green, blue) in categories.colormap.items():
        message.colors.add(
            label=fields.uint32(label, "label of a colour"),
            red=fields.uint8(red, "red"),
            green=fields.uint8(green, "green"),
            blue=fields.uint8(blue, "blue"),
        )
    message.attributes.extend(_texts(categories.attributes, "attribute name of masks"))


def _decode_masks(message: messages.MaskCategories) -> model.MaskCategories:
    colormap: dict[int, tuple[int, int, int]] = {}
    for part in message.colors:
        color = (part.red, part.green, part.blue)
        if max(color) > _MAX_COLOR or part.label in colormap:
            text = f"the colour of label {part.label} is beyond {_MAX_COLOR} or given twice"
            raise DamagedFileError(text)
        colormap[part.label] = color
    return model.MaskCategories(colormap, list(message.attributes))


def _encode_points(categories: model.PointsCategories, message: messages.PointsCategories) -> None:
    message.SetInParent()
    for label, category in categories.items.items():
        part = message.items.add()
        part.label = fields.uint32(label, "label of keypoints")
        part.labels.extend(_texts(category.labels, "name of a keypoint"))
        for first, second in category.joints:
            part.joints.add(first=fields.int32(first, "joint"), second=fields.int32(second, "joint"))
        if category.positions is not None:
            part.positions.SetInParent()
            encode_coordinates(category.positions, part.positions, 2)
    message.attributes.extend(_texts(categories.attributes, "attribute name of keypoints"))


def _decode_points(message: messages.PointsCategories) -> model.PointsCategories:
    items: dict[int, model.PointsCategory] = {}
    for part in message.items:
        if part.label in items:
            text = f"the keypoints of label {part.label} are given twice"
            raise DamagedFileError(text)
        positions = decode_coordinates(part.positions, 2) if part.HasField("positions") else None
        joints = [(joint.first, joint.second) for joint in part.joints]
        items[part.label] = model.PointsCategory(list(part.labels), joints, positions)
    return model.PointsCategories(items, list(message.attributes))


def _encode_tabular(categories: model.TabularCategories, message: messages.TabularCategories) -> None:
    message.SetInParent()
    for index, column in enumerate(categories.items):
        part = message.items.add()
        part.name = fields.text(column.name, f"column {index}: name")
        part.dtype = fields.text(column.dtype, f"column {index}: dtype")
        for label in column.labels:
            encode_value(label, part.labels.add(), f"column {index}: label")


def _decode_tabular(message: messages.TabularCategories) -> model.TabularCategories:
    return model.TabularCategories(
        [
            model.TabularCategory(part.name, part.dtype, [decode_value(label) for label in part.labels])
            for part in message.items
        ]
    )


def _texts(values: Iterable[object], field: str) -> list[str]:
    if isinstance(values, str):
        text = f"{field} {fields.shown(values)} is text, where a list of texts belongs"
        raise InvalidItemError(text)
    return [fields.text(value, field) for value in values]

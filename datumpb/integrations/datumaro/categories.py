"""Categories, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from datumaro.components import annotation as dm

from datumpb.errors import InvalidItemError
from datumpb.integrations.datumaro.values_in import values_from_datumaro
from datumpb.model import categories as model

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport
    from datumpb.integrations.datumaro.foreign import Foreign

_GROUP_TYPES = {
    model.LabelGroupType.EXCLUSIVE: dm.GroupType.EXCLUSIVE,
    model.LabelGroupType.INCLUSIVE: dm.GroupType.INCLUSIVE,
    model.LabelGroupType.RESTRICTED: dm.GroupType.RESTRICTED,
}
_GROUP_TYPES_BACK = {theirs: ours for ours, theirs in _GROUP_TYPES.items()}
_DTYPES = {"str": str, "int": int, "float": float, "category": pd.CategoricalDtype()}
_WHERE = "categories"


def categories_to_datumaro(categories: model.Categories, losses: LossReport) -> dict[Foreign, Foreign]:
    """Return Datumaro's categories by their types.

    Raises:
        InvalidItemError: Two labels have the same name, or one has none.
    """
    converted = {}
    if categories.labels is not None:
        converted[dm.AnnotationType.label] = _labels_out(categories.labels, losses)
    if categories.masks is not None:
        masks = categories.masks
        converted[dm.AnnotationType.mask] = dm.MaskCategories(dict(masks.colormap), attributes=set(masks.attributes))
    if categories.points is not None:
        converted[dm.AnnotationType.points] = _points_out(categories.points, losses)
    if categories.tabular is not None:
        converted[dm.AnnotationType.tabular] = _tabular_out(categories.tabular, losses)
    return converted


def categories_from_datumaro(categories: dict[Foreign, Foreign], losses: LossReport) -> model.Categories:
    """Return categories; a kind that datumpb does not have is left out and counted."""
    converted = model.Categories()
    for kind, one in categories.items():
        if kind is dm.AnnotationType.label:
            converted.labels = _labels_in(one)
        elif kind is dm.AnnotationType.mask:
            converted.masks = _masks_in(one)
        elif kind is dm.AnnotationType.points:
            converted.points = _points_in(one)
        elif kind is dm.AnnotationType.tabular:
            converted.tabular = _tabular_in(one, losses)
        else:
            losses.add(f"categories of a kind that datumpb does not have ({kind.name})", _WHERE)
    return converted


def _labels_out(labels: model.LabelCategories, losses: LossReport) -> Foreign:
    converted = dm.LabelCategories(attributes=set(labels.attributes))
    for label in labels:
        if not label.name or label.name in converted:
            what = "is there twice" if label.name else "has no name"
            message = f"label {label.name!r} {what}: Datumaro tells labels apart by their names"
            raise InvalidItemError(message)
        converted.add(label.name, label.parent, set(label.attributes))
        if label.infos:
            losses.add("info of a label", f"{label.name}: {next(iter(label.infos))}", len(label.infos))
    for group in labels.groups:
        if group.name:
            converted.add_label_group(group.name, list(group.labels), _GROUP_TYPES[group.group_type])
        else:
            losses.add("group of labels without a name", ", ".join(group.labels))
    return converted


def _labels_in(labels: Foreign) -> model.LabelCategories:
    return model.LabelCategories(
        [model.LabelCategory(one.name, one.parent or "", sorted(one.attributes)) for one in labels.items],
        [
            model.LabelGroup(group.name, list(group.labels), _GROUP_TYPES_BACK[dm.GroupType(group.group_type)])
            for group in labels.label_groups
        ],
        sorted(labels.attributes),
    )


def _masks_in(masks: Foreign) -> model.MaskCategories:
    colormap = {}
    for label, color in masks.colormap.items():
        red, green, blue = color[:3]
        colormap[int(label)] = int(red), int(green), int(blue)
    return model.MaskCategories(colormap, sorted(masks.attributes))


def _points_out(points: model.PointsCategories, losses: LossReport) -> Foreign:
    converted = dm.PointsCategories(attributes=set(points.attributes))
    for label, category in points.items.items():
        positions = [] if category.positions is None else category.positions.reshape(-1).tolist()
        if positions and category.labels and len(positions) != 2 * len(category.labels):
            losses.add("positions of keypoints that are not as many as their names", f"label {label}")
            positions = []
        converted.add(label, list(category.labels), category.joints, positions)
        if converted[label].positions != positions:
            losses.add("positions of keypoints, which Datumaro scales to a square from 0 to 1", f"label {label}")
    return converted


def _points_in(points: Foreign) -> model.PointsCategories:
    items = {}
    for label, category in points.items.items():
        joints = [(int(first), int(second)) for first, second in sorted(category.joints)]
        positions = np.array(category.positions, np.float64) if category.positions else None
        items[int(label)] = model.PointsCategory(list(category.labels), joints, positions)
    return model.PointsCategories(items, sorted(points.attributes))


def _tabular_out(tabular: model.TabularCategories, losses: LossReport) -> Foreign:
    converted = dm.TabularCategories()
    for column in tabular.items:
        if not column.name or column.name in converted or column.dtype not in _DTYPES:
            losses.add("column of tables that Datumaro cannot have", column.name)
            continue
        labels = {label for label in column.labels if isinstance(label, (str, int, float))}
        if len(labels) != len(column.labels):
            losses.add("label of a column that is there twice, or neither text nor number", column.name)
        converted.add(column.name, _DTYPES[column.dtype], labels)
    return converted


def _tabular_in(tabular: Foreign, losses: LossReport) -> model.TabularCategories:
    items = []
    for column in tabular.items:
        dtype = next((name for name, dtype in _DTYPES.items() if dtype == column.dtype), None)
        if dtype is None:
            losses.add("column of tables of a type that is neither text, number nor category", column.name)
            continue
        labels = values_from_datumaro({"labels": column.labels}, column.name, losses)["labels"]
        assert isinstance(labels, list)
        items.append(model.TabularCategory(column.name, dtype, labels))
    return model.TabularCategories(items)

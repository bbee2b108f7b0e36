"""What formats cannot hold that know little more than names of labels and where objects are: counted here for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport
    from datumpb.model.annotations import Annotation
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item


def count_categories(
    categories: Categories, losses: LossReport, *, points: bool = False, parents: bool = False
) -> None:
    """Count all of the categories but the names of labels, and what the caller holds or counts itself.

    Args:
        categories: The categories.
        losses: Where to count.
        points: The keypoints of labels are not to be counted.
        parents: The parents of labels are not to be counted.
    """
    labels = categories.labels
    for label in labels or []:
        if label.parent and not parents:
            losses.add("parent of a label", label.name)
        if label.attributes:
            losses.add("list of a label's attributes", label.name)
        if label.infos:
            losses.add("info of a label", f"{label.name}: {next(iter(label.infos))}", len(label.infos))
    for group in labels.groups if labels is not None else []:
        losses.add("group of labels", group.name)
    if labels is not None and labels.attributes:
        losses.add("list of attributes of all labels", ", ".join(labels.attributes))
    if categories.masks is not None:
        losses.add("colours of masks", "categories")
    if categories.points is not None and not points:
        losses.add("keypoints of labels", "categories", len(categories.points.items) or 1)
    if categories.tabular is not None:
        losses.add("columns of tables", "categories")


def count_item_attributes(item: Item, losses: LossReport) -> None:
    """Count the attributes of an item."""
    if item.attributes:
        losses.add("attribute of an item", f"{item.id}: {next(iter(item.attributes))}", len(item.attributes))


def count_fields(annotation: Annotation, item: Item, losses: LossReport, *, group: bool = False) -> None:
    """Count the fields of an annotation but its label, its shape and, where `group` says so, its group."""
    if annotation.id:
        losses.add("id of an annotation", item.id)
    if annotation.group and not group:
        losses.add("group of annotations", item.id)
    if annotation.z_order:
        losses.add("z_order of an annotation", item.id)
    if annotation.object_id is not None:
        losses.add("object_id of an annotation", item.id)
    if annotation.attributes:
        where = f"{item.id}: {next(iter(annotation.attributes))}"
        losses.add("attribute of an annotation", where, len(annotation.attributes))

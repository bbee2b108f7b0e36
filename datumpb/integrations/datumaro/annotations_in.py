"""Annotations of Datumaro's to ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from datumaro.components import annotation as dm

from datumpb.integrations.datumaro.annotations_out import SUPER_RESOLUTION
from datumpb.integrations.datumaro.two_decimals import two_decimals
from datumpb.integrations.datumaro.values_in import values_from_datumaro
from datumpb.model import annotations as model
from datumpb.model import rle
from datumpb.model.geometry import box_of_corners

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datumpb.dataset.losses import LossReport
    from datumpb.integrations.datumaro.foreign import Foreign
    from datumpb.integrations.datumaro.media_in import MediaIn

    Common = dict[str, Any]


def annotations_from_datumaro(
    annotations: Iterable[Foreign], media: MediaIn, where: str, losses: LossReport
) -> list[model.Annotation]:
    """Return annotations, without those of types that datumpb does not have.

    Args:
        annotations: Those of an item.
        media: Converts the images of annotations.
        where: The item, for the report.
        losses: Counts what datumpb cannot hold.
    """
    into = _In(media, where, losses)
    converted = [_convert(into, annotation, index) for index, annotation in enumerate(annotations)]
    return [annotation for annotation in converted if annotation is not None]


@dataclass(frozen=True, slots=True)
class _In:
    media: MediaIn
    where: str
    losses: LossReport

    def image(self, annotation: Foreign, index: int) -> Foreign:
        return self.media.image(annotation.image, f"{self.where}/{index}")


def _convert(into: _In, annotation: Foreign, index: int) -> model.Annotation | None:
    common: Common = {
        "id": int(annotation.id),
        "group": int(annotation.group),
        "attributes": values_from_datumaro(annotation.attributes, into.where, into.losses),
        "object_id": None if annotation.object_id == dm.NO_OBJECT_ID else int(annotation.object_id),
        "z_order": int(getattr(annotation, "z_order", 0)),
    }
    label = getattr(annotation, "label", None)
    if label is not None and label < 0:
        into.losses.add("negative label", into.where)
        label = None
    common["label"] = None if label is None else int(label)
    if annotation.type is dm.AnnotationType.depth_annotation:
        return model.DepthMap(into.image(annotation, index), **common)
    if annotation.type is dm.AnnotationType.super_resolution_annotation:
        return model.ImageAnnotation(SUPER_RESOLUTION, into.image(annotation, index), **common)
    if annotation.type is dm.AnnotationType.tabular:
        return model.Tabular(values_from_datumaro(annotation.values, into.where, into.losses), **common)
    convert = _CONVERTERS.get(annotation.type)
    if convert is None:
        into.losses.add(f"annotation of a type that datumpb does not have ({type(annotation).__name__})", into.where)
        return None
    return convert(annotation, common)


def _label(_annotation: Foreign, common: Common) -> model.Annotation:
    return model.Label(**common)


def _mask(annotation: Foreign, common: Common) -> model.Annotation:
    if isinstance(annotation, dm.RleMask):
        height, width = annotation.rle["size"]
        counts = annotation.rle["counts"]
        counts = counts.encode("ascii") if isinstance(counts, str) else bytes(counts)
    else:
        image = np.asarray(annotation.image)
        height, width = image.shape
        counts = rle.from_bitmap(image)
    return model.Mask(int(height), int(width), counts, **common)


def _points(annotation: Foreign, common: Common) -> model.Annotation:
    visibility = np.array([int(one) for one in annotation.visibility], np.uint8)
    return model.Points(two_decimals(annotation.points).reshape(-1, 2), visibility, **common)


def _polygon(annotation: Foreign, common: Common) -> model.Annotation:
    return model.Polygon(two_decimals(annotation.points).reshape(-1, 2), **common)


def _polyline(annotation: Foreign, common: Common) -> model.Annotation:
    return model.PolyLine(two_decimals(annotation.points), **common)


def _bbox(annotation: Foreign, common: Common) -> model.Annotation:
    return model.Bbox(*box_of_corners(*two_decimals(annotation.points).tolist()), **common)


def _caption(annotation: Foreign, common: Common) -> model.Annotation:
    return model.Caption(str(annotation.caption), **common)


def _cuboid_3d(annotation: Foreign, common: Common) -> model.Annotation:
    return model.Cuboid3d(annotation.position, annotation.rotation, annotation.scale, **common)


def _ellipse(annotation: Foreign, common: Common) -> model.Annotation:
    return model.Ellipse(*two_decimals(annotation.points).tolist(), **common)


def _cuboid_2d(annotation: Foreign, common: Common) -> model.Annotation:
    return model.Cuboid2d(np.asarray(annotation.points), annotation.y_3d, **common)


def _rotated(annotation: Foreign, common: Common) -> model.Annotation:
    return model.RotatedBbox(*two_decimals(annotation.points).tolist(), **common)


_CONVERTERS: dict[Foreign, Callable[[Foreign, Common], model.Annotation]] = {
    dm.AnnotationType.label: _label,
    dm.AnnotationType.mask: _mask,
    dm.AnnotationType.points: _points,
    dm.AnnotationType.polygon: _polygon,
    dm.AnnotationType.polyline: _polyline,
    dm.AnnotationType.bbox: _bbox,
    dm.AnnotationType.caption: _caption,
    dm.AnnotationType.cuboid_3d: _cuboid_3d,
    dm.AnnotationType.ellipse: _ellipse,
    dm.AnnotationType.cuboid_2d: _cuboid_2d,
    dm.AnnotationType.rotated_bbox: _rotated,
}

"""Annotations to Datumaro's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from datumaro.components import annotation as dm

from datumpb.integrations.datumaro.two_decimals import two_decimals
from datumpb.model import annotations as model
from datumpb.model.geometry import box_of_corners

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.dataset.losses import LossReport
    from datumpb.integrations.datumaro.foreign import Foreign
    from datumpb.integrations.datumaro.media_out import MediaOut

    Common = dict[str, Any]

SUPER_RESOLUTION = "super_resolution"
"""The role of the one kind of image-valued annotation that Datumaro has besides depth."""

_CORNERS = 3
_WITHOUT_LABEL = (model.Caption, model.Tabular, model.DepthMap, model.ImageAnnotation)
_WITHOUT_Z_ORDER = (*_WITHOUT_LABEL, model.Label, model.Cuboid3d)
_VISIBILITIES = {int(one) for one in dm.Points.Visibility}


def annotations_to_datumaro(
    annotations: list[model.Annotation], media: MediaOut, where: str, losses: LossReport
) -> list[Foreign]:
    """Return Datumaro's annotations, without those that it cannot hold.

    Args:
        annotations: Those of an item.
        media: Converts the images of annotations.
        where: The item, for the report.
        losses: Counts what Datumaro cannot hold.
    """
    out = _Out(media, where, losses)
    with np.errstate(over="ignore", invalid="ignore"):  # beyond float32 is infinite; counted as rounded
        converted = [_convert(out, annotation) for annotation in annotations]
    return [annotation for annotation in converted if annotation is not None]


@dataclass(frozen=True, slots=True)
class _Out:
    media: MediaOut
    where: str
    losses: LossReport

    def lose(self, what: str) -> None:
        self.losses.add(what, self.where)


def _convert(out: _Out, annotation: model.Annotation) -> Foreign:
    convert = _CONVERTERS.get(type(annotation))
    if convert is None:
        out.lose(f"annotation of a type that Datumaro does not have ({type(annotation).__name__})")
        return None
    common: Common = {
        "id": annotation.id,
        "group": annotation.group,
        "attributes": dict(annotation.attributes),
        "object_id": dm.NO_OBJECT_ID if annotation.object_id is None else annotation.object_id,
    }
    if annotation.object_id == dm.NO_OBJECT_ID:
        out.lose(f"object_id {dm.NO_OBJECT_ID}, which means none in Datumaro")
    if not isinstance(annotation, _WITHOUT_LABEL):
        common["label"] = annotation.label
    elif annotation.label is not None:
        out.lose(f"label of an annotation that has none in Datumaro ({type(annotation).__name__})")
    if not isinstance(annotation, _WITHOUT_Z_ORDER):
        common["z_order"] = annotation.z_order
    elif annotation.z_order:
        out.lose(f"z_order of an annotation that has none in Datumaro ({type(annotation).__name__})")
    return convert(out, annotation, common)


def _label(out: _Out, annotation: model.Label, common: Common) -> Foreign:
    if annotation.label is None:
        out.lose("Label that names no label")
        return None
    return dm.Label(**common)


def _mask(_out: _Out, annotation: model.Mask, common: Common) -> Foreign:
    return dm.RleMask({"size": [annotation.height, annotation.width], "counts": annotation.counts}, **common)


def _polyline(out: _Out, annotation: model.PolyLine, common: Common) -> Foreign:
    return _rounded(out, dm.PolyLine(annotation.points.reshape(-1), **common), annotation.points)


def _polygon(out: _Out, annotation: model.Polygon, common: Common) -> Foreign:
    if len(annotation.points) < _CORNERS:
        out.lose("polygon of fewer than three corners")
        return None
    return _rounded(out, dm.Polygon(annotation.points.reshape(-1), **common), annotation.points)


def _bbox(out: _Out, annotation: model.Bbox, common: Common) -> Foreign:
    shape = dm.Bbox(annotation.x, annotation.y, annotation.w, annotation.h, **common)
    held = box_of_corners(*two_decimals(shape.points).tolist())
    return _checked(out, shape, held, (annotation.x, annotation.y, annotation.w, annotation.h))


def _points(out: _Out, annotation: model.Points, common: Common) -> Foreign:
    visibility = annotation.visibility.tolist()
    if not _VISIBILITIES.issuperset(visibility):
        out.lose("visibility other than 0, 1 or 2: becomes 2, visible")
        visibility = [one if one in _VISIBILITIES else int(dm.Points.Visibility.visible) for one in visibility]
    return _rounded(out, dm.Points(annotation.points.reshape(-1), visibility, **common), annotation.points)


def _caption(_out: _Out, annotation: model.Caption, common: Common) -> Foreign:
    return dm.Caption(annotation.caption, **common)


def _cuboid_3d(out: _Out, annotation: model.Cuboid3d, common: Common) -> Foreign:
    parts = annotation.position, annotation.rotation, annotation.scale
    shape = dm.Cuboid3d(*(part.tolist() for part in parts), **common)
    return _checked(out, shape, [*shape.position, *shape.rotation, *shape.scale], np.concatenate(parts))


def _ellipse(out: _Out, annotation: model.Ellipse, common: Common) -> Foreign:
    corners = annotation.x1, annotation.y1, annotation.x2, annotation.y2
    return _rounded(out, dm.Ellipse(*corners, **common), corners)


def _cuboid_2d(_out: _Out, annotation: model.Cuboid2d, common: Common) -> Foreign:
    return dm.Cuboid2D([(x, y) for x, y in annotation.points.tolist()], y_3d=annotation.y_3d, **common)


def _rotated(out: _Out, annotation: model.RotatedBbox, common: Common) -> Foreign:
    numbers = annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r
    return _rounded(out, dm.RotatedBbox(*numbers, **common), numbers)


def _depth(out: _Out, annotation: model.DepthMap, common: Common) -> Foreign:
    return dm.DepthAnnotation(out.media.image(annotation.image), **common)


def _image(out: _Out, annotation: model.ImageAnnotation, common: Common) -> Foreign:
    if annotation.role != SUPER_RESOLUTION:
        out.lose(f"image-valued annotation whose role is not {SUPER_RESOLUTION}")
        return None
    return dm.SuperResolutionAnnotation(out.media.image(annotation.image), **common)


def _tabular(_out: _Out, annotation: model.Tabular, common: Common) -> Foreign:
    return dm.Tabular(annotation.values, **common)


def _rounded(out: _Out, shape: Foreign, given: object) -> Foreign:
    return _checked(out, shape, two_decimals(shape.points), np.asarray(given, np.float64).reshape(-1))


def _checked(out: _Out, shape: Foreign, held: object, given: object) -> Foreign:
    if not np.array_equal(np.asarray(held), np.asarray(given), equal_nan=True):
        out.lose("coordinates that Datumaro rounds (float32, two decimals)")
    return shape


_CONVERTERS: dict[type[model.Annotation], Callable[[_Out, Any, Common], Foreign]] = {
    model.Label: _label,
    model.Mask: _mask,
    model.PolyLine: _polyline,
    model.Polygon: _polygon,
    model.Bbox: _bbox,
    model.Points: _points,
    model.Caption: _caption,
    model.Cuboid3d: _cuboid_3d,
    model.Ellipse: _ellipse,
    model.Cuboid2d: _cuboid_2d,
    model.RotatedBbox: _rotated,
    model.DepthMap: _depth,
    model.ImageAnnotation: _image,
    model.Tabular: _tabular,
}

"""Sound files: every kind of annotation, with nothing but its own part, and with every field odd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import datumpb as dp
from conformance.make.case import Case, valid
from conformance.make.entries import item, written
from conformance.make.forge import Forge
from datumpb import messages
from datumpb.model import rle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.model.values import Value

_OUTLINE = np.array([[10.5, 20.25], [110.5, 20.25], [110.5, 71], [-3.75, 1e-3]])
_NOTHING = np.zeros((0, 2))
_IMAGE = dp.Image(dp.MediaRef("masks/train/a.png", size=0, crc32=0), 0, 2**32 - 1)
_ODD: dict[str, Value] = {"": None, "odd": [True, -1, {"k": b"\x00\xff"}], "é": 0.1}


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, (plain, odd) in _shapes().items():
        entries = [item("plain", *plain), item("odd", *odd), item("both", *plain, *odd)]
        yield valid(f"annotation-{name}", f"{name}: only its own part, then with every field odd", Forge([entries]))
    yield _common()
    yield _masks()
    yield _absent_parts()


def _shapes() -> dict[str, tuple[list[dp.Annotation], list[dp.Annotation]]]:
    """Return, for each kind of annotation, plain ones and odd ones."""
    common: dict[str, Any] = {
        "id": -(2**63),
        "group": 2**63 - 1,
        "label": 0,
        "object_id": 0,
        "z_order": -(2**63),
        "attributes": _ODD,
    }
    eight = np.arange(16).reshape(8, 2)
    third = 1 / 3
    return {
        "label": ([dp.Label(label=3)], [dp.Label(**common), dp.Label()]),
        "mask": ([dp.Mask(4, 5, b"5220003")], [dp.Mask(100, 90, b"lo0b1b10Rg3_N]3", **common)]),
        "poly-line": (
            [dp.PolyLine(_OUTLINE)],
            [dp.PolyLine(_NOTHING, **common), dp.PolyLine(np.array([[third, -third]]))],
        ),
        "polygon": (
            [dp.Polygon(_OUTLINE)],
            [dp.Polygon(_NOTHING, **common), dp.Polygon(np.array([[third, 1e300], [0.1, 0.7]]))],
        ),
        "bbox": ([dp.Bbox(1, 2, 3.5, 4.25)], [dp.Bbox(-0.0, float("nan"), float("inf"), 1e-320, **common)]),
        "points": (
            [dp.Points(_OUTLINE)],
            [
                dp.Points(_OUTLINE, np.array([0, 1, 2, 255]), **common),
                dp.Points(_NOTHING),
                dp.Points(np.array([[1, 2]]), np.array([0])),
            ],
        ),
        "caption": ([dp.Caption("a cat")], [dp.Caption("", **common), dp.Caption("\u202e\0line\r\nbreak 😀")]),
        "cuboid-3d": (
            [dp.Cuboid3d(*np.array([[1, 2, 3], [0, 0, 1.5707], [4, 5, 6]]))],
            [dp.Cuboid3d(*np.array([[third, -0.0, 1e9], [3.141592653589793, 0, 0], [np.inf, 0, 1]]), **common)],
        ),
        "ellipse": ([dp.Ellipse(1, 2, 3, 4)], [dp.Ellipse(1e15, -1e15, 0.001, third, **common)]),
        "cuboid-2d": (
            [dp.Cuboid2d(eight)],
            [dp.Cuboid2d(eight + third, float("-inf"), **common), dp.Cuboid2d(-eight, -0.0)],
        ),
        "rotated-bbox": ([dp.RotatedBbox(10, 20, 3, 4, 45)], [dp.RotatedBbox(0.1, 0.2, 0.3, 1e-9, -359.999, **common)]),
        "feature-vector": (
            [dp.FeatureVector(np.array([1, 2.5, third], np.float32))],
            [
                dp.FeatureVector(np.array([third, float("nan"), -0.0, 5e-324]), **common),
                dp.FeatureVector(np.array([float("inf"), -0.0, 1e-45, 3.4028235e38, 0.1], np.float32)),
                dp.FeatureVector(np.zeros(0, np.float32)),
            ],
        ),
        "depth-map": ([dp.DepthMap(dp.Image())], [dp.DepthMap(_IMAGE, **common)]),
        "image-annotation": (
            [dp.ImageAnnotation("super_resolution", dp.Image(dp.MediaRef(data=b"\x89PNG")))],
            [dp.ImageAnnotation("", _IMAGE, **common)],
        ),
        "tabular": (
            [dp.Tabular({"price": 12.5, "count": 3, "name": "x"})],
            [dp.Tabular(_ODD, **common), dp.Tabular({})],
        ),
        "hash-key": ([dp.HashKey(bytes(range(16)))], [dp.HashKey(b"", **common)]),
    }


def _common() -> Case:
    entries = [
        item("smallest", dp.Label(id=-(2**63), group=-(2**63), label=0, object_id=-(2**63), z_order=-(2**63))),
        item(
            "largest", dp.Label(id=2**63 - 1, group=2**63 - 1, label=2**32 - 1, object_id=2**63 - 1, z_order=2**63 - 1)
        ),
        item("zero is not absent", dp.Label(label=0, object_id=0), dp.Label()),
        item("beyond 2^53", dp.Label(id=2**53 + 1, group=-(2**53) - 1, z_order=2**53 + 1)),
        item("many", *(dp.Bbox(n, n, n, n, id=n, group=n // 2, z_order=-n) for n in range(60))),
        item("none"),
    ]
    return valid("annotation-common-fields", "the limits of the fields that all annotations have", Forge([entries]))


def _masks() -> Case:
    def mask(height: int, width: int, runs: list[int]) -> dp.Mask:
        return dp.Mask(height, width, rle.encode_runs(runs))

    entries = [
        item("no pixels", mask(0, 0, []), mask(0, 7, [0]), mask(7, 0, [])),
        item("empty and full", mask(3, 4, [12]), mask(3, 4, [0, 12])),
        item("one pixel", mask(1, 1, [1]), mask(1, 1, [0, 1])),
        item("a checkerboard", mask(5, 5, [1] * 25)),
        item("falling runs", mask(10, 20, [100, 50, 25, 12, 6, 3, 2, 1, 1])),
        item("a run of none in the middle", mask(2, 5, [3, 0, 4, 3])),
        item("large", mask(2**16, 2**16 - 1, [2**31, 2**31 - 2**16]), mask(1, 2**32 - 1, [2**32 - 1])),
        item("large differences", mask(2**15, 2**16, [1, 1, 2**30, 1, 1, 2**30 - 4])),
        item("long", mask(640, 480, [640 * 480 - 600 * 100, *([599, 1] * 100)])),
    ]
    return valid("masks", "run lengths of all shapes and sizes", Forge([entries]))


def _absent_parts() -> Case:
    message = messages.Item(id="absent and empty")
    for kind in ("poly_line", "polygon", "points"):
        getattr(message.annotations.add(), kind).SetInParent()
        getattr(message.annotations.add(), kind).points.SetInParent()
    message.annotations.add().depth_map.SetInParent()
    message.annotations.add().image_annotation.image.file.SetInParent()
    message.annotations.add().mask.SetInParent()
    note = "parts without anything in them, and parts that are there and empty"
    return valid("annotation-empty-parts", note, Forge([[written(message)]]))

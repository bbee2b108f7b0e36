from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import numpy as np
import pytest
from datumaro.components import annotation as dm
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.integrations.datumaro.annotations_in import annotations_from_datumaro
from datumpb.integrations.datumaro.annotations_out import annotations_to_datumaro
from datumpb.integrations.datumaro.media_in import MediaIn
from datumpb.integrations.datumaro.media_out import MediaOut
from tests.support import bridge

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.integrations.datumaro.foreign import Foreign

# pycocotools and numpy, which is of no concern here
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
BACK_AND_FORTH = st.floats(-1000, 1000) | st.floats() | st.integers(-(10**7), 10**7).map(lambda n: n / 100)


def to_datumaro(annotation: dp.Annotation, losses: dp.LossReport) -> list[Foreign]:
    return annotations_to_datumaro([annotation], MediaOut(), "item", losses)


def from_datumaro(annotations: list[Foreign], losses: dp.LossReport) -> list[dp.Annotation]:
    return annotations_from_datumaro(annotations, MediaIn(), "item", losses)


def test_every_type_comes_back_as_it_was(tmp_path: Path) -> None:
    for annotation in bridge.every_annotation(tmp_path):
        losses = dp.LossReport()
        assert from_datumaro(to_datumaro(annotation, losses), losses) == [annotation]
        assert not losses


def test_every_type_of_datumaro_has_a_converter(tmp_path: Path) -> None:
    losses = dp.LossReport()
    types = {to_datumaro(annotation, losses)[0].type for annotation in bridge.every_annotation(tmp_path)}
    assert types == set(dm.AnnotationType) - {dm.AnnotationType.unknown}


@given(st.lists(st.integers(-(2**22), 2**22), min_size=6, max_size=40).filter(lambda numbers: len(numbers) % 2 == 0))
def test_coordinates_of_two_decimals_come_back_exactly(hundredths: list[int]) -> None:
    losses = dp.LossReport()
    polygon = dp.Polygon(np.array(hundredths) / 100)
    assert from_datumaro(to_datumaro(polygon, losses), losses) == [polygon]
    assert not losses


@given(st.lists(BACK_AND_FORTH, min_size=2, max_size=8).filter(lambda numbers: len(numbers) % 2 == 0))
def test_coordinates_come_back_exactly_or_are_counted(numbers: list[float]) -> None:
    losses = dp.LossReport()
    line = dp.PolyLine(np.array(numbers))
    (back,) = from_datumaro(to_datumaro(line, losses), losses)
    assert isinstance(back, dp.PolyLine)
    same = bool(np.array_equal(back.points, line.points, equal_nan=True))
    assert same is not bool(losses)


@given(*[st.floats(-1000, 1000, allow_nan=False)] * 4)
def test_boxes_come_back_exactly_or_are_counted(x: float, y: float, w: float, h: float) -> None:
    losses = dp.LossReport()
    (back,) = from_datumaro(to_datumaro(dp.Bbox(x, y, w, h), losses), losses)
    assert isinstance(back, dp.Bbox)
    assert ((back.x, back.y, back.w, back.h) == (x, y, w, h)) is not bool(losses)


@given(st.lists(st.floats(width=32), min_size=2, max_size=8).filter(lambda numbers: len(numbers) % 2 == 0))
def test_shapes_of_datumaro_come_back_as_they_were(numbers: list[float]) -> None:
    losses = dp.LossReport()
    with np.errstate(over="ignore", invalid="ignore"):
        shape = dm.PolyLine(numbers)
    (there,) = from_datumaro([shape], losses)
    (back,) = to_datumaro(there, losses)
    assert np.array_equal(back.points, shape.points, equal_nan=True)


def test_changed_coordinates_of_a_shape_are_kept() -> None:
    shape = dm.Bbox(1, 2, 3, 4)
    shape.points = [0.123456789, 2.0, 4.0, 6.0]
    (box,) = from_datumaro([shape], dp.LossReport())
    assert isinstance(box, dp.Bbox)
    assert box.x == 0.123456789


@pytest.mark.parametrize(
    "mask",
    [
        dm.Mask(bridge.BITS, label=1),
        dm.Mask(lambda: bridge.BITS, label=1),
        dm.ExtractedMask(bridge.BITS.astype(int) * 4, 4, label=1),
    ],
)
def test_masks_of_any_kind_become_runs(mask: Foreign) -> None:
    (converted,) = from_datumaro([mask], dp.LossReport())
    assert isinstance(converted, dp.Mask)
    (back,) = to_datumaro(converted, dp.LossReport())
    assert np.array_equal(back.image, bridge.BITS)
    assert back.label == 1


@pytest.mark.parametrize("counts", [b"03", "03"])
def test_runs_of_datumaro_may_be_text(counts: str | bytes) -> None:
    (mask,) = from_datumaro([dm.RleMask({"size": [1, 3], "counts": counts})], dp.LossReport())
    assert mask == dp.Mask(1, 3, b"03")


@pytest.mark.parametrize(
    ("annotation", "loss", "kept"),
    [
        (dp.FeatureVector(np.ones(2)), "annotation of a type that Datumaro does not have (FeatureVector)", False),
        (dp.HashKey(b"1"), "annotation of a type that Datumaro does not have (HashKey)", False),
        (dp.Label(), "Label that names no label", False),
        (dp.Label(label=0, z_order=1), "z_order of an annotation that has none in Datumaro (Label)", True),
        (dp.Caption("", label=0), "label of an annotation that has none in Datumaro (Caption)", True),
        (dp.Polygon(np.ones(4)), "polygon of fewer than three corners", False),
        (dp.PolyLine(np.array([0.123, 0])), "coordinates that Datumaro rounds (float32, two decimals)", True),
        (
            dp.Cuboid3d(np.full(3, 0.123), np.zeros(3), np.ones(3)),
            "coordinates that Datumaro rounds (float32, two decimals)",
            True,
        ),
        (dp.Points(np.zeros(2), np.array([9])), "visibility other than 0, 1 or 2: becomes 2, visible", True),
        (dp.Label(label=0, object_id=-1), "object_id -1, which means none in Datumaro", True),
        (
            dp.ImageAnnotation("normals", dp.Image()),
            "image-valued annotation whose role is not super_resolution",
            False,
        ),
    ],
)
def test_what_datumaro_cannot_hold_is_counted(annotation: dp.Annotation, loss: str, kept: bool) -> None:
    losses = dp.LossReport()
    assert len(to_datumaro(annotation, losses)) == kept
    assert losses.counts == {loss: 1}
    assert losses.examples == {loss: "item"}


def test_what_datumpb_cannot_hold_is_counted() -> None:
    class Colour(str, enum.Enum):
        RED = "r"

    class Unknown(dm.Annotation):  # type: ignore[misc]  # Datumaro has no types
        pass

    losses = dp.LossReport()
    values = (1, {2}, Colour.RED, dm.GroupType.INCLUSIVE, np.arange(2))
    label = dm.Label(-1, attributes={"a": object(), 3: np.float32(0.5), "b": values, "c": np.longdouble(1)})
    assert from_datumaro([label, Unknown()], losses) == [dp.Label(attributes={"3": 0.5, "b": [1, [2], "r", 1, [0, 1]]})]
    assert losses.counts == {
        "negative label": 1,
        "attribute of the type object, which datumpb does not have": 1,
        "attribute of the type longdouble, which datumpb does not have": 1,
        "key of an attribute that is no text but of the type int: made one": 1,
        "annotation of a type that datumpb does not have (Unknown)": 1,
    }

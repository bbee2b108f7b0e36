"""Categories: every kind through bytes, and what is refused on either way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.codec.categories import decode_categories, encode_categories
from datumpb.errors import DamagedFileError, InvalidItemError, UnknownDataWarning
from datumpb.model import categories as model
from tests.support import strategies


def encoded(categories: model.Categories) -> messages.Categories:
    message = messages.Categories()
    encode_categories(categories, message)
    return message


def through_bytes(categories: model.Categories) -> model.Categories:
    return decode_categories(messages.Categories.FromString(encoded(categories).SerializeToString()))


KINDS: dict[str, st.SearchStrategy[Any]] = {
    "labels": strategies.LABEL_CATEGORIES,
    "masks": strategies.MASK_CATEGORIES,
    "points": strategies.POINTS_CATEGORIES,
    "tabular": strategies.TABULAR_CATEGORIES,
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_kind_comes_back_identical(kind: str, data: st.DataObject) -> None:
    categories = model.Categories(**{kind: data.draw(KINDS[kind])})
    assert through_bytes(categories) == categories


def test_empty_kinds_are_not_absent_ones() -> None:
    empty = model.Categories(
        model.LabelCategories(), model.MaskCategories(), model.PointsCategories(), model.TabularCategories()
    )
    assert through_bytes(empty) == empty
    assert not encoded(model.Categories()).ByteSize()
    none, nowhere = (model.PointsCategory(positions=positions) for positions in (None, np.empty((0, 2))))
    for category in (none, nowhere):
        categories = model.Categories(points=model.PointsCategories({0: category}))
        assert through_bytes(categories) == categories


def test_order_is_kept() -> None:
    categories = model.Categories(masks=model.MaskCategories({3: (1, 2, 3), 1: (0, 0, 0), 2: (255, 255, 255)}))
    decoded = through_bytes(categories).masks
    assert decoded is not None
    assert list(decoded.colormap) == [3, 1, 2]


def test_the_wire_of_labels() -> None:
    labels = model.LabelCategories(
        [model.LabelCategory("cat", "animal", ["colour"], {"id": 17})],
        [model.LabelGroup("pets", ["cat"], model.LabelGroupType.RESTRICTED)],
        ["occluded"],
    )
    assert str(encoded(model.Categories(labels=labels))) == (
        'labels {\n  labels {\n    name: "cat"\n    parent: "animal"\n    attributes: "colour"\n'
        '    infos {\n      key: "id"\n      value {\n        int_value: 17\n      }\n    }\n  }\n'
        '  groups {\n    name: "pets"\n    labels: "cat"\n    group_type: LABEL_GROUP_TYPE_RESTRICTED\n  }\n'
        '  attributes: "occluded"\n}\n'
    )


BAD: list[tuple[model.Categories, str]] = [
    (model.Categories(labels=model.LabelCategories.from_names(["a", 5])), "label 1: name 5 is not text"),  # type: ignore[list-item]  # wrong on purpose
    (
        model.Categories(labels=model.LabelCategories([model.LabelCategory("a", infos={"k": {1}})])),  # type: ignore[dict-item]  # wrong on purpose
        r"label 0: infos\['k'\]: builtins.set is no type",
    ),
    (
        model.Categories(labels=model.LabelCategories([model.LabelCategory("a", attributes="abc")])),  # type: ignore[arg-type]  # wrong on purpose
        "label 0: attribute name 'abc' is text, where a list of texts belongs",
    ),
    (
        model.Categories(labels=model.LabelCategories(groups=[model.LabelGroup("g", [None])])),  # type: ignore[list-item]  # wrong on purpose
        "label group 0: label None is not text",
    ),
    (model.Categories(masks=model.MaskCategories({-1: (0, 0, 0)})), "label of a colour -1 is not from 0"),
    (model.Categories(masks=model.MaskCategories({1: (0, 256, 0)})), "green 256 is not from 0 to 255"),
    (
        model.Categories(points=model.PointsCategories({0: model.PointsCategory(joints=[(1, 2**31)])})),
        "joint 2147483648 is not from",
    ),
    (model.Categories(points=model.PointsCategories({2**32: model.PointsCategory()})), "label of keypoints 4294967296"),
    (
        model.Categories(tabular=model.TabularCategories([model.TabularCategory("a", "int", [{1}])])),  # type: ignore[list-item]  # wrong on purpose
        "column 0: label: builtins.set is no type",
    ),
]


@pytest.mark.parametrize(("categories", "problem"), BAD)
def test_what_cannot_be_held_is_refused(categories: model.Categories, problem: str) -> None:
    with pytest.raises(InvalidItemError, match=f"^{problem}"):
        encoded(categories)


@pytest.mark.parametrize(
    "fields",
    [
        {"masks": {"colors": [{"label": 1, "red": 256}]}},
        {"masks": {"colors": [{"label": 1}, {"label": 1}]}},
        {"points": {"items": [{"label": 1}, {"label": 1}]}},
        {"points": {"items": [{"positions": {"delta": [1]}}]}},
        {"labels": {"labels": [{"infos": [{"key": "a", "value": {"int_value": 1}}] * 2}]}},
    ],
    ids=str,
)
def test_a_malformed_message_is_damaged(fields: dict[str, Any]) -> None:
    with pytest.raises(DamagedFileError):
        decode_categories(messages.Categories(**fields))


def test_a_group_without_type_is_exclusive() -> None:
    decoded = decode_categories(messages.Categories(labels={"groups": [{"name": "g"}]})).labels
    assert decoded == model.LabelCategories(groups=[model.LabelGroup("g", [], model.LabelGroupType.EXCLUSIVE)])


def test_a_group_of_unknown_type_is_left_out_with_a_warning() -> None:
    message = messages.Categories()
    message.labels.groups.add(name="g").MergeFromString(b"\x18\x09")
    with pytest.warns(UnknownDataWarning, match="label group 'g' is left out"):
        assert decode_categories(message) == model.Categories(labels=model.LabelCategories())

"""Categories: labels by name and index."""

from __future__ import annotations

import numpy as np
import pytest

from datumpb import messages
from datumpb.errors import InvalidItemError
from datumpb.model.categories import Categories, LabelCategories, LabelGroupType, PointsCategory


def test_labels_are_found_by_name_and_index() -> None:
    labels = LabelCategories.from_names(["cat", "dog", "cat"])
    assert (len(labels), labels.find("cat"), labels.find("dog"), labels.find("cow")) == (3, 0, 1, None)
    assert [label.name for label in labels] == ["cat", "dog", "cat"]
    assert labels[1].name == "dog"
    assert Categories.from_labels(["cat", "dog", "cat"]) == Categories(labels=labels)


def test_positions_take_their_shape() -> None:
    positions = PointsCategory(positions=np.arange(4)).positions
    assert positions is not None
    assert positions.dtype == np.float64
    assert positions.shape == (2, 2)
    with pytest.raises(InvalidItemError, match="odd coordinate count"):
        PointsCategory(positions=np.arange(3))


def test_group_types_have_the_numbers_of_the_schema() -> None:
    numbers = {f"LABEL_GROUP_TYPE_{kind.name}": kind.value for kind in LabelGroupType}
    assert {"LABEL_GROUP_TYPE_UNSPECIFIED": 0, **numbers} == dict(messages.LabelGroupType.items())

"""An image that is known to tell all is written as the entry that it was made of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.difference import difference
from datumpb.formats.coco.images import image_of_item, item_of_image, tells_all
from datumpb.formats.coco.names import usual_id
from datumpb.model.media import MediaRef
from tests.support import coco as support

USUAL: dict[str, Any] = {"id": 7, "file_name": "a.jpg", "height": 480, "width": 640, "license": 3, "url": None}
VALUES = support.JSON | st.sampled_from([7, 7.0, True, float("nan"), 2**70, "x"])


def _tells_all(entry: dict[str, Any]) -> bool:
    item = item_of_image(entry, usual_id(entry["file_name"]), "x", lambda name: MediaRef(f"images/{name}"))
    told = tells_all(item, entry)
    assert not told or difference(image_of_item(item), entry) == {}
    return told


@given(
    st.fixed_dictionaries(
        {"file_name": support.NAMES | st.sampled_from(["a", ".jpg", "a.jpg\n", "a.b c", "é.JPG"])},
        optional=dict.fromkeys(("id", "height", "width", "coco", "x", "license"), VALUES),
    )
)
def test_what_is_known_to_tell_all_does(entry: dict[str, Any]) -> None:
    try:
        _tells_all(entry)
    except SourceFormatError:
        return


@pytest.mark.parametrize(
    ("change", "told"),
    [({}, True), ({"height": 480.0}, True), ({"height": None}, False), ({"id": None}, False), ({"id": 7.0}, False),
     ({"coco": 1}, False), ({"license": [3]}, False), ({"license": True}, False), ({"file_name": "a"}, False)],
)  # fmt: skip
def test_the_usual_image(change: dict[str, Any], told: bool) -> None:
    assert _tells_all(USUAL | change) == told

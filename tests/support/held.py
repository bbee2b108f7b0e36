"""Strategies for what Datumaro's formats can hold: JSON, masks, and media without files."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

import datumpb as dp
from datumpb.model import rle
from tests.support import strategies as some

JSON = st.recursive(
    st.none()
    | st.booleans()
    | some.INT64
    | st.integers(-(2**1023) + 1, 2**1023 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | some.TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(some.TEXTS, inner, max_size=3),
    max_leaves=4,
)
MAPS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(some.TEXTS, JSON, max_size=3)
MASKS: st.SearchStrategy[tuple[int, int, bytes]] = (
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2**25))
    .map(lambda drawn: np.array([drawn[2] >> bit & 1 for bit in range(drawn[0] * drawn[1])], bool).reshape(drawn[:2]))
    .map(lambda bits: (len(bits), bits.shape[1], rle.from_bitmap(bits)))
)
"""Height, width and runs."""


def without_files(media: Any) -> Any:  # noqa: ANN401 -- media of any kind
    """Return media that need no files."""
    if isinstance(media, dp.PointCloud):
        return dp.PointCloud(None, [without_files(image) for image in media.extra_images])
    if isinstance(media, dp.VideoFrame):
        return dp.VideoFrame(without_files(media.video), media.index)
    if isinstance(media, dp.Image):
        return dp.Image(None, media.height, media.width)
    if isinstance(media, dp.Video):
        return dp.Video(None, media.step, media.start_frame, media.end_frame)
    return None if media is None else type(media)(None, *([1] if isinstance(media, dp.TableRow) else []))

"""Masks of pictures: the same, whether a picture has colours, a palette, or one that has a colour twice."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import PIL.Image
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.voc.masks import MaskReader
from datumpb.formats.voc.palette import BACKGROUND, PALETTE, VOID

COLOURS = [BACKGROUND, VOID, (10, 20, 30), (200, 0, 1), PALETTE[3]]
LABELS = {0: BACKGROUND, 1: (10, 20, 30), 2: (200, 0, 1), 3: PALETTE[3]}
SIDE = 4


@given(
    st.lists(st.sampled_from(COLOURS), min_size=2, max_size=9),
    st.lists(st.integers(0, 8), min_size=SIDE**2, max_size=SIDE**2),
    st.lists(st.integers(0, 3), min_size=SIDE**2, max_size=SIDE**2),
    st.booleans(),
    st.booleans(),
)
def test_a_palette_says_the_same_as_colours(
    palette: list[tuple[int, int, int]], classes: list[int], objects: list[int], with_classes: bool, with_objects: bool
) -> None:
    numbers = np.array(classes, np.uint8).reshape(SIDE, SIDE) % len(palette)
    indexed = PIL.Image.fromarray(numbers)
    indexed.putpalette([shade for colour in palette for shade in colour])
    numbered = PIL.Image.fromarray(np.array(objects, np.uint8).reshape(SIDE, SIDE))
    coloured = numbered.copy()
    coloured.putpalette([shade for colour in PALETTE for shade in colour])
    reader = MaskReader(LABELS)
    with tempfile.TemporaryDirectory() as temporary:

        def saved(image: PIL.Image.Image, name: str) -> Path:
            image.save(Path(temporary, name))
            return Path(temporary, name)

        expected = reader.read(
            saved(indexed.convert("RGB"), "c.png") if with_classes else None,
            saved(coloured.convert("RGB"), "o.png") if with_objects else None,
            None,
        )
        for class_image in (indexed, indexed.convert("RGB")):
            for object_image in (numbered, coloured, coloured.convert("RGB")):
                found = reader.read(
                    saved(class_image, "c2.png") if with_classes else None,
                    saved(object_image, "o2.png") if with_objects else None,
                    (SIDE, SIDE),
                )
                assert found == expected
    assert with_classes or with_objects or not expected

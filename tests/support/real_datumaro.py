"""What is sent through the real Datumaro, and compared behind it.

It runs in a Python of its own, which the variable DATUMPB_DATUMARO_PYTHON names: 1.13 for plain datasets, 1.11 for
encrypted ones.
"""

from __future__ import annotations

import os
import subprocess
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.model import rle
from datumpb.model.media import media_refs

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = os.environ.get("DATUMPB_DATUMARO_PYTHON")
needs_datumaro = pytest.mark.skipif(PYTHON is None, reason="DATUMPB_DATUMARO_PYTHON names no Python with Datumaro")

BITS = np.indices((5, 7)).sum(0) % 3 == 0
COMMON: dict[str, Any] = {"id": 2**40, "group": -(2**40), "object_id": 5, "attributes": {"a": [1, 2.5, None, "é", {}]}}
ANNOTATIONS = [
    dp.Label(label=1, **COMMON),
    dp.Mask(5, 7, rle.from_bitmap(BITS), label=0, z_order=3, **COMMON),
    dp.Points(np.arange(6) / 4, np.array([0, 1, 2]), label=1, **COMMON),
    dp.Polygon(np.arange(8) / 4, label=1, z_order=-1, **COMMON),
    dp.PolyLine(np.arange(8) / 4, **COMMON),
    dp.Bbox(1.25, 2.5, 3, 4.75, label=1, z_order=2, **COMMON),
    dp.Caption("“naïve” 犬", **COMMON),
    dp.Cuboid3d(np.arange(3), np.arange(3) / 4, np.arange(1, 4), label=1, **COMMON),
    dp.Ellipse(1, 2, 3.5, 4, label=1, **COMMON),
    dp.Cuboid2d(np.arange(16) / 4, label=1, z_order=1, **COMMON),
    dp.Polygon(np.arange(6)),
]
CATEGORIES = dp.Categories(
    dp.LabelCategories(
        [dp.LabelCategory("cat", "pet", ["a", "b"]), dp.LabelCategory("dog")],
        [dp.LabelGroup("pets", ["cat", "dog"], dp.LabelGroupType.RESTRICTED)],
        ["c"],
    ),
    dp.MaskCategories({0: (0, 128, 255), 1: (1, 2, 3)}),
    dp.PointsCategories({1: dp.PointsCategory(["nose", "tail"], [(1, 2)])}),
)
CLOUD = b"""# .PCD v.7
VERSION .7
FIELDS x y z
SIZE 4 4 4
TYPE F F F
COUNT 1 1 1
WIDTH 1
HEIGHT 1
VIEWPOINT 0 0 0 1 0 0 0
POINTS 1
DATA ascii
1 2 3
"""


def run(script: str, *arguments: object) -> str:
    """Run a script in Datumaro's Python, and return what it printed."""
    assert PYTHON is not None
    command = [PYTHON, "-W", "ignore", "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def version() -> str:
    """Return which Datumaro it is."""
    return run("import importlib.metadata as m; print(m.version('datumaro'))").strip()


def picture(folder: Path) -> dp.MediaRef:
    """Make a picture of 5 x 7 pixels."""
    file = folder / "picture.png"
    PIL.Image.fromarray(np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)).save(file)
    return dp.MediaRef(str(file))


def cloud(folder: Path) -> dp.MediaRef:
    """Make a cloud of one point."""
    file = folder / "cloud.pcd"
    file.write_bytes(CLOUD)
    return dp.MediaRef(str(file))


def compare(ours: dp.Dataset, theirs: dp.Dataset, items: list[dp.Item]) -> None:
    """Compare a dataset as it was written here with what Datumaro wrote after it read that."""
    assert theirs.categories() == ours.categories() == CATEGORIES
    assert theirs.infos() == ours.infos()
    assert theirs.media_type() is ours.media_type()
    assert len(theirs) == len(items)
    for item in items:
        found = theirs.get(item.id, item.subset)
        assert found is not None
        assert found.annotations == item.annotations
        assert found.attributes == item.attributes
        assert type(found.media) is type(item.media)
        assert [ref.read() for ref in media_refs(found.media)] == [ref.read() for ref in media_refs(item.media)]


def items_with(media: list[dp.Media | None]) -> list[dp.Item]:
    """Make items of two subsets with these media, the first with annotations of all kinds."""
    return [
        dp.Item(f"{subset}/é {number}", subset, one, {"a": {"b": number}}, deepcopy(ANNOTATIONS) if number == 0 else [])
        for subset in ("train", "val")
        for number, one in enumerate(media)
    ]

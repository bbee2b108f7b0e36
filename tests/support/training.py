"""What tests of training need: a dataset with pictures, and functions that a spawned worker finds by name."""

from __future__ import annotations

import gc
import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

import datumpb as dp

HEIGHT, WIDTH = 6, 8
SMAPS = Path("/proc/self/smaps_rollup")


def encoded(mode: str = "RGB", kind: str = "PNG", height: int = HEIGHT, width: int = WIDTH) -> bytes:
    """Encode a picture of which every pixel is another."""
    levels = np.arange(height * width).reshape(height, width) % 256
    picture = PIL.Image.fromarray(levels.astype(np.uint8)).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def train_items(count: int, subset: str = "train") -> list[dp.Item]:
    """Make items whose number of objects, labels and boxes follow from their index."""
    picture = encoded()
    return [
        dp.Item(
            f"{subset}-{index}",
            subset,
            dp.Image.from_bytes(picture, HEIGHT, WIDTH),
            annotations=[dp.Bbox(number, 1, 2, 3, label=index % 3) for number in range(index % 4)],
        )
        for index in range(count)
    ]


def write_folder(path: Path, count: int, key: str | None = None) -> Path:
    """Write a dataset of two subsets, two thirds of the items in `train`."""
    items = [*train_items(count - count // 3), *train_items(count // 3, "val")]
    dataset = dp.Dataset.from_iterable(items, categories=["cat", "dog", "emu"])
    options: dict[str, Any] = {} if key is None else {"encryption": True, "encryption_key": key}
    dataset.export(path, "datumpb", **options)
    return path


def image_ids(samples: list[Any]) -> list[int]:
    """Make a batch of nothing but the image ids (a collate_fn)."""
    return [target["image_id"] for _, target in samples]


def report_memory(samples: list[Any]) -> int:  # noqa: ARG001 -- a collate_fn
    """Return the bytes of memory that only this process has (its USS)."""
    gc.collect()
    lines = SMAPS.read_text().splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))

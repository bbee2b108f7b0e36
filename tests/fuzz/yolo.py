"""Any files as a YOLO dataset: lists, settings in YAML, and labels line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats import yolo
from tests.fuzz.datasets import pack, unpack, use
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.support.pictures import make, picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _run(data: bytes, folder: Path) -> bool:
    unpack(data, folder)
    read = False
    for task in (None, "pose"):
        with OnlyTypedErrors():
            yolo.detect(folder)
            read |= use(yolo.read(folder, task=task), folder)
    return read


def _seeds(folder: Path) -> Iterator[bytes]:
    small = picture(2, 2)
    settings = "train: images/train\nnc: 2\nnames: [cat, dog]\n"
    labels = "labels/train/a.txt"
    files: dict[str, dict[str, str | bytes]] = {
        "darknet": {
            "obj.data": "classes = 2\ntrain = train.txt\nnames = obj.names\n",
            "obj.names": "cat\ndog\n",
            "train.txt": "obj_train_data/1.png\n",
            "obj_train_data/1.png": small,
            "obj_train_data/1.txt": "1 0.5 0.5 0.2 0.4\n",
        },
        "boxes": {"data.yaml": settings, "images/train/a.png": small, labels: "0 0.5 0.5 1 1\n1 .1 .2 .1 .1\n"},
        "outlines": {"data.yaml": settings, "images/train/a.png": small, labels: "0 0 0 0 0.5 1e-1 0.25\n"},
        "points": {
            "data.yaml": settings + "kpt_shape: [2, 3]\nflip_idx: [1, 0]\n",
            "images/train/a.png": small,
            labels: "0 0.5 0.5 1 1 0.1 0.2 2 0.3 0.4 1\n",
        },
        "named": {"data.yaml": "path: .\ntrain: [t.txt]\nnames: {0: cat, 1: dog}\n", "t.txt": "./images/train/a.png\n"},
    }
    for name, content in files.items():
        yield pack(make(folder / name, content))


TARGET = Target("yolo", _run, _seeds)

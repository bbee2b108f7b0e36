"""Datasets that try to lead a reader or writer out of their folder, and a guard that notices when one is led."""

from __future__ import annotations

import json
import os
import struct
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datumpb.messages import Item
from tests.support import binary
from tests.support.forge import Forge
from tests.support.pictures import make, picture
from tests.support.voc import annotation_xml, folder_files, object_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from datumpb.messages import Index

SECRET = b"what nobody outside may read"
NAMES = [
    *("", ".", "..", "...", "a/../b", "./a", "a/./b", "a//b", "/", "/a", "a/", "../secret", "../../secret", "~/a"),
    *("CON", "nul.txt", "a.", "a ", " a", "C:\\a", "C:a", "..\\secret", "a\\b", "\\\\host\\a", "a:b", "a\0b", "a\nb"),
    *("%2e%2e/secret", "\uff0e\uff0e/secret", "\u2025/secret", "a\u202egpj", "\ud800", "x" * 300, "x/" * 1200 + "x"),
]
"""Names of items, subsets and labels that mean something to some file system, or look as if."""
PATHS = [
    *("../secret.png", "../../secret.png", "../../../secret.png", "a/../../../../secret.png", "./../secret.png"),
    *("{secret}", "file://{secret}", "..\\..\\secret.png", "C:\\secret.png", "{source}/../secret.png"),
    *("link.png", "folder/secret.png", "images/link.png", "images/folder/secret.png", "JPEGImages/link.png"),
    *("images/train/link.png", "images/train/folder/secret.png", "a\0b.png", "x" * 5000, "", ".", "..", "loop/a.png"),
]
"""Paths of media; {secret} is a file outside of the dataset, {source} the dataset's folder."""


def coco(path: str) -> dict[str, str | bytes]:
    """Let the name of a file lead out."""
    data = {
        "images": [{"id": 1, "file_name": path, "height": 10, "width": 15}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}],
    }
    return {"annotations/instances_train.json": json.dumps(data)}


def coco_panoptic(path: str) -> dict[str, str | bytes]:
    """Let the name of the picture of segments lead out."""
    data = {
        "images": [{"id": 1, "file_name": "a.png", "height": 10, "width": 15}],
        "categories": [{"id": 1, "name": "cat", "isthing": 1}],
        "annotations": [
            {"image_id": 1, "file_name": path, "segments_info": [{"id": 458752, "category_id": 1, "iscrowd": 0}]}
        ],
    }
    return {"annotations/panoptic_train.json": json.dumps(data), "annotations/panoptic_train/a.png": picture()}


def voc_list(path: str) -> dict[str, str | bytes]:
    """Let a line of the list of items lead out."""
    return folder_files(object_xml(), **{"ImageSets__Main__train.txt": f"{path.removesuffix('.png')}\n"})


def voc_xml(path: str) -> dict[str, str | bytes]:
    """Let the name and the folder in the XML lead out."""
    head = f"<folder>{path}</folder><filename>{path}</filename><path>{path}</path>".replace("\0", "")
    return folder_files(**{"Annotations__a.xml": annotation_xml(object_xml(), head=head)})


def yolo_settings(path: str) -> dict[str, str | bytes]:
    """Let the folder of the dataset, and that of a subset, lead out."""
    text = json.dumps(path)
    settings = f"path: {text}\ntrain: {text}\nval: [{text}, images/train]\nnames: [cat]\n"
    return {"data.yaml": settings, "images/train/a.png": picture(), "labels/train/a.txt": "0 0.5 0.5 0.1 0.1\n"}


def yolo_list(path: str) -> dict[str, str | bytes]:
    """Let a line of a list lead out."""
    return {"data.yaml": "train: train.txt\nnames: [cat]\n", "train.txt": f"{path}\n", "images/a.png": picture()}


def darknet(path: str) -> dict[str, str | bytes]:
    """Let what the list names lead out."""
    settings = f"classes = 1\ntrain = train.txt\nnames = obj.names\nbackup = {path}\n"
    return {"obj.data": settings, "obj.names": "cat\n", "train.txt": f"{path}\n"}


def darknet_settings(path: str) -> dict[str, str | bytes]:
    """Let the list lead out."""
    settings = f"classes = 1\ntrain = {path}\nnames = obj.names\n"
    return {"obj.data": settings, "obj.names": "cat\n", "train.txt": "images/a.png\n"}


def imagenet(path: str) -> dict[str, str | bytes]:
    """Let a line of a list of pictures lead out."""
    return {"synsets.txt": "cat\n", "train.txt": f"{path} 0\n", "train/a.png": picture()}


def datumaro(path: str) -> dict[str, str | bytes]:
    """Let the paths of all kinds of media lead out."""
    items: list[dict[str, object]] = [
        {"id": "a", "image": {"path": path}},
        {"id": path or "e", "image": {"path": path}},
        {"id": "b", "point_cloud": {"path": path}, "related_images": [{"path": path}]},
        {"id": "c", "video": {"path": path, "step": 1, "start_frame": 0}},
        {"id": "d", "video_frame": {"video_path": path, "frame_index": 1}},
        {"id": "f", "media": {"path": path}},
    ]
    document: dict[str, object] = {
        "infos": {},
        "categories": {},
        "items": [{"annotations": [], "attr": {}, **item} for item in items],
    }
    return {"annotations/train.json": json.dumps(document)}


def datumaro_binary(path: str) -> dict[str, str | bytes]:
    """Let the paths of pictures and of a point cloud lead out."""
    image = struct.pack("<I", 2) + binary.text(path) + struct.pack("<ii", 10, 15)
    cloud = struct.pack("<I", 6) + binary.text(path) + struct.pack("<I", 1) + image
    blobs = [binary.item(name, media=media, subset="train") for name, media in (("a", image), (path or "b", cloud))]
    return {"annotations/train.datum": binary.document(b"".join(blobs))}


def datumpb(path: str) -> dict[str, str | bytes]:
    """Let the path of a picture lead out, in a file that no writer of ours would write."""
    item = Item(id="a")
    item.media.image.file.path = path
    data = item.SerializeToString()

    def index(message: Index) -> None:
        message.blocks[0].item_count = 1
        message.item_id_crc32.append(3904355907)  # of "a"

    size = len(data)
    prefix = bytes((size,)) if size < 128 else bytes((size & 127 | 128, size >> 7))
    meta = b"\x0a\x05train"
    return {"annotations/train.datum": Forge([b"\x0a" + prefix + data], meta, index=index).make()}


SOURCES: dict[str, tuple[str, Callable[[str], dict[str, str | bytes]]]] = {
    "coco": ("coco", coco),
    "coco-panoptic": ("coco", coco_panoptic),
    "voc-list": ("voc", voc_list),
    "voc-xml": ("voc", voc_xml),
    "yolo-settings": ("yolo", yolo_settings),
    "yolo-list": ("yolo", yolo_list),
    "darknet": ("yolo", darknet),
    "darknet-settings": ("yolo", darknet_settings),
    "imagenet": ("imagenet", imagenet),
    "datumaro": ("datumaro", datumaro),
    "datumaro_binary": ("datumaro_binary", datumaro_binary),
    "datumpb": ("datumpb", datumpb),
}
"""Datasets by what in them leads out, each with its format."""


def make_source(folder: Path, files: dict[str, str | bytes]) -> None:
    """Write a dataset into `folder/source`, with links that lead out of it, and secrets above and beside it."""
    for place in (folder, folder / "outside"):
        make(place, {"secret.png": picture() + SECRET, "secret.txt": "0 0.5 0.5 0.1 0.1\n", "secret.xml": "<a/>"})
    make(folder / "source", files)
    for name in (".", "images", "images/train", "JPEGImages", "train"):
        inside = folder / "source" / name
        if inside.is_dir():
            (inside / "link.png").symlink_to(folder / "outside" / "secret.png")
            (inside / "folder").symlink_to(folder / "outside")
            (inside / "loop").symlink_to(inside / "loop")


class _Guard:
    """Notes which files in a folder are opened or made; what was added as an audit hook stays for ever."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.allowed: tuple[str, ...] = ()
        self.led: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.folder is None or event not in _EVENTS:
            return
        for path in arguments[: _EVENTS[event]]:
            if isinstance(path, (str, bytes, os.PathLike)):
                self._note(event, os.path.realpath(os.fsdecode(path)))

    def _note(self, event: str, path: str) -> None:
        inside = path.startswith(f"{self.folder}{os.sep}")
        if inside and not any(path == place or path.startswith(place + os.sep) for place in self.allowed):
            self.led.append(f"{event} {path}")


_EVENTS = {"open": 1, "os.link": 2, "os.symlink": 2, "os.rename": 2, "os.mkdir": 1, "os.remove": 1, "os.listdir": 1}
_GUARD = _Guard()


@contextmanager
def guarded(folder: Path, *allowed: Path) -> Iterator[None]:
    """Fail where anything in a folder is opened or made that does not lie in one of the folders that are allowed."""
    if _GUARD.folder is None and not _GUARD.allowed:
        sys.addaudithook(_GUARD)
    _GUARD.allowed, _GUARD.led = tuple(os.path.realpath(path) for path in allowed), []
    _GUARD.folder = os.path.realpath(folder)
    try:
        yield
    finally:
        _GUARD.folder = None
    assert not _GUARD.led, _GUARD.led

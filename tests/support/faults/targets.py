"""The files that get damaged: each with its dataset, and with other files to take records from."""

from __future__ import annotations

import dataclasses
import random
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

import datumpb as dp
from datumpb.container.media_file import write_media
from tests.support.samples import KEY, OTHER_KEY
from tests.support.walker import split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.model.values import Value

PLAIN, ENCRYPTED = "plain annotations", "encrypted annotations"
PLAIN_MEDIA, ENCRYPTED_MEDIA = "plain media", "encrypted media"
ITEMS = 15
MEDIA_PATH = "images/train/picture.bin"
_BLOCK_SIZE, _PIECE = 700, 900
_CATEGORIES = dp.Categories.from_labels(["cat", "dog", "emu"])


@dataclass(frozen=True)
class Target:
    """A sound file in a sound dataset.

    Attributes:
        name: What kind of file it is.
        key: The text of its key; None: it is not encrypted.
        root: The folder of the dataset.
        path: The file.
        data: Its bytes.
        others: Other files of its kind, to take records from.
        other_contents: Items and META of the others, where they are annotation files.
        meta: What holds for the items.
        items: The items.
        media: The bytes of the file that all items show.
    """

    name: str
    key: str | None
    root: Path
    path: Path
    data: bytes
    others: list[bytes]
    other_contents: list[tuple[list[dp.Item], dp.Meta]]
    meta: dp.Meta
    items: list[dp.Item]
    media: bytes

    @property
    def is_container(self) -> bool:
        """Whether the file consists of records."""
        return self.name != PLAIN_MEDIA

    @property
    def is_media(self) -> bool:
        """Whether the file is a media file."""
        return self.name in {PLAIN_MEDIA, ENCRYPTED_MEDIA}

    def pieces(self, data: bytes) -> list[bytes]:
        """Cut a file into its records, or into pieces where it has none."""
        return split(data) if self.is_container else [data[at : at + 512] for at in range(0, len(data), 512)]


def make_targets(folder: Path, seed: int) -> list[Target]:
    """Write the datasets."""
    with small_records():
        return [_target(folder / name.replace(" ", "-"), name, seed) for name in _KEYS]


@contextmanager
def small_records() -> Iterator[None]:
    """Make several records of a little data."""
    with (
        mock.patch("datumpb.container.block_cutter.BLOCK_SIZE", _BLOCK_SIZE),
        mock.patch("datumpb.container.media_file.RECORD_SIZE", _PIECE),
    ):
        yield


_KEYS = {PLAIN: None, ENCRYPTED: KEY, PLAIN_MEDIA: None, ENCRYPTED_MEDIA: KEY}


def _target(root: Path, name: str, seed: int) -> Target:
    key, chance = _KEYS[name], random.Random(seed)
    content = chance.randbytes(4000)
    items = _items(chance, content, encrypted=key is not None)
    path, media = root / "annotations" / "train.datum", root / MEDIA_PATH
    path.parent.mkdir(parents=True)
    media.parent.mkdir(parents=True)
    _write(path, items, key)
    _write_media(media, content, key)
    others = root.parent / f"{root.name}-others"
    others.mkdir()
    if name in {PLAIN, ENCRYPTED}:
        other_items = [dataclasses.replace(item, attributes={"seen": n}) for n, item in enumerate(items)]
        made = [
            _write(others / "same", other_items, key),  # same META: in a plain file therefore the same sync bytes
            _write(others / "other", other_items[2:9], OTHER_KEY if key else None, infos={"from": "elsewhere"}),
        ]
        both = [(other_items, _meta()), (other_items[2:9], _meta({"from": "elsewhere"}))]
        return Target(name, key, root, path, path.read_bytes(), _read(made), both, _meta(), items, content)
    made = [
        _write_media(others / "older", chance.randbytes(4000), key),
        _write_media(others / "other", chance.randbytes(2000), OTHER_KEY if key else None, path="images/train/b.bin"),
    ]
    return Target(name, key, root, media, media.read_bytes(), _read(made), [], _meta(), items, content)


def _items(chance: random.Random, content: bytes, *, encrypted: bool) -> list[dp.Item]:
    items = []
    for number in range(ITEMS):
        corners = np.array([[chance.randrange(6400) / 10, chance.randrange(4800) / 10] for _ in range(9)])
        annotations = [
            dp.Bbox(number, 2.5, 30, 40.25, label=number % 3, id=number),
            dp.Polygon(corners, label=1, group=number),
            dp.Caption(f"caption {number} {chance.random()}", attributes={"sure": number / 3}),
        ]
        file = dp.MediaRef(MEDIA_PATH, size=len(content), crc32=zlib.crc32(content), encrypted=encrypted)
        attributes: dict[str, Value] = {"number": number, "deep": [{"in": [None, number / 7]}]}
        items.append(dp.Item(f"item-{number}", "train", dp.Image(file, 480, 640), attributes, annotations))
    return items


def _meta(infos: dict[str, Value] | None = None) -> dp.Meta:
    return dp.Meta("train", infos or {"from": "a campaign"}, _CATEGORIES)


def _write(path: Path, items: list[dp.Item], key: str | None, infos: dict[str, Value] | None = None) -> Path:
    meta = _meta(infos)
    with dp.DatumWriter(path, subset="train", categories=meta.categories, infos=meta.infos, key=key) as writer:
        for item in items:
            writer.write(item)
    return path


def _write_media(target: Path, content: bytes, key: str | None, path: str = MEDIA_PATH) -> Path:
    if key is None:
        target.write_bytes(content)
    else:
        write_media(target, path, [content], key)
    return target


def _read(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]

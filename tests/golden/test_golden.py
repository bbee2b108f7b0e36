"""Archives of earlier releases read to the same values, for ever."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import datumpb as dp
from datumpb.cli.as_json import item_line
from datumpb.container.verify import verify_file
from tests.support.samples import some_items

V1 = Path(__file__).parent / "v1"
KEY = (V1 / "key.txt").read_text().strip()


def test_nobody_made_them_anew() -> None:
    lines = (line.partition("  ") for line in (V1 / "SHA256SUMS").read_text().splitlines())
    listed = {name: digest for digest, _, name in lines}
    files = {path for path in V1.rglob("*") if path.is_file() and path.name not in {"SHA256SUMS", "README.md"}}
    assert {f"./{path.relative_to(V1).as_posix()}" for path in files} == listed.keys()
    for name, digest in listed.items():
        assert hashlib.sha256((V1 / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize(("folder", "key"), [("every-type", None), ("every-type-encrypted", KEY)])
def test_every_type(folder: str, key: str | None) -> None:
    options = {} if key is None else {"encryption_key": key}
    dataset = dp.Dataset.import_from(V1 / folder, "datumpb", **options)
    expected = [json.loads(line) for line in (V1 / "every-type.jsonl").read_text().splitlines()]
    found = [json.loads(item_line(item)) for item in dataset]
    assert [without_encryption(item) for item in found] == [without_encryption(item) for item in expected]
    assert dataset.infos() == {"title": "Shapes", "licence": "CC0"}
    categories = dataset.categories()
    assert categories.labels is not None
    assert [label.name for label in categories.labels] == ["disc", "box", "kite"]
    assert categories.masks is not None
    assert categories.masks.colormap[1] == (0xED, 0xAE, 0x49)
    assert categories.points is not None
    assert categories.points.items[2].joints == [(1, 2), (2, 3), (3, 4)]
    first = dataset.get("scenes/first one")
    assert first is not None
    assert isinstance(first.media, dp.Image)
    assert first.media.pixels().shape == (240, 320, 3)
    assert {type(annotation).__name__ for annotation in first.annotations} >= {"Bbox", "Mask", "Tabular", "DepthMap"}


@pytest.mark.parametrize("name", ["images/train/scenes/first one.jpg", "masks/train/scenes/first one/12.png"])
def test_media(name: str) -> None:
    plain = (V1 / "every-type" / name).read_bytes()
    assert (V1 / "every-type-encrypted" / name).read_bytes() != plain
    dataset = dp.Dataset.import_from(V1 / "every-type-encrypted", encryption_key=KEY)
    first = dataset.get("scenes/first one")
    assert first is not None
    images = [first.media, *(getattr(annotation, "image", None) for annotation in first.annotations)]
    files = [image.file for image in images if isinstance(image, dp.Image) and image.file is not None]
    (found,) = [file for file in files if file.path == name]
    assert found.read() == plain


def test_many_blocks() -> None:
    with dp.DatumReader(V1 / "many-blocks.datum") as reader:
        assert len(reader) == 3000
        expected = some_items(3000)
        for item in expected:
            item.id = f"many/{item.id}"
        assert list(reader) == expected
        assert reader["many/item-2999"] == reader[-1] == expected[-1]
        assert reader[1234] == expected[1234]


@pytest.mark.parametrize("file", sorted(path.relative_to(V1).as_posix() for path in V1.rglob("*.datum")))
def test_verify(file: str) -> None:
    verify_file(V1 / file, KEY if "encrypted" in file else None)


def without_encryption(value: object) -> object:
    """Take away what tells whether a media file is encrypted."""
    if isinstance(value, dict):
        return {key: without_encryption(one) for key, one in value.items() if key != "encrypted"}
    if isinstance(value, list):
        return [without_encryption(one) for one in value]
    return value

"""What the library writes is read by code that shares nothing with it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from google.protobuf.json_format import MessageToDict

import datumpb as dp
from datumpb.container.media_file import RECORD_SIZE, write_media
from datumpb.messages import file_descriptor_set
from tests.support.samples import KEY, some_items, write
from tests.support.walker import descriptor_set, fields, kinds, walk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("key", [None, KEY])
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_annotations(tmp_path: Path, key: str | None, count: int) -> None:
    path = write(tmp_path / "train.datum", some_items(count), key)
    walked = walk(path.read_bytes(), key)
    blocks = walked.kinds.count("BLOCK")
    assert blocks == {0: 0, 1: 1, 2: 1}.get(count, blocks)
    assert blocks > 5 or count < 30
    assert walked.kinds == ["PREAMBLE", "HEADER", "META", *["BLOCK"] * blocks, "INDEX", "FOOTER", "TRAILER"]
    assert walked.meta.subset == "train"
    assert [label.name for label in walked.meta.categories.labels.labels] == ["cat", "dog", "emu"]
    assert [item.id for item in walked.items] == [f"item-{index}" for index in range(count)]
    for index, item in enumerate(walked.items):
        shown = MessageToDict(item, preserving_proto_field_name=True)
        assert shown["media"] == {
            "image": {"file": {"path": f"images/train/item-{index}.jpg"}, "height": 4, "width": 6}
        }
        assert [annotation.caption.caption for annotation in item.annotations[1:]] == [f"caption {index}"]
        assert item.annotations[0].label_index == index % 3
    assert walked.footer.item_count == count
    assert walked.footer.statistics.annotation_count == 2 * count
    assert walked.footer.statistics.unlabelled_count == count
    with dp.DatumReader(path, key) as reader:
        assert [item.SerializeToString() for item in reader.messages()] == [
            item.SerializeToString() for item in walked.items
        ]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("key", [None, KEY])
def test_the_index_leads_to_every_block_and_item(tmp_path: Path, key: str | None) -> None:
    data = write(tmp_path / "train.datum", some_items(30), key).read_bytes()
    walked = walk(data, key)
    index = fields(walked.bodies[walked.kinds.index("INDEX")])
    numbers = index[2]
    crc32s = [numbers[0][at : at + 4] for at in range(0, 120, 4)]
    assert crc32s == [zlib.crc32(f"item-{number}".encode()).to_bytes(4, "little") for number in range(30)]
    places = [number for number, kind in enumerate(walked.kinds) if kind == "BLOCK"]
    entries = [fields(entry) for entry in index[1]]
    assert [entry[1][0] for entry in entries] == [walked.offsets[place] for place in places]
    assert [entry[2][0] for entry in entries] == [walked.offsets[place + 1] - walked.offsets[place] for place in places]
    assert [entry[3][0] for entry in entries] == places
    assert sum(entry[5][0] for entry in entries) == 30


def test_header_says_what_the_file_is(tmp_path: Path) -> None:
    walked = walk(write(tmp_path / "train.datum", []).read_bytes())
    header = walked.header
    assert (header[1], header[3], header[6]) == ([1], [1], [(4 << 20) - 1])
    assert 4 not in header
    assert 7 not in header
    assert header[9] == [b"datumpb"]
    assert header[10] == [dp.__version__.encode()]
    encrypted = walk(write(tmp_path / "secret.datum", [], KEY).read_bytes(), KEY).header
    assert {number: values for number, values in encrypted.items() if number != 7} == header


def test_the_schema_in_a_file_is_that_of_the_library(tmp_path: Path) -> None:
    assert descriptor_set(write(tmp_path / "train.datum", []).read_bytes()) == file_descriptor_set()


@pytest.mark.parametrize("size", [0, 1, 20, RECORD_SIZE - 1, RECORD_SIZE, RECORD_SIZE + 1, 3 * RECORD_SIZE + 5])
def test_media(tmp_path: Path, size: int) -> None:
    body = bytes(index * 7 % 251 for index in range(size))
    path = tmp_path / "picture.jpg"
    write_media(path, "images/train/picture.jpg", [body[:10], b"", body[10:]], KEY)
    data = path.read_bytes()
    walked = walk(data, KEY, file_descriptor_set())
    pieces = -(-size // RECORD_SIZE)
    assert walked.kinds == ["PREAMBLE", "HEADER", "META", *["MEDIA"] * pieces, "FOOTER", "TRAILER"]
    assert walked.meta.path == "images/train/picture.jpg"
    assert walked.media == body
    assert walked.footer.media_size == size
    assert walked.footer.HasField("media_size")
    assert not walked.footer.index
    assert kinds(data) == walked.kinds


@pytest.mark.parametrize("size", [0, 1, 100, 5000])
def test_encryption_adds_little_to_a_small_picture(tmp_path: Path, size: int) -> None:
    noise = b"".join(zlib.crc32(str(index).encode()).to_bytes(4, "little") for index in range(size // 4 + 1))[:size]
    path = tmp_path / "picture.jpg"
    write_media(path, "images/train/000000000001.jpg", [noise], KEY)
    assert path.stat().st_size - size <= 512

"""Every kind of bad input: one line on stderr naming file and place, exit status 1, no output, input unchanged."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

import datumpb as dp
from datumpb.container.bytes_source import BytesSource
from datumpb.container.header import read_head
from datumpb.container.record import encode_record, record_context
from datumpb.container.varint import encode_varint
from datumpb.messages import Codec, Header, Record, RecordKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]
    Tree = Callable[[Path], dict[str, bytes]]

META = 2
BLOCK = 3


def split(data: bytes) -> list[bytes]:
    """Split a file into its records, length prefixes included."""
    records, start = [], 0
    while start < len(data):
        size = shift = 0
        end = start
        while True:
            byte = data[end]
            size |= (byte & 0x7F) << shift
            shift += 7
            end += 1
            if byte < 0x80:
                break
        records.append(data[start : end + size])
        start = end + size
    return records


def make(folder: Path, key: str | None, name: str) -> Path:
    """Write a dataset of several blocks."""
    file = folder / name / "annotations" / "train.datum"
    file.parent.mkdir(parents=True)
    with dp.DatumWriter(file, subset="train", categories=dp.Categories.from_labels(["a"]), key=key) as writer:
        for number in range(6):
            noise = bytes((number * 7 + byte * byte) % 251 for byte in range(100_000))
            writer.write(dp.Item(f"{name}-{number}", attributes={"noise": noise}, annotations=[dp.Label(label=0)]))
    assert len(split(file.read_bytes())) >= 3 + 3 + 3
    return file


def swapped(records: list[bytes]) -> list[bytes]:
    records[BLOCK], records[BLOCK + 1] = records[BLOCK + 1], records[BLOCK]
    return records


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGES: dict[str, Callable[[bytes, bytes], bytes]] = {
    "empty": lambda _data, _other: b"",
    "another file": lambda _data, _other: b"# not a .datum file at all, but long enough to be one\n" * 10,
    "truncated at once": lambda data, _other: data[:1],
    "truncated in a record": lambda data, _other: data[: len(data) // 2],
    "truncated between records": lambda data, _other: b"".join(split(data)[:-2]),
    "truncated by a byte": lambda data, _other: data[:-1],
    "too long": lambda data, _other: data + b"\0",
    "a flipped bit in the first block": lambda data, _other: flipped(data, len(b"".join(split(data)[:BLOCK])) + 1000),
    "a flipped bit in PREAMBLE": lambda data, _other: flipped(data, 5),
    "a flipped bit in TRAILER": lambda data, _other: flipped(data, len(data) - 3),
    "swapped": lambda data, _other: b"".join(swapped(split(data))),
    "dropped": lambda data, _other: b"".join(split(data)[:BLOCK] + split(data)[BLOCK + 1 :]),
    "repeated": lambda data, _other: b"".join(split(data)[: BLOCK + 1] + split(data)[BLOCK:]),
    "foreign": lambda data, other: b"".join(
        split(data)[:BLOCK] + split(other)[BLOCK : BLOCK + 1] + split(data)[BLOCK + 1 :]
    ),
    "hostile length": lambda data, _other: b"".join(split(data)[:META]) + b"\xff\xff\xff\xff\x0f" + data[-60:],
    "overlong length": lambda data, _other: b"\xba\x80\x00" + data[1:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("is_encrypted", [False, True])
def test_damaged_files(
    datumpb: Run, tmp_path: Path, key: str, tree: Tree, damage: Callable[[bytes, bytes], bytes], is_encrypted: bool
) -> None:
    used = key if is_encrypted else None
    file, other = make(tmp_path, used, "in"), make(tmp_path, used, "other")
    file.write_bytes(damage(file.read_bytes(), other.read_bytes()))
    before = tree(tmp_path)
    options = ["--encryption-key", key] if is_encrypted else []
    out = tmp_path / "out"
    error = datumpb("convert", "-i", tmp_path / "in", "-if", "datumpb", "-o", out, "-f", "datumpb", *options).error
    assert "train.datum: " in error
    verified = datumpb("verify", file, *options)
    assert (verified.status, verified.err) == (1, "")
    assert any(f"{file}{what}" in verified.out for what in (" at byte ", ": not a .datum file", ": the file is empty"))
    outcome = datumpb("cat", file, *options)  # items before the damage may come out
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith(f"datumpb: error: {file}: ")
    assert tree(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "other"]


def rewritten_header(file: Path, change: Callable[[Header], None]) -> None:
    with BytesSource(file) as source:
        head = read_head(source)
    change(head.header)
    body = head.header.SerializeToString()
    header, _ = encode_record(head.sync, RecordKind.RECORD_KIND_HEADER, 1, body, None)
    records = split(file.read_bytes())
    file.write_bytes(b"".join([records[0], header, *records[2:]]))


def test_newer_major_version(datumpb: Run, plain: Path) -> None:
    def change(header: Header) -> None:
        header.format_major = 2

    rewritten_header(plain / "annotations" / "train.datum", change)
    for command, status in (("cat", 1), ("info", 1), ("verify", 2)):
        error = datumpb(command, plain).error_of(status)
        assert "train.datum" in error
        assert "2" in error


def test_unknown_required_feature(datumpb: Run, plain: Path) -> None:
    rewritten_header(
        plain / "annotations" / "train.datum", lambda header: header.required_features.append("levitation")
    )
    for command, status in (("cat", 1), ("info", 1), ("verify", 2)):
        assert "levitation" in datumpb(command, plain).error_of(status)


def test_decompression_bomb(datumpb: Run, plain: Path) -> None:
    file = plain / "annotations" / "train.datum"
    with BytesSource(file) as source:
        sync = read_head(source).sync_number
    payload = zstandard.compress(bytes(1 << 24))
    bomb = Record(sync=sync, kind=RecordKind.RECORD_KIND_META, seq=META, codec=Codec.CODEC_ZSTD, raw_size=1 << 24)
    bomb.payload = payload
    bomb.crc32 = zlib.crc32(payload, zlib.crc32(record_context(bomb.kind, bomb.codec, META, bomb.raw_size)))
    records = split(file.read_bytes())
    records[META] = encode_varint(bomb.ByteSize()) + bomb.SerializeToString()
    moved = len(records[META]) - len(split(file.read_bytes())[META])
    footer, _, size = struct.unpack("<xQxQxQ", records[-1][-27:])
    trailer = records[-1][:-27] + struct.pack("<BQBQBQ", 9, footer + moved, 17, len(records[-2]), 25, size + moved)
    context = record_context(RecordKind.RECORD_KIND_TRAILER, Codec.CODEC_NONE, 0, 0)
    crc32 = struct.pack("<I", zlib.crc32(trailer[-27:], zlib.crc32(context)))
    file.write_bytes(b"".join([*records[:-1], trailer[:-33], crc32, trailer[-29:]]))
    assert f"{1 << 24} bytes" in datumpb("cat", plain).error


def without_image(document: dict[str, Any]) -> None:
    document["annotations"][0]["image_id"] = 4711


def without_category(document: dict[str, Any]) -> None:
    document["annotations"][0]["category_id"] = 4711


def odd(document: dict[str, Any]) -> None:
    document["annotations"][0]["segmentation"][0].append(1)


def misfit(document: dict[str, Any]) -> None:
    document["annotations"][0]["segmentation"] = {"size": [48, 64], "counts": [1, 2, 3]}


def repeated(document: dict[str, Any]) -> None:
    document["images"].append({**document["images"][0], "id": 9})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without_image, "4711"),
        (without_category, "4711"),
        (odd, "annotations"),
        (misfit, "annotations"),
        (repeated, "a"),
    ],
)
def test_bad_coco(
    datumpb: Run, coco: Path, tmp_path: Path, tree: Tree, change: Callable[[dict[str, Any]], None], named: str
) -> None:
    file = coco / "annotations" / "instances_train.json"
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))
    before = tree(tmp_path)
    error = datumpb("convert", "-i", coco, "-o", tmp_path / "out", "-f", "datumpb", "--save-media").error
    assert named in error
    assert tree(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["coco"]


def test_malformed_json(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    file = coco / "annotations" / "instances_train.json"
    file.write_text(file.read_text()[:-40])
    error = datumpb("convert", "-i", coco, "-if", "coco", "-o", tmp_path / "out", "-f", "datumpb").error
    assert str(file) in error
    assert [path.name for path in tmp_path.iterdir()] == ["coco"]


def test_wrong_key(datumpb: Run, encrypted: Path, tmp_path: Path, other_key: str, tree: Tree) -> None:
    before = tree(encrypted)
    options = ["--encryption-key", other_key]
    for command, status in (("cat", 1), ("info", 1), ("verify", 2)):
        assert "train.datum: wrong key" in datumpb(command, encrypted, *options).error_of(status)
    arguments = ["convert", "-i", encrypted, "-o", tmp_path / "out", "-f", "coco", *options]
    assert "train.datum: wrong key" in datumpb(*arguments).error
    assert tree(encrypted) == before
    assert not (tmp_path / "out").exists()


def test_media_that_were_swapped(datumpb: Run, encrypted: Path, tmp_path: Path, key: str) -> None:
    pictures = encrypted / "images" / "train"
    (pictures / "a.png").write_bytes((pictures / "b c.png").read_bytes())
    options = ["--encryption-key", key]
    verified = datumpb("verify", encrypted, "--media", *options)
    assert (verified.status, verified.err) == (1, "")
    assert "a.png" in verified.out
    arguments = ["convert", "-i", encrypted, "-o", tmp_path / "out", "-f", "coco", "--save-media", *options]
    assert "a.png" in datumpb(*arguments).error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "command", [["cat"], ["info"], ["verify"], ["detect"], ["convert", "-f", "coco", "-o", "x", "-i"]]
)
def test_what_is_not_there(datumpb: Run, tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no\\nsuch" in datumpb(*command, "no\nsuch").error_of(2 if command == ["verify"] else 1)
    assert not list(tmp_path.iterdir())


def test_output_below_a_file(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for output in (tmp_path / "file" / "out", tmp_path / "file"):
        assert str(tmp_path / "file") in datumpb("convert", "-i", coco, "-o", output, "-f", "datumpb").error
    assert (tmp_path / "file").read_text() == "kept"

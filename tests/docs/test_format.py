"""docs/FORMAT.md: a reader written from it alone reads what the library writes, and its examples are true."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import datumpb as dp
from datumpb import messages
from datumpb.codec.coordinates import decode_coordinates, encode_coordinates
from datumpb.codec.values import decode_value
from datumpb.container.bytes_source import BytesSource
from datumpb.container.media_file import read_media
from datumpb.container.verify import verify_file
from datumpb.model import rle
from tests.support.document_reader import READER, load_reader
from tests.support.strategies import ITEMS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "FORMAT.md").read_text("utf-8")
PROSE = " ".join(DOCUMENT.split())
EXAMPLES = ROOT / "scripts" / "format_examples.py"
KEY = "datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
STRIDES = {"xywh": 4, "position_rotation_scale": 3, "cxcywhr": 5, "box": 2, "points": 2}


def example(name: str) -> str:
    found = re.search(rf"<!-- example: {name} -->\n```text\n(.*?)\n```", DOCUMENT, re.DOTALL)
    assert found is not None
    return found[1]


def sealed_values() -> dict[str, bytes]:
    parts = re.findall(r"^(\w[\w ]*):\n((?:  [0-9a-f]+\n?)+)", example("sealed"), re.MULTILINE)
    return {name: bytes.fromhex(text) for name, text in parts}


def dumped_bytes() -> bytes:
    lines = re.findall(r"^([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+)", example("plain"), re.MULTILINE)
    data = b""
    for offset, text in lines:
        assert int(offset, 16) == len(data)
        data += bytes.fromhex(text)
    return data


def run_reader(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", "-I", str(READER), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def expected(path: Path, key: str | None = None) -> list[dict[str, Any]]:
    with dp.DatumReader(path, key) as reader:
        return [as_json(item) for item in reader.messages()]


def as_json(item: messages.Item) -> dict[str, Any]:
    result = MessageToDict(item, preserving_proto_field_name=True)
    for annotation, shown in zip(item.annotations, result.get("annotations", ()), strict=True):
        part = getattr(annotation, annotation.WhichOneof("kind") or "")
        for field, value in part.ListFields():
            if isinstance(value, messages.Coordinates):
                numbers = decode_coordinates(value, STRIDES[field.name]).reshape(-1).tolist()
                names = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
                shown[annotation.WhichOneof("kind")][field.name] = [names.get(str(n), n) for n in numbers]
    return result


def many_items(count: int) -> list[dp.Item]:
    rng = np.random.default_rng(5)
    outlines = [np.round(np.cumsum(rng.normal(0, 4, (24, 2)), axis=0) + 300, 2) for _ in range(count)]
    return [
        dp.Item(
            f"{index:06}",
            media=dp.Image(dp.MediaRef(f"images/train/{index}.jpg"), 480, 640),
            attributes={"url": f"https://example.org/{rng.integers(10**12)}", "n": index},
            annotations=[dp.Polygon(outline, id=index), dp.Bbox(*rng.normal(100, 50, 4)), dp.Caption("é")],
        )
        for index, outline in enumerate(outlines)
    ]


def write(path: Path, items: list[dp.Item], key: str | None = None) -> None:
    small_blocks = mock.patch("datumpb.container.block_cutter.BLOCK_SIZE", 1 << 15)
    with small_blocks, dp.DatumWriter(path, subset="train", key=key) as writer:
        for item in items:
            writer.write(item)


@pytest.mark.parametrize("count", [0, 1, 1500])
@pytest.mark.parametrize("key", [None, KEY])
def test_a_reader_made_from_the_document_reads_all_items(tmp_path: Path, count: int, key: str | None) -> None:
    path, key_file = tmp_path / "train.datum", tmp_path / "key.txt"
    write(path, many_items(count), key)
    options = []
    if key is not None:
        key_file.write_text(key)
        options = ["--key-file", str(key_file)]
    with dp.DatumReader(path, key) as reader:
        assert reader.footer.record_count > (8 if count > 1 else 3)
    result = run_reader(str(path), *options)
    assert (result.returncode, result.stderr) == (0, b"")
    items = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(items) == count
    assert items == expected(path, key)
    assert run_reader("-", *options, stdin=path.read_bytes()).stdout == result.stdout


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(ITEMS, max_size=4, unique_by=lambda item: item.id))
def test_a_reader_made_from_the_document_reads_any_item(tmp_path: Path, items: list[dp.Item]) -> None:
    path = tmp_path / "train.datum"
    write(path, items)
    reader = load_reader()
    with path.open("rb") as file:
        found = [reader.as_json(item) for item in reader.Datum(file, None).items()]
    assert repr(found) == repr(expected(path))


@pytest.mark.parametrize("key", [None, KEY])
def test_a_reader_made_from_the_document_refuses_flipped_bits(tmp_path: Path, key: str | None) -> None:
    reader = load_reader()
    path = tmp_path / "train.datum"
    write(path, [], key)
    whole = path.read_bytes()
    raw_key = reader.read_key(write_key(tmp_path)) if key else None
    refusals = (reader.RefusedError, reader.InvalidTag, reader.zstandard.ZstdError)
    # INDEX is empty: a flip could make its raw_size of 0 an unknown field, which no checksum covers.
    empty = whole.index(b"\x20\x01\x28\x00\x35")
    for bit in (*range(0, 8 * len(whole), 29), *range(8 * empty, 8 * empty + 40)):
        path.write_bytes(flipped(whole, bit))
        with pytest.raises(refusals), path.open("rb") as file:
            list(reader.Datum(file, raw_key).items())


def flipped(data: bytes, bit: int) -> bytes:
    damaged = bytearray(data)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def write_key(folder: Path) -> str:
    path = folder / "key.txt"
    path.write_text(KEY + "\n")
    return str(path)


def test_a_reader_made_from_the_document_refuses_a_cut_file_and_a_wrong_key(tmp_path: Path) -> None:
    path = tmp_path / "train.datum"
    write(path, many_items(2))
    result = run_reader("-", stdin=path.read_bytes()[:-1])
    assert result.returncode == 1
    assert b"ends too early" in result.stderr
    assert b"the other way round" in run_reader(str(path), "--key-file", write_key(tmp_path)).stderr
    write(path, many_items(2), dp.generate_key())
    assert b"wrong key" in run_reader(str(path), "--key-file", write_key(tmp_path)).stderr
    assert b"the other way round" in run_reader(str(path)).stderr


def test_a_reader_made_from_the_document_uses_no_code_of_ours() -> None:
    imports = re.findall(r"^\s*(?:from|import) (\w+)", READER.read_text("utf-8"), re.MULTILINE)
    assert {"google", "zstandard"} < set(imports)
    assert not any(name.startswith("datumpb") for name in imports)


def test_the_examples_in_the_document_are_current() -> None:
    command = [sys.executable, str(EXAMPLES), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_dump_is_a_file_that_holds_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "train.datum"
    path.write_bytes(dumped_bytes())
    verify_file(path)
    with dp.DatumReader(path) as reader:
        (item,) = reader
    outline = np.array([[10.5, 20.25], [110.5, 20.25], [110.5, 71]])
    assert item.annotations == [dp.Bbox(10.5, 20.25, 100, 50.75, label=0, id=7), dp.Polygon(outline, label=0, id=8)]


def test_the_encrypted_example_opens_with_its_key_and_with_a_bit_flipped_does_not(tmp_path: Path) -> None:
    values = sealed_values()
    path = tmp_path / "one.jpg"
    assert KEY in PROSE
    assert values["record_key"].hex() == "ac8ec98415c6cf1c5dec686b8a247b5c232e51bec13cbcc32d07b6faa071c261"
    assert values["commitment"].hex() == "3aef7dd20d531ce753435a3ec97efcd6fdca9e59fe9cd7c2c69de7a430f7e01e"
    assert values["META aad"] == values["META context"] + values["header_hash"]
    assert values["META nonce"] + b"\x42&" + values["META payload"] in values["file"]

    def read(data: bytes) -> bytes:
        path.write_bytes(data)
        with BytesSource(path) as source:
            return b"".join(read_media(source, "images/train/one.jpg", KEY))

    assert read(values["file"]) == b"not really a picture"
    for bit in range(0, 8 * len(values["file"]), 5):
        with pytest.raises(dp.DatumpbError):
            read(flipped(values["file"], bit))


def rows(heading: str, columns: int) -> list[list[str]]:
    """Return the cells of the table under a heading of so many columns that ends a section."""
    section = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [re.findall(r"(?<=\|)[^|]*(?=\|)", line) for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines if len(line) == columns]


def test_the_examples_of_coordinates_are_true() -> None:
    examples = [
        row for row in rows("12. Coordinates", 3) if row[0].startswith("`") and " " in row[0] and "." not in row[0]
    ]
    assert len(examples) == 4
    kinds = set()
    for text, fields, numbers in examples:
        data = bytes.fromhex(text.strip("`"))
        message = messages.Coordinates.FromString(data)
        written = np.array([float(number) for number in numbers.split(",")])
        assert decode_coordinates(message, 2).tobytes() == written.tobytes()
        again = messages.Coordinates()
        encode_coordinates(written, again, 2)
        assert again.SerializeToString() == data
        names = {field.name for field, _ in message.ListFields()}
        assert names == set(re.findall(r"decimals|delta|f32|f64|rice_bits|rice_low|rice_high", fields))
        kinds |= names
    assert kinds == {field.name for field in messages.Coordinates.DESCRIPTOR.fields}


def test_the_examples_of_masks_are_true() -> None:
    text = "`lo0b1b10Rg3_N]3` with height 100 and width 90"
    assert text in PROSE
    table = [row for row in rows("14. Masks", 4) if row[0].startswith("`")]
    assert "".join(row[0].strip("`") for row in table) == "lo0b1b10Rg3_N]3"
    runs = [int(re.findall(r"\d+", row[3])[-1]) for row in table]
    assert rle.checked_runs(b"lo0b1b10Rg3_N]3", 100, 90).tolist() == runs
    assert "`5220003` with height 4 and width 5 is the runs 5 2 2 2 2 2 5" in PROSE
    assert rle.checked_runs(b"5220003", 4, 5).tolist() == [5, 2, 2, 2, 2, 2, 5]


def test_the_examples_of_big_integers_are_true() -> None:
    assert "2^63 is `008000000000000000`, -2^63 - 1 is `ff7fffffffffffffff`" in PROSE
    assert decode_value(messages.Value(big_int_value=bytes.fromhex("008000000000000000"))) == 2**63
    assert decode_value(messages.Value(big_int_value=bytes.fromhex("ff7fffffffffffffff"))) == -(2**63) - 1


def test_the_tables_of_both_ends_have_the_bytes_of_a_file() -> None:
    data = dumped_bytes()
    sync = data[2:10].hex()
    for start, size, text in ((0, 37, "PREAMBLE, 37 bytes"), (len(data) - 48, 48, "TRAILER, the last 48 bytes")):
        table = DOCUMENT.split(text)[1].split("\n\n")[1].splitlines()[2:]
        at = 0
        for line in table:
            offset, fixed, _ = (cell.strip() for cell in line.strip("|").split("|"))
            assert int(offset) == at
            wanted = "".join(re.findall(r"[0-9a-f]{2}", fixed.split("and")[0])) + (sync if " S" in fixed else "")
            assert data[start + at :].hex().startswith(wanted)
            count = re.search(r"and (\d) bytes", fixed)
            at += len(wanted) // 2 + (int(count[1]) if count else 0)
        assert at == size


@pytest.mark.skipif(shutil.which("file") is None, reason="the program `file` is not installed")
def test_file_names_the_format(tmp_path: Path) -> None:
    path = tmp_path / "renamed"
    write(path, [], KEY)
    command = [shutil.which("file") or "", "--brief", "-m", str(ROOT / "docs" / "datumpb.magic"), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "datumpb dataset file, version 1 or later\n"


def test_the_magic_lines_are_those_of_the_file_beside_the_document() -> None:
    lines = (ROOT / "docs" / "datumpb.magic").read_text("ascii").splitlines()
    assert "```\n" + "\n".join(lines[1:]) + "\n```" in DOCUMENT

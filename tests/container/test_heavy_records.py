"""Small files that ask for much memory: what 4 MiB of a block take is bounded, and more parts than that are refused."""

from __future__ import annotations

import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.container.varint import encode_varint
from tests.support.forge import Forge

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.messages import Header, Index

pytestmark = [
    pytest.mark.usefixtures("no_schema"),
    pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc"),
]

GIB = 1 << 30
BODY = (4 << 20) - 100

# Prints what the process has at its peak, less what it had before, and what is wrong with the file.
READ = """
import sys, warnings
import datumpb
from datumpb.container.verify import inspect_file
warnings.simplefilter("ignore")
def peak(): # getrusage has that of the process that started this one, if it is larger
    with open("/proc/self/status") as status: lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmHWM"].split()[0]) * 1024
way, path = sys.argv[1:]
before, problem = peak(), "none"
try:
    with datumpb.DatumReader(path) as reader:
        if way == "verify":
            for fault in inspect_file(path).faults: raise fault.error
        elif way == "item": reader[0]
        else:
            for _ in reader if way == "items" else getattr(reader, way)(): pass
except datumpb.FileError as error: problem = f"{type(error).__name__}: {error}"
print(peak() - before, problem)
"""


def field(number: int, data: bytes) -> bytes:
    return encode_varint(number << 3 | 2) + encode_varint(len(data)) + data


def filled(part: bytes) -> bytes:
    """So much of one part that an item of it, with what is around it, makes a block of nearly 4 MiB."""
    return part * (BODY // len(part))


def nested(*numbers: int, data: bytes) -> bytes:
    for number in reversed(numbers):
        data = field(number, data)
    return data


UNKNOWN = filled(nested(4, data=b""))
LABELS = filled(nested(4, 16, data=b""))
ONES = filled(nested(4, 7, 1, data=b"\x28\x00" + field(7, b"\xff" * (1 << 19))))
DELTAS = nested(4, 7, 1, 2, data=filled(b"\x02"))
VISIBILITY = nested(4, 19, 2, data=filled(b"\x01"))
MASK = nested(4, 17, data=b"\x08\x80\x10\x10\x80\x10" + field(3, filled(b"0")))
LISTS = nested(3, data=field(1, b"k") + nested(2, 8, data=filled(nested(1, 8, data=b""))))


def write(path: Path, item: bytes, *, limit: int = 1 << 28) -> Path:
    """A file with a block of one item of these fields."""

    def header(message: Header) -> None:
        message.max_record_size = limit

    def index(message: Index) -> None:
        message.blocks[0].item_count = 1
        message.item_id_crc32.append(zlib.crc32(b"a"))

    path.write_bytes(Forge([field(1, field(1, b"a") + item)], header=header, index=index).make())
    return path


def read(path: Path, way: str) -> tuple[int, str]:
    """Read a file in a process of its own."""
    done = subprocess.run([sys.executable, "-c", READ, way, path], check=True, capture_output=True, text=True)
    peak, _, problem = done.stdout.partition(" ")
    return int(peak), problem


@pytest.mark.parametrize(
    ("item", "way"),
    [
        pytest.param(UNKNOWN, "items", id="annotations of no known kind"),
        pytest.param(LABELS, "boxes", id="labels"),
        pytest.param(ONES, "boxes", id="Rice codes of a bit each"),
        pytest.param(ONES, "items", id="the same, as points"),
        pytest.param(DELTAS, "items", id="differences"),
        pytest.param(VISIBILITY, "items", id="visibility"),
        pytest.param(MASK, "boxes", id="a mask of very many runs"),
        pytest.param(MASK, "verify", id="the same, verified"),
        pytest.param(LISTS, "messages", id="lists of lists, as messages"),
        pytest.param(LISTS, "items", id="lists of lists"),
    ],
)
def test_4_mib_of_a_block_take_less_than_a_gib(tmp_path: Path, item: bytes, way: str) -> None:
    path = write(tmp_path / "file", item, limit=(4 << 20) - 1)
    assert path.stat().st_size < 1 << 15
    peak, problem = read(path, way)
    assert 0 <= peak < GIB
    assert "LimitError" not in problem


@pytest.mark.parametrize("way", ["items", "item", "messages", "verify"])
@pytest.mark.parametrize(
    "item", [ONES * 4, nested(4, 7, 1, 2, data=filled(b"\x02") * 4)], ids=["Rice codes", "varints"]
)
def test_more_parts_than_that_are_refused(tmp_path: Path, item: bytes, way: str) -> None:
    path = write(tmp_path / "file", item)
    assert path.stat().st_size < 1 << 15
    peak, problem = read(path, way)
    assert problem.startswith(f"LimitError: {path}: ")
    assert "more parts than readers grant memory for" in problem
    assert peak < 6 * len(item)


def test_very_many_messages_are_refused_before_they_are_parsed(tmp_path: Path) -> None:
    path = write(tmp_path / "file", UNKNOWN * 3)
    peak, problem = read(path, "items")
    assert problem.startswith("LimitError")
    assert peak < 6 * 3 * len(UNKNOWN)


def test_a_large_record_may_be_large_for_its_bytes_and_numbers(tmp_path: Path) -> None:
    item = dp.Item(
        "a",
        media=dp.Image(dp.MediaRef(data=bytes(8 << 20))),
        annotations=[dp.FeatureVector(np.arange(1 << 20) + 0.1), dp.Caption("é" * (1 << 21))],
    )
    with dp.DatumWriter(tmp_path / "file", subset="train", max_record_size=1 << 26) as writer:
        writer.write(item)
    with dp.DatumReader(tmp_path / "file") as reader:
        assert reader["a"].annotations == item.annotations
        assert reader["a"].media == item.media


def test_what_no_reader_would_take_is_not_written(tmp_path: Path) -> None:
    item = dp.Item("a", annotations=[dp.Label(label=3, attributes={"x": [[]] * (1 << 20), "y": "z" * (1 << 22)})])
    with dp.DatumWriter(tmp_path / "file", subset="train", max_record_size=1 << 26) as writer:
        with pytest.raises(dp.InvalidItemError, match=r"item 'a': a body of .* has more parts than readers"):
            writer.write(item)
        writer.write(dp.Item("b"))

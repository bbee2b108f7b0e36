"""Files of datumaro_binary for tests: packed by hand, and read whole."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable

LEGACY = Path(__file__).resolve().parents[3] / "shared" / "data" / "legacy"
NO_LABEL = 2**31 - 1


def same(data: bytes) -> bytes:
    """Do not encrypt."""
    return data


def text(value: str) -> bytes:
    """Pack a text."""
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def json_map(values: dict[str, Any] | bytes) -> bytes:
    """Pack a JSON map, or what is given for one."""
    data = values if isinstance(values, bytes) else json.dumps(values).encode() if values else b""
    return struct.pack("<I", len(data)) + data


def floats(*values: float) -> bytes:
    """Pack a list of floats."""
    return struct.pack(f"<I{len(values)}f", len(values), *values)


def ints(*values: int) -> bytes:
    """Pack a list of integers."""
    return struct.pack(f"<I{len(values)}i", len(values), *values)


def annotation(
    kind: int,
    rest: bytes,
    *,
    number: int = 0,
    group: int = 0,
    object_id: int = -1,
    attributes: dict[str, Any] | bytes = b"",
) -> bytes:
    """Pack an annotation."""
    return struct.pack("<Bqqi", kind, number, group, object_id) + json_map(attributes) + rest


def item(
    item_id: str, *annotations: bytes, media: bytes = bytes(4), attributes: bytes = b"", subset: str = "t"
) -> bytes:
    """Pack an item."""
    count = struct.pack("<I", len(annotations))
    return text(item_id) + text(subset) + media + json_map(attributes) + count + b"".join(annotations)


def document(
    *blobs: bytes,
    media_type: int = 2,
    infos: dict[str, Any] | bytes = b"",
    categories: dict[str, Any] | bytes = b"",
    version: dict[str, Any] | bytes = b'{"dm_format_version": "1.0", "media_encryption": true}',
    proof: bytes = b"",
    seal: Callable[[bytes], bytes] = same,
) -> bytes:
    """Pack a file."""
    sealed = [seal(blob) for blob in blobs]
    headers = [seal(json_map(header)) for header in (infos, categories, {"media_type": media_type})]
    parts = [json_map(version), proof, *headers, seal(ints(*map(len, sealed)))]
    packed = b"".join(struct.pack("<I", len(part)) + part for part in parts)
    return b"signature:datumaro_binary" + packed + b"".join(sealed)


def write(folder: Path, data: bytes, subset: str = "t") -> Path:
    """Make a dataset of one file."""
    (folder / "annotations").mkdir(parents=True)
    (folder / "annotations" / f"{subset}.datum").write_bytes(data)
    return folder


def open_dataset(path: Path, key: str | None = None) -> dp.Dataset:
    """Open a dataset."""
    return dp.Dataset.import_from(path, "datumaro_binary", **({} if key is None else {"encryption_key": key}))


def read_whole(path: Path, key: str | None = None) -> list[dp.Item]:
    """Read everything that a dataset has."""
    dataset = open_dataset(path, key)
    dataset.categories()
    dataset.infos()
    dataset.media_type()
    items = list(dataset)
    assert len(dataset) == len(items)
    return items

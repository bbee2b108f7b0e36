"""Any bytes as a file of datumaro_binary, plain and encrypted: read as a dataset."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from datumpb.formats import datumaro_binary
from datumpb.formats.datumaro_binary.fernet import Cipher
from datumpb.formats.datumaro_binary.signature import SIGNATURE
from tests.fuzz.datasets import use
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.support import binary
from tests.support.datasets import memory
from tests.support.exports import export_as
from tests.support.samples import KEY, some_items

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fuzz.harness import Mutate

_PARTS = 6
_PROOF, _SIZES = 1, 5


def _run(data: bytes, folder: Path) -> bool:
    binary.write(folder, data, "train")
    read = False
    for key in (None, KEY):
        with OnlyTypedErrors():
            datumaro_binary.detect(folder)
            datumaro_binary.is_encrypted(folder)
            read |= use(datumaro_binary.read(folder, encryption_key=key), folder)
    return read


def _mutate(data: bytes, most: int, chance: random.Random, change: Mutate) -> bytes:
    """Change a file as it is; or one part of it, decrypted, encrypt it again, and set the lengths right."""
    parts = _take_apart(data) if chance.random() < 0.9 else None
    if parts is None:
        return change(data, most)
    cipher = Cipher(KEY if parts[_PROOF] else None)
    opened = [cipher.open(part) if place > _PROOF else part for place, part in enumerate(parts)]
    place = chance.choice([place for place in range(len(parts)) if place != _SIZES or chance.random() < 0.1])
    opened[place] = change(opened[place] or b"", most)
    sealed = [cipher.seal(part or b"") if number > _PROOF else part or b"" for number, part in enumerate(opened)]
    blobs = sealed[_PARTS:]
    if place != _SIZES:
        sealed[_SIZES] = cipher.seal(binary.ints(*map(len, blobs)))
    made = SIGNATURE + b"".join(struct.pack("<I", len(part)) + part for part in sealed[:_PARTS]) + b"".join(blobs)
    return made if len(made) <= most else change(data, most)


def _take_apart(data: bytes) -> list[bytes] | None:
    """Return the parts before the blobs, and the blobs; None where they cannot be told apart."""
    at, parts = len(SIGNATURE), list[bytes]()
    for _ in range(_PARTS):
        if at + 4 > len(data):
            return None
        (size,) = struct.unpack_from("<I", data, at)
        parts.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    sizes = Cipher(KEY if parts[_PROOF] else None).open(parts[_SIZES])
    for (size,) in struct.iter_unpack("<i", sizes[4 : len(sizes) // 4 * 4] if sizes else b""):
        parts.append(data[at : at + max(size, 0)])
        at += max(size, 0)
    return parts


def _seeds(folder: Path) -> Iterator[bytes]:
    for key in ({}, {"encryption": True, "encryption_key": KEY}):
        out = folder / f"{len(key)}"
        export_as("datumaro_binary", memory(some_items(3), ["cat", "dog", "emu"]), out, **key)
        yield (out / "annotations" / "train.datum").read_bytes()


TARGET = Target("datumaro_binary", _run, _seeds, (), _mutate)

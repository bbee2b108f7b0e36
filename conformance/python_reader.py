"""The Python column: datumpb behind the program that every reader has (README.md, "The program").

python -m conformance.python_reader MODE FILE [--key-file KEY_FILE] [--path LOGICAL_PATH]
python -m conformance.python_reader batch
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict

import datumpb as dp
from conformance.programs import BATCH
from datumpb import messages
from datumpb.codec.blocks import parse
from datumpb.codec.coordinates import decode_coordinates
from datumpb.codec.items import decode_item
from datumpb.container.bytes_source import BytesSource
from datumpb.container.file_reader import FileReader
from datumpb.container.media_file import read_media
from datumpb.container.verify import verify_file
from datumpb.crypto.keys import read_key_file
from datumpb.messages import ContentType

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRIDES = {"xywh": 4, "position_rotation_scale": 3, "cxcywhr": 5}  # of all other fields: 2
_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_SPEED_SECONDS = 2.0


def main() -> int:
    """Run one mode over one file, or whatever standard input asks for; return the exit status."""
    if sys.argv[1:] != [BATCH]:
        return _answer(sys.argv[1:])
    for line in sys.stdin:
        status = _answer(json.loads(line))
        print(json.dumps({"status": status}), flush=True)
    return 0


def _answer(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=tuple(_MODES))
    parser.add_argument("file")
    parser.add_argument("--key-file")
    parser.add_argument("--path")
    chosen = parser.parse_args(arguments)
    status = 0
    for line in lines(chosen.mode, chosen.file, chosen.key_file, chosen.path):
        print(json.dumps(line, allow_nan=False))
        status = 1 if "error" in line else 0
    return status


def lines(mode: str, file: str, key_file: str | None = None, path: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield what the program prints."""
    with warnings.catch_warnings():
        # What a later version wrote is printed as it is: nothing is left out.
        warnings.simplefilter("ignore", dp.UnknownDataWarning)
        try:
            key = None if key_file is None else read_key_file(key_file)
            yield from _MODES[mode](file, key, path)
        except dp.DatumpbError as error:
            yield {"error": type(error).__name__.removesuffix("Error"), "message": str(error)}


def _items(file: str, key: str | None, _path: str | None) -> Iterator[dict[str, Any]]:
    with dp.DatumReader(file, key) as reader:
        yield _meta(reader, file, key)
        count = 0
        for message, item in zip(reader.messages(), reader, strict=True):
            if item != decode_item(message, reader.subset, None):
                yield {"error": "Mismatch", "message": f"item {count} is another one when it is decoded with others"}
                return
            yield _line(message, reader.subset)
            count += 1
        yield {"end": count}


def _random(file: str, key: str | None, _path: str | None) -> Iterator[dict[str, Any]]:
    with dp.DatumReader(file, key) as reader:
        yield _meta(reader, file, key)
        found = []
        for index in reversed(range(len(reader))):
            # The reader's public way gives items of the model, the suite compares messages.
            message = reader._items().message(index)  # noqa: SLF001 -- as above
            if reader[index] != reader[message.id]:
                yield {"error": "Mismatch", "message": f"item {index} is another one by its id"}
                return
            found.append(_line(message, reader.subset))
        yield from reversed(found)
        yield {"end": len(found)}


def _verify(file: str, key: str | None, _path: str | None) -> Iterator[dict[str, Any]]:
    with dp.DatumReader(file, key) as reader:
        _meta(reader, file, key)
    yield {"end": verify_file(file, key).items}


def _media(file: str, key: str | None, path: str | None) -> Iterator[dict[str, Any]]:
    size = crc32 = 0
    with BytesSource(file) as source:
        for piece in read_media(source, path or "", key):  # type: ignore[arg-type]  # a missing key is refused there
            size, crc32 = size + len(piece), zlib.crc32(piece, crc32)
    yield {"media": {"size": size, "crc32": crc32}}


def _speed(file: str, key: str | None, _path: str | None) -> Iterator[dict[str, Any]]:
    passes, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < _SPEED_SECONDS:
        with dp.DatumReader(file, key) as reader:
            for _ in reader:
                pass
        passes += 1
    yield {"megabytes_per_second": passes * Path(file).stat().st_size / elapsed / 1e6}


_MODES = {"items": _items, "random": _random, "verify": _verify, "media": _media, "speed": _speed}


def _meta(reader: dp.DatumReader, file: str, key: str | None) -> dict[str, Any]:
    """Return the line of META, which has to be all right in every part."""
    assert reader.meta.subset
    with BytesSource(file) as source:
        body = FileReader(source, key, ContentType.CONTENT_TYPE_ANNOTATIONS).meta()
    return {"meta": MessageToDict(parse(messages.Meta, body))}


def _line(message: messages.Item, subset: str) -> dict[str, Any]:
    decode_item(message, subset, None)
    coordinates = [
        [_NAMES.get(str(number), number) for number in decode_coordinates(value, _STRIDES.get(field.name, 2)).flat]
        for annotation in message.annotations
        for part in (getattr(annotation, annotation.WhichOneof("kind") or "", None),)
        for field, value in (part.ListFields() if part is not None else ())
        if isinstance(value, messages.Coordinates)
    ]
    return {"item": MessageToDict(message), "coordinates": coordinates}


if __name__ == "__main__":
    sys.exit(main())

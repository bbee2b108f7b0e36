"""Any bytes as an encrypted media file: decrypted piece by piece, and verified."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from datumpb.container.media_file import EncryptedMediaFolder, write_media
from datumpb.container.verify import inspect_file
from datumpb.messages import ContentType
from datumpb.model.media import MediaRef
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.fuzz.records import mutate
from tests.support.samples import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATH = "images/train/a.jpg"


def _run(data: bytes, folder: Path) -> bool:
    path = folder / _PATH
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    ref = MediaRef(_PATH, encrypted=True)
    read: bytes | None = None
    with OnlyTypedErrors():
        read = b"".join(EncryptedMediaFolder(folder, KEY).chunks(ref))
    if read is not None:
        ref.size, ref.crc32 = len(read), zlib.crc32(read)
        assert b"".join(EncryptedMediaFolder(folder, KEY).chunks(ref)) == read
    for key in (None, KEY):
        with OnlyTypedErrors():
            found = inspect_file(path, key, content=ContentType.CONTENT_TYPE_MEDIA)
            assert read is None or not found.faults or key is None
    return read is not None


def _seeds(folder: Path) -> Iterator[bytes]:
    for number, chunks in enumerate(([], [b"a picture"])):
        path = folder / f"seed{number}"
        write_media(path, _PATH, chunks, KEY)
        yield path.read_bytes()


TARGET = Target("media", _run, _seeds, (), mutate)

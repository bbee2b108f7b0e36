"""The schema that a file carries: its items decoded by it alone, as a reader does that knows no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from datumpb.container.ends import PREAMBLE_SIZE
from datumpb.container.file_reader import FileReader
from datumpb.container.header import read_head
from datumpb.container.sources import open_source
from datumpb.errors import DamagedFileError
from datumpb.messages import ContentType, RecordKind

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from datumpb.container.bytes_source import BytesSource
    from datumpb.storage.location import RemotePath

_BATCH = "datumpb_schema.v1.ItemBatch"


def read_schema(path: str | os.PathLike[str] | RemotePath) -> FileDescriptorSet:
    """Return the schema that a file carries, each of its files behind those it imports. No key is needed.

    Raises:
        FileError: It is no `.datum` file, damaged, or carries no schema, as files of media.
    """
    with open_source(path) as source:
        return _schema_of(source, read_head(source).header.file_descriptor_set)


def dynamic_items(path: str | os.PathLike[str] | RemotePath, key: str | bytes | None = None) -> Iterator[Message]:
    """Yield the items of a file as messages of the schema that it carries, in a descriptor pool of their own.

    Args:
        path: A file of annotations.
        key: The text of its key; None: it is not encrypted.

    Raises:
        FileError: The file is damaged, or its schema has no items or does not fit them.
        KeyProblemError: The key does not open it.
    """
    with open_source(path) as source:
        reader = FileReader(source, key, ContentType.CONTENT_TYPE_ANNOTATIONS)
        schema = _schema_of(source, reader.head.header.file_descriptor_set)
        pool = descriptor_pool.DescriptorPool()
        try:
            for file in schema.file:
                pool.AddSerializedFile(file.SerializeToString())
            batch_class = message_factory.GetMessageClass(pool.FindMessageTypeByName(_BATCH))
        except (TypeError, KeyError) as error:
            message = f"the schema that the file carries has no {_BATCH} that can be used"
            raise DamagedFileError(message, path, PREAMBLE_SIZE) from error
        for body in reader.bodies(RecordKind.RECORD_KIND_BLOCK):
            try:
                batch = batch_class.FromString(body)
            except DecodeError as error:
                message = "a block does not fit the schema that the file carries"
                raise DamagedFileError(message, path) from error
            yield from batch.items  # type: ignore[attr-defined]  # a class made at run time


def _schema_of(source: BytesSource, serialized: bytes) -> FileDescriptorSet:
    try:
        schema = FileDescriptorSet.FromString(serialized)
    except DecodeError as error:
        message = "the schema that the file carries cannot be parsed"
        raise DamagedFileError(message, source.path, PREAMBLE_SIZE) from error
    if not schema.file:
        message = "the file carries no schema"
        raise DamagedFileError(message, source.path, PREAMBLE_SIZE)
    return schema

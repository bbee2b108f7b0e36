"""The generated Protocol Buffers messages, for the rest of the library: the one module that imports generated code."""

from __future__ import annotations

from datumpb_schema.v1.annotation_pb2 import Annotation, AnnotationType
from datumpb_schema.v1.categories_pb2 import (
    Categories,
    LabelCategories,
    LabelGroupType,
    MaskCategories,
    PointsCategories,
    TabularCategories,
)
from datumpb_schema.v1.container_pb2 import (
    Aead,
    BlockEntry,
    Codec,
    ContentType,
    Encryption,
    Footer,
    Header,
    Index,
    IndexEntry,
    LabelCount,
    Preamble,
    Record,
    RecordKind,
    Statistics,
    Trailer,
    TypeCount,
)
from datumpb_schema.v1.coordinates_pb2 import Coordinates
from datumpb_schema.v1.item_pb2 import Item, ItemBatch, SerializedItemBatch
from datumpb_schema.v1.media_pb2 import Image, Media, MediaRef, MediaType, Video
from datumpb_schema.v1.meta_pb2 import MediaMeta, Meta, Shard
from datumpb_schema.v1.value_pb2 import Attribute, ListValue, MapValue, Value
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

__all__ = [
    "Aead",
    "Annotation",
    "AnnotationType",
    "Attribute",
    "BlockEntry",
    "Categories",
    "Codec",
    "ContentType",
    "Coordinates",
    "Encryption",
    "Footer",
    "Header",
    "Image",
    "Index",
    "IndexEntry",
    "Item",
    "ItemBatch",
    "LabelCategories",
    "LabelCount",
    "LabelGroupType",
    "ListValue",
    "MapValue",
    "MaskCategories",
    "Media",
    "MediaMeta",
    "MediaRef",
    "MediaType",
    "Meta",
    "PointsCategories",
    "Preamble",
    "Record",
    "RecordKind",
    "SerializedItemBatch",
    "Shard",
    "Statistics",
    "TabularCategories",
    "Trailer",
    "TypeCount",
    "Value",
    "Video",
    "file_descriptor_set",
]


def file_descriptor_set() -> bytes:
    """Return the schema as a serialized `google.protobuf.FileDescriptorSet`, each file behind those it imports."""
    files: dict[str, bytes] = {}

    pending = [message.DESCRIPTOR.file for message in (Item, Meta, Record)]
    while pending:
        file = pending[-1]
        missing = [dependency for dependency in file.dependencies if dependency.name not in files]
        if missing:
            pending.extend(missing)
        else:
            files[pending.pop().name] = file.serialized_pb
    return FileDescriptorSet(file=map(FileDescriptorProto.FromString, files.values())).SerializeToString()

from datumpb_schema.v1 import annotation_pb2 as _annotation_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecordKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECORD_KIND_UNSPECIFIED: _ClassVar[RecordKind]
    RECORD_KIND_PREAMBLE: _ClassVar[RecordKind]
    RECORD_KIND_HEADER: _ClassVar[RecordKind]
    RECORD_KIND_META: _ClassVar[RecordKind]
    RECORD_KIND_BLOCK: _ClassVar[RecordKind]
    RECORD_KIND_MEDIA: _ClassVar[RecordKind]
    RECORD_KIND_INDEX: _ClassVar[RecordKind]
    RECORD_KIND_FOOTER: _ClassVar[RecordKind]
    RECORD_KIND_TRAILER: _ClassVar[RecordKind]

class Codec(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CODEC_UNSPECIFIED: _ClassVar[Codec]
    CODEC_NONE: _ClassVar[Codec]
    CODEC_ZSTD: _ClassVar[Codec]

class ContentType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTENT_TYPE_UNSPECIFIED: _ClassVar[ContentType]
    CONTENT_TYPE_ANNOTATIONS: _ClassVar[ContentType]
    CONTENT_TYPE_MEDIA: _ClassVar[ContentType]

class Aead(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AEAD_UNSPECIFIED: _ClassVar[Aead]
    AEAD_AES_256_GCM: _ClassVar[Aead]
RECORD_KIND_UNSPECIFIED: RecordKind
RECORD_KIND_PREAMBLE: RecordKind
RECORD_KIND_HEADER: RecordKind
RECORD_KIND_META: RecordKind
RECORD_KIND_BLOCK: RecordKind
RECORD_KIND_MEDIA: RecordKind
RECORD_KIND_INDEX: RecordKind
RECORD_KIND_FOOTER: RecordKind
RECORD_KIND_TRAILER: RecordKind
CODEC_UNSPECIFIED: Codec
CODEC_NONE: Codec
CODEC_ZSTD: Codec
CONTENT_TYPE_UNSPECIFIED: ContentType
CONTENT_TYPE_ANNOTATIONS: ContentType
CONTENT_TYPE_MEDIA: ContentType
AEAD_UNSPECIFIED: Aead
AEAD_AES_256_GCM: Aead

class Record(_message.Message):
    __slots__ = ("sync", "kind", "seq", "codec", "raw_size", "crc32", "nonce", "payload")
    SYNC_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CODEC_FIELD_NUMBER: _ClassVar[int]
    RAW_SIZE_FIELD_NUMBER: _ClassVar[int]
    CRC32_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    sync: int
    kind: RecordKind
    seq: int
    codec: Codec
    raw_size: int
    crc32: int
    nonce: bytes
    payload: bytes
    def __init__(self, sync: _Optional[int] = ..., kind: _Optional[_Union[RecordKind, str]] = ..., seq: _Optional[int] = ..., codec: _Optional[_Union[Codec, str]] = ..., raw_size: _Optional[int] = ..., crc32: _Optional[int] = ..., nonce: _Optional[bytes] = ..., payload: _Optional[bytes] = ...) -> None: ...

class Preamble(_message.Message):
    __slots__ = ("magic",)
    MAGIC_FIELD_NUMBER: _ClassVar[int]
    magic: bytes
    def __init__(self, magic: _Optional[bytes] = ...) -> None: ...

class Encryption(_message.Message):
    __slots__ = ("aead", "salt", "commitment")
    AEAD_FIELD_NUMBER: _ClassVar[int]
    SALT_FIELD_NUMBER: _ClassVar[int]
    COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    aead: Aead
    salt: bytes
    commitment: bytes
    def __init__(self, aead: _Optional[_Union[Aead, str]] = ..., salt: _Optional[bytes] = ..., commitment: _Optional[bytes] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ("format_major", "format_minor", "content", "required_features", "optional_features", "max_record_size", "encryption", "file_descriptor_set", "writer_name", "writer_version")
    FORMAT_MAJOR_FIELD_NUMBER: _ClassVar[int]
    FORMAT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FEATURES_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_FEATURES_FIELD_NUMBER: _ClassVar[int]
    MAX_RECORD_SIZE_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_FIELD_NUMBER: _ClassVar[int]
    FILE_DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    WRITER_NAME_FIELD_NUMBER: _ClassVar[int]
    WRITER_VERSION_FIELD_NUMBER: _ClassVar[int]
    format_major: int
    format_minor: int
    content: ContentType
    required_features: _containers.RepeatedScalarFieldContainer[str]
    optional_features: _containers.RepeatedScalarFieldContainer[str]
    max_record_size: int
    encryption: Encryption
    file_descriptor_set: bytes
    writer_name: str
    writer_version: str
    def __init__(self, format_major: _Optional[int] = ..., format_minor: _Optional[int] = ..., content: _Optional[_Union[ContentType, str]] = ..., required_features: _Optional[_Iterable[str]] = ..., optional_features: _Optional[_Iterable[str]] = ..., max_record_size: _Optional[int] = ..., encryption: _Optional[_Union[Encryption, _Mapping]] = ..., file_descriptor_set: _Optional[bytes] = ..., writer_name: _Optional[str] = ..., writer_version: _Optional[str] = ...) -> None: ...

class Index(_message.Message):
    __slots__ = ("blocks", "item_id_crc32")
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_CRC32_FIELD_NUMBER: _ClassVar[int]
    blocks: _containers.RepeatedCompositeFieldContainer[BlockEntry]
    item_id_crc32: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, blocks: _Optional[_Iterable[_Union[BlockEntry, _Mapping]]] = ..., item_id_crc32: _Optional[_Iterable[int]] = ...) -> None: ...

class BlockEntry(_message.Message):
    __slots__ = ("offset", "size", "seq", "crc32", "item_count")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CRC32_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    offset: int
    size: int
    seq: int
    crc32: int
    item_count: int
    def __init__(self, offset: _Optional[int] = ..., size: _Optional[int] = ..., seq: _Optional[int] = ..., crc32: _Optional[int] = ..., item_count: _Optional[int] = ...) -> None: ...

class IndexEntry(_message.Message):
    __slots__ = ("offset", "size", "seq", "crc32", "block_count", "item_count")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CRC32_FIELD_NUMBER: _ClassVar[int]
    BLOCK_COUNT_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    offset: int
    size: int
    seq: int
    crc32: int
    block_count: int
    item_count: int
    def __init__(self, offset: _Optional[int] = ..., size: _Optional[int] = ..., seq: _Optional[int] = ..., crc32: _Optional[int] = ..., block_count: _Optional[int] = ..., item_count: _Optional[int] = ...) -> None: ...

class Footer(_message.Message):
    __slots__ = ("record_count", "records_crc32", "item_count", "index", "statistics", "media_size", "last_shard")
    RECORD_COUNT_FIELD_NUMBER: _ClassVar[int]
    RECORDS_CRC32_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    MEDIA_SIZE_FIELD_NUMBER: _ClassVar[int]
    LAST_SHARD_FIELD_NUMBER: _ClassVar[int]
    record_count: int
    records_crc32: int
    item_count: int
    index: _containers.RepeatedCompositeFieldContainer[IndexEntry]
    statistics: Statistics
    media_size: int
    last_shard: bool
    def __init__(self, record_count: _Optional[int] = ..., records_crc32: _Optional[int] = ..., item_count: _Optional[int] = ..., index: _Optional[_Iterable[_Union[IndexEntry, _Mapping]]] = ..., statistics: _Optional[_Union[Statistics, _Mapping]] = ..., media_size: _Optional[int] = ..., last_shard: bool = ...) -> None: ...

class Statistics(_message.Message):
    __slots__ = ("annotation_count", "types", "labels", "unlabelled_count")
    ANNOTATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    UNLABELLED_COUNT_FIELD_NUMBER: _ClassVar[int]
    annotation_count: int
    types: _containers.RepeatedCompositeFieldContainer[TypeCount]
    labels: _containers.RepeatedCompositeFieldContainer[LabelCount]
    unlabelled_count: int
    def __init__(self, annotation_count: _Optional[int] = ..., types: _Optional[_Iterable[_Union[TypeCount, _Mapping]]] = ..., labels: _Optional[_Iterable[_Union[LabelCount, _Mapping]]] = ..., unlabelled_count: _Optional[int] = ...) -> None: ...

class TypeCount(_message.Message):
    __slots__ = ("type", "count")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    type: _annotation_pb2.AnnotationType
    count: int
    def __init__(self, type: _Optional[_Union[_annotation_pb2.AnnotationType, str]] = ..., count: _Optional[int] = ...) -> None: ...

class LabelCount(_message.Message):
    __slots__ = ("label_index", "count")
    LABEL_INDEX_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    label_index: int
    count: int
    def __init__(self, label_index: _Optional[int] = ..., count: _Optional[int] = ...) -> None: ...

class Trailer(_message.Message):
    __slots__ = ("footer_offset", "footer_size", "file_size")
    FOOTER_OFFSET_FIELD_NUMBER: _ClassVar[int]
    FOOTER_SIZE_FIELD_NUMBER: _ClassVar[int]
    FILE_SIZE_FIELD_NUMBER: _ClassVar[int]
    footer_offset: int
    footer_size: int
    file_size: int
    def __init__(self, footer_offset: _Optional[int] = ..., footer_size: _Optional[int] = ..., file_size: _Optional[int] = ...) -> None: ...

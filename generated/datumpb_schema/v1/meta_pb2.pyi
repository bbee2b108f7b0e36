from datumpb_schema.v1 import categories_pb2 as _categories_pb2
from datumpb_schema.v1 import media_pb2 as _media_pb2
from datumpb_schema.v1 import value_pb2 as _value_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Meta(_message.Message):
    __slots__ = ("subset", "infos", "categories", "media_type", "shard")
    SUBSET_FIELD_NUMBER: _ClassVar[int]
    INFOS_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    subset: str
    infos: _containers.RepeatedCompositeFieldContainer[_value_pb2.Attribute]
    categories: _categories_pb2.Categories
    media_type: _media_pb2.MediaType
    shard: Shard
    def __init__(self, subset: _Optional[str] = ..., infos: _Optional[_Iterable[_Union[_value_pb2.Attribute, _Mapping]]] = ..., categories: _Optional[_Union[_categories_pb2.Categories, _Mapping]] = ..., media_type: _Optional[_Union[_media_pb2.MediaType, str]] = ..., shard: _Optional[_Union[Shard, _Mapping]] = ...) -> None: ...

class Shard(_message.Message):
    __slots__ = ("index", "previous")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    index: int
    previous: bytes
    def __init__(self, index: _Optional[int] = ..., previous: _Optional[bytes] = ...) -> None: ...

class MediaMeta(_message.Message):
    __slots__ = ("path",)
    PATH_FIELD_NUMBER: _ClassVar[int]
    path: str
    def __init__(self, path: _Optional[str] = ...) -> None: ...

from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MediaType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEDIA_TYPE_UNSPECIFIED: _ClassVar[MediaType]
    MEDIA_TYPE_NONE: _ClassVar[MediaType]
    MEDIA_TYPE_IMAGE: _ClassVar[MediaType]
    MEDIA_TYPE_POINT_CLOUD: _ClassVar[MediaType]
    MEDIA_TYPE_VIDEO: _ClassVar[MediaType]
    MEDIA_TYPE_VIDEO_FRAME: _ClassVar[MediaType]
    MEDIA_TYPE_MULTIFRAME_IMAGE: _ClassVar[MediaType]
    MEDIA_TYPE_GENERIC: _ClassVar[MediaType]
    MEDIA_TYPE_TABLE_ROW: _ClassVar[MediaType]
    MEDIA_TYPE_MIXED: _ClassVar[MediaType]
MEDIA_TYPE_UNSPECIFIED: MediaType
MEDIA_TYPE_NONE: MediaType
MEDIA_TYPE_IMAGE: MediaType
MEDIA_TYPE_POINT_CLOUD: MediaType
MEDIA_TYPE_VIDEO: MediaType
MEDIA_TYPE_VIDEO_FRAME: MediaType
MEDIA_TYPE_MULTIFRAME_IMAGE: MediaType
MEDIA_TYPE_GENERIC: MediaType
MEDIA_TYPE_TABLE_ROW: MediaType
MEDIA_TYPE_MIXED: MediaType

class MediaRef(_message.Message):
    __slots__ = ("path", "data", "size", "crc32", "encrypted")
    PATH_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    CRC32_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTED_FIELD_NUMBER: _ClassVar[int]
    path: str
    data: bytes
    size: int
    crc32: int
    encrypted: bool
    def __init__(self, path: _Optional[str] = ..., data: _Optional[bytes] = ..., size: _Optional[int] = ..., crc32: _Optional[int] = ..., encrypted: bool = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("file", "height", "width")
    FILE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    file: MediaRef
    height: int
    width: int
    def __init__(self, file: _Optional[_Union[MediaRef, _Mapping]] = ..., height: _Optional[int] = ..., width: _Optional[int] = ...) -> None: ...

class PointCloud(_message.Message):
    __slots__ = ("file", "extra_images")
    FILE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_IMAGES_FIELD_NUMBER: _ClassVar[int]
    file: MediaRef
    extra_images: _containers.RepeatedCompositeFieldContainer[Image]
    def __init__(self, file: _Optional[_Union[MediaRef, _Mapping]] = ..., extra_images: _Optional[_Iterable[_Union[Image, _Mapping]]] = ...) -> None: ...

class Video(_message.Message):
    __slots__ = ("file", "step", "start_frame", "end_frame")
    FILE_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    START_FRAME_FIELD_NUMBER: _ClassVar[int]
    END_FRAME_FIELD_NUMBER: _ClassVar[int]
    file: MediaRef
    step: int
    start_frame: int
    end_frame: int
    def __init__(self, file: _Optional[_Union[MediaRef, _Mapping]] = ..., step: _Optional[int] = ..., start_frame: _Optional[int] = ..., end_frame: _Optional[int] = ...) -> None: ...

class VideoFrame(_message.Message):
    __slots__ = ("video", "index")
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    video: Video
    index: int
    def __init__(self, video: _Optional[_Union[Video, _Mapping]] = ..., index: _Optional[int] = ...) -> None: ...

class MultiframeImage(_message.Message):
    __slots__ = ("file", "frames")
    FILE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    file: MediaRef
    frames: _containers.RepeatedCompositeFieldContainer[Image]
    def __init__(self, file: _Optional[_Union[MediaRef, _Mapping]] = ..., frames: _Optional[_Iterable[_Union[Image, _Mapping]]] = ...) -> None: ...

class GenericMedia(_message.Message):
    __slots__ = ("file",)
    FILE_FIELD_NUMBER: _ClassVar[int]
    file: MediaRef
    def __init__(self, file: _Optional[_Union[MediaRef, _Mapping]] = ...) -> None: ...

class TableRow(_message.Message):
    __slots__ = ("table", "index")
    TABLE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    table: MediaRef
    index: int
    def __init__(self, table: _Optional[_Union[MediaRef, _Mapping]] = ..., index: _Optional[int] = ...) -> None: ...

class Media(_message.Message):
    __slots__ = ("image", "point_cloud", "video", "video_frame", "multiframe_image", "generic", "table_row")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    POINT_CLOUD_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FRAME_FIELD_NUMBER: _ClassVar[int]
    MULTIFRAME_IMAGE_FIELD_NUMBER: _ClassVar[int]
    GENERIC_FIELD_NUMBER: _ClassVar[int]
    TABLE_ROW_FIELD_NUMBER: _ClassVar[int]
    image: Image
    point_cloud: PointCloud
    video: Video
    video_frame: VideoFrame
    multiframe_image: MultiframeImage
    generic: GenericMedia
    table_row: TableRow
    def __init__(self, image: _Optional[_Union[Image, _Mapping]] = ..., point_cloud: _Optional[_Union[PointCloud, _Mapping]] = ..., video: _Optional[_Union[Video, _Mapping]] = ..., video_frame: _Optional[_Union[VideoFrame, _Mapping]] = ..., multiframe_image: _Optional[_Union[MultiframeImage, _Mapping]] = ..., generic: _Optional[_Union[GenericMedia, _Mapping]] = ..., table_row: _Optional[_Union[TableRow, _Mapping]] = ...) -> None: ...

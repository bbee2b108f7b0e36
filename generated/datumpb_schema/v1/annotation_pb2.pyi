from datumpb_schema.v1 import coordinates_pb2 as _coordinates_pb2
from datumpb_schema.v1 import media_pb2 as _media_pb2
from datumpb_schema.v1 import value_pb2 as _value_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AnnotationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ANNOTATION_TYPE_UNSPECIFIED: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_LABEL: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_MASK: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_POLY_LINE: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_POLYGON: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_BBOX: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_POINTS: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_CAPTION: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_CUBOID_3D: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_ELLIPSE: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_CUBOID_2D: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_ROTATED_BBOX: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_FEATURE_VECTOR: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_DEPTH_MAP: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_IMAGE_ANNOTATION: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_TABULAR: _ClassVar[AnnotationType]
    ANNOTATION_TYPE_HASH_KEY: _ClassVar[AnnotationType]
ANNOTATION_TYPE_UNSPECIFIED: AnnotationType
ANNOTATION_TYPE_LABEL: AnnotationType
ANNOTATION_TYPE_MASK: AnnotationType
ANNOTATION_TYPE_POLY_LINE: AnnotationType
ANNOTATION_TYPE_POLYGON: AnnotationType
ANNOTATION_TYPE_BBOX: AnnotationType
ANNOTATION_TYPE_POINTS: AnnotationType
ANNOTATION_TYPE_CAPTION: AnnotationType
ANNOTATION_TYPE_CUBOID_3D: AnnotationType
ANNOTATION_TYPE_ELLIPSE: AnnotationType
ANNOTATION_TYPE_CUBOID_2D: AnnotationType
ANNOTATION_TYPE_ROTATED_BBOX: AnnotationType
ANNOTATION_TYPE_FEATURE_VECTOR: AnnotationType
ANNOTATION_TYPE_DEPTH_MAP: AnnotationType
ANNOTATION_TYPE_IMAGE_ANNOTATION: AnnotationType
ANNOTATION_TYPE_TABULAR: AnnotationType
ANNOTATION_TYPE_HASH_KEY: AnnotationType

class Annotation(_message.Message):
    __slots__ = ("id", "group", "label_index", "attributes", "z_order", "object_id", "polygon", "bbox", "label", "mask", "poly_line", "points", "caption", "cuboid_3d", "ellipse", "cuboid_2d", "rotated_bbox", "feature_vector", "depth_map", "image_annotation", "tabular", "hash_key")
    ID_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    LABEL_INDEX_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    Z_ORDER_FIELD_NUMBER: _ClassVar[int]
    OBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    POLYGON_FIELD_NUMBER: _ClassVar[int]
    BBOX_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    POLY_LINE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    CUBOID_3D_FIELD_NUMBER: _ClassVar[int]
    ELLIPSE_FIELD_NUMBER: _ClassVar[int]
    CUBOID_2D_FIELD_NUMBER: _ClassVar[int]
    ROTATED_BBOX_FIELD_NUMBER: _ClassVar[int]
    FEATURE_VECTOR_FIELD_NUMBER: _ClassVar[int]
    DEPTH_MAP_FIELD_NUMBER: _ClassVar[int]
    IMAGE_ANNOTATION_FIELD_NUMBER: _ClassVar[int]
    TABULAR_FIELD_NUMBER: _ClassVar[int]
    HASH_KEY_FIELD_NUMBER: _ClassVar[int]
    id: int
    group: int
    label_index: int
    attributes: _containers.RepeatedCompositeFieldContainer[_value_pb2.Attribute]
    z_order: int
    object_id: int
    polygon: Polygon
    bbox: Bbox
    label: Label
    mask: Mask
    poly_line: PolyLine
    points: Points
    caption: Caption
    cuboid_3d: Cuboid3d
    ellipse: Ellipse
    cuboid_2d: Cuboid2d
    rotated_bbox: RotatedBbox
    feature_vector: FeatureVector
    depth_map: DepthMap
    image_annotation: ImageAnnotation
    tabular: Tabular
    hash_key: HashKey
    def __init__(self, id: _Optional[int] = ..., group: _Optional[int] = ..., label_index: _Optional[int] = ..., attributes: _Optional[_Iterable[_Union[_value_pb2.Attribute, _Mapping]]] = ..., z_order: _Optional[int] = ..., object_id: _Optional[int] = ..., polygon: _Optional[_Union[Polygon, _Mapping]] = ..., bbox: _Optional[_Union[Bbox, _Mapping]] = ..., label: _Optional[_Union[Label, _Mapping]] = ..., mask: _Optional[_Union[Mask, _Mapping]] = ..., poly_line: _Optional[_Union[PolyLine, _Mapping]] = ..., points: _Optional[_Union[Points, _Mapping]] = ..., caption: _Optional[_Union[Caption, _Mapping]] = ..., cuboid_3d: _Optional[_Union[Cuboid3d, _Mapping]] = ..., ellipse: _Optional[_Union[Ellipse, _Mapping]] = ..., cuboid_2d: _Optional[_Union[Cuboid2d, _Mapping]] = ..., rotated_bbox: _Optional[_Union[RotatedBbox, _Mapping]] = ..., feature_vector: _Optional[_Union[FeatureVector, _Mapping]] = ..., depth_map: _Optional[_Union[DepthMap, _Mapping]] = ..., image_annotation: _Optional[_Union[ImageAnnotation, _Mapping]] = ..., tabular: _Optional[_Union[Tabular, _Mapping]] = ..., hash_key: _Optional[_Union[HashKey, _Mapping]] = ...) -> None: ...

class Label(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Mask(_message.Message):
    __slots__ = ("height", "width", "counts")
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    height: int
    width: int
    counts: bytes
    def __init__(self, height: _Optional[int] = ..., width: _Optional[int] = ..., counts: _Optional[bytes] = ...) -> None: ...

class PolyLine(_message.Message):
    __slots__ = ("points",)
    POINTS_FIELD_NUMBER: _ClassVar[int]
    points: _coordinates_pb2.Coordinates
    def __init__(self, points: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class Polygon(_message.Message):
    __slots__ = ("points",)
    POINTS_FIELD_NUMBER: _ClassVar[int]
    points: _coordinates_pb2.Coordinates
    def __init__(self, points: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class Bbox(_message.Message):
    __slots__ = ("xywh",)
    XYWH_FIELD_NUMBER: _ClassVar[int]
    xywh: _coordinates_pb2.Coordinates
    def __init__(self, xywh: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class Points(_message.Message):
    __slots__ = ("points", "visibility")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    points: _coordinates_pb2.Coordinates
    visibility: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, points: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ..., visibility: _Optional[_Iterable[int]] = ...) -> None: ...

class Caption(_message.Message):
    __slots__ = ("caption",)
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    caption: str
    def __init__(self, caption: _Optional[str] = ...) -> None: ...

class Cuboid3d(_message.Message):
    __slots__ = ("position_rotation_scale",)
    POSITION_ROTATION_SCALE_FIELD_NUMBER: _ClassVar[int]
    position_rotation_scale: _coordinates_pb2.Coordinates
    def __init__(self, position_rotation_scale: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class Ellipse(_message.Message):
    __slots__ = ("box",)
    BOX_FIELD_NUMBER: _ClassVar[int]
    box: _coordinates_pb2.Coordinates
    def __init__(self, box: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class Cuboid2d(_message.Message):
    __slots__ = ("points", "y_3d")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    Y_3D_FIELD_NUMBER: _ClassVar[int]
    points: _coordinates_pb2.Coordinates
    y_3d: float
    def __init__(self, points: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ..., y_3d: _Optional[float] = ...) -> None: ...

class RotatedBbox(_message.Message):
    __slots__ = ("cxcywhr",)
    CXCYWHR_FIELD_NUMBER: _ClassVar[int]
    cxcywhr: _coordinates_pb2.Coordinates
    def __init__(self, cxcywhr: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class FeatureVector(_message.Message):
    __slots__ = ("f32", "f64")
    F32_FIELD_NUMBER: _ClassVar[int]
    F64_FIELD_NUMBER: _ClassVar[int]
    f32: _containers.RepeatedScalarFieldContainer[float]
    f64: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, f32: _Optional[_Iterable[float]] = ..., f64: _Optional[_Iterable[float]] = ...) -> None: ...

class DepthMap(_message.Message):
    __slots__ = ("image",)
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    image: _media_pb2.Image
    def __init__(self, image: _Optional[_Union[_media_pb2.Image, _Mapping]] = ...) -> None: ...

class ImageAnnotation(_message.Message):
    __slots__ = ("role", "image")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    role: str
    image: _media_pb2.Image
    def __init__(self, role: _Optional[str] = ..., image: _Optional[_Union[_media_pb2.Image, _Mapping]] = ...) -> None: ...

class Tabular(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[_value_pb2.Attribute]
    def __init__(self, values: _Optional[_Iterable[_Union[_value_pb2.Attribute, _Mapping]]] = ...) -> None: ...

class HashKey(_message.Message):
    __slots__ = ("hash",)
    HASH_FIELD_NUMBER: _ClassVar[int]
    hash: bytes
    def __init__(self, hash: _Optional[bytes] = ...) -> None: ...

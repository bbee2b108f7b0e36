from datumpb_schema.v1 import coordinates_pb2 as _coordinates_pb2
from datumpb_schema.v1 import value_pb2 as _value_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LabelGroupType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LABEL_GROUP_TYPE_UNSPECIFIED: _ClassVar[LabelGroupType]
    LABEL_GROUP_TYPE_EXCLUSIVE: _ClassVar[LabelGroupType]
    LABEL_GROUP_TYPE_INCLUSIVE: _ClassVar[LabelGroupType]
    LABEL_GROUP_TYPE_RESTRICTED: _ClassVar[LabelGroupType]
LABEL_GROUP_TYPE_UNSPECIFIED: LabelGroupType
LABEL_GROUP_TYPE_EXCLUSIVE: LabelGroupType
LABEL_GROUP_TYPE_INCLUSIVE: LabelGroupType
LABEL_GROUP_TYPE_RESTRICTED: LabelGroupType

class Categories(_message.Message):
    __slots__ = ("labels", "masks", "points", "tabular")
    LABELS_FIELD_NUMBER: _ClassVar[int]
    MASKS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    TABULAR_FIELD_NUMBER: _ClassVar[int]
    labels: LabelCategories
    masks: MaskCategories
    points: PointsCategories
    tabular: TabularCategories
    def __init__(self, labels: _Optional[_Union[LabelCategories, _Mapping]] = ..., masks: _Optional[_Union[MaskCategories, _Mapping]] = ..., points: _Optional[_Union[PointsCategories, _Mapping]] = ..., tabular: _Optional[_Union[TabularCategories, _Mapping]] = ...) -> None: ...

class LabelCategories(_message.Message):
    __slots__ = ("labels", "groups", "attributes")
    LABELS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    labels: _containers.RepeatedCompositeFieldContainer[LabelCategory]
    groups: _containers.RepeatedCompositeFieldContainer[LabelGroup]
    attributes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, labels: _Optional[_Iterable[_Union[LabelCategory, _Mapping]]] = ..., groups: _Optional[_Iterable[_Union[LabelGroup, _Mapping]]] = ..., attributes: _Optional[_Iterable[str]] = ...) -> None: ...

class LabelCategory(_message.Message):
    __slots__ = ("name", "parent", "attributes", "infos")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    INFOS_FIELD_NUMBER: _ClassVar[int]
    name: str
    parent: str
    attributes: _containers.RepeatedScalarFieldContainer[str]
    infos: _containers.RepeatedCompositeFieldContainer[_value_pb2.Attribute]
    def __init__(self, name: _Optional[str] = ..., parent: _Optional[str] = ..., attributes: _Optional[_Iterable[str]] = ..., infos: _Optional[_Iterable[_Union[_value_pb2.Attribute, _Mapping]]] = ...) -> None: ...

class LabelGroup(_message.Message):
    __slots__ = ("name", "labels", "group_type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    GROUP_TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    labels: _containers.RepeatedScalarFieldContainer[str]
    group_type: LabelGroupType
    def __init__(self, name: _Optional[str] = ..., labels: _Optional[_Iterable[str]] = ..., group_type: _Optional[_Union[LabelGroupType, str]] = ...) -> None: ...

class MaskCategories(_message.Message):
    __slots__ = ("colors", "attributes")
    COLORS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    colors: _containers.RepeatedCompositeFieldContainer[LabelColor]
    attributes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, colors: _Optional[_Iterable[_Union[LabelColor, _Mapping]]] = ..., attributes: _Optional[_Iterable[str]] = ...) -> None: ...

class LabelColor(_message.Message):
    __slots__ = ("label", "red", "green", "blue")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    RED_FIELD_NUMBER: _ClassVar[int]
    GREEN_FIELD_NUMBER: _ClassVar[int]
    BLUE_FIELD_NUMBER: _ClassVar[int]
    label: int
    red: int
    green: int
    blue: int
    def __init__(self, label: _Optional[int] = ..., red: _Optional[int] = ..., green: _Optional[int] = ..., blue: _Optional[int] = ...) -> None: ...

class PointsCategories(_message.Message):
    __slots__ = ("items", "attributes")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[PointsCategory]
    attributes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, items: _Optional[_Iterable[_Union[PointsCategory, _Mapping]]] = ..., attributes: _Optional[_Iterable[str]] = ...) -> None: ...

class PointsCategory(_message.Message):
    __slots__ = ("label", "labels", "joints", "positions")
    LABEL_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    JOINTS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    label: int
    labels: _containers.RepeatedScalarFieldContainer[str]
    joints: _containers.RepeatedCompositeFieldContainer[Joint]
    positions: _coordinates_pb2.Coordinates
    def __init__(self, label: _Optional[int] = ..., labels: _Optional[_Iterable[str]] = ..., joints: _Optional[_Iterable[_Union[Joint, _Mapping]]] = ..., positions: _Optional[_Union[_coordinates_pb2.Coordinates, _Mapping]] = ...) -> None: ...

class Joint(_message.Message):
    __slots__ = ("first", "second")
    FIRST_FIELD_NUMBER: _ClassVar[int]
    SECOND_FIELD_NUMBER: _ClassVar[int]
    first: int
    second: int
    def __init__(self, first: _Optional[int] = ..., second: _Optional[int] = ...) -> None: ...

class TabularCategories(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[TabularCategory]
    def __init__(self, items: _Optional[_Iterable[_Union[TabularCategory, _Mapping]]] = ...) -> None: ...

class TabularCategory(_message.Message):
    __slots__ = ("name", "dtype", "labels")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    name: str
    dtype: str
    labels: _containers.RepeatedCompositeFieldContainer[_value_pb2.Value]
    def __init__(self, name: _Optional[str] = ..., dtype: _Optional[str] = ..., labels: _Optional[_Iterable[_Union[_value_pb2.Value, _Mapping]]] = ...) -> None: ...

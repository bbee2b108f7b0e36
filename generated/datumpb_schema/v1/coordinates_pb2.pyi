from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Coordinates(_message.Message):
    __slots__ = ("decimals", "delta", "f32", "f64", "rice_bits", "rice_low", "rice_high")
    DECIMALS_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    F32_FIELD_NUMBER: _ClassVar[int]
    F64_FIELD_NUMBER: _ClassVar[int]
    RICE_BITS_FIELD_NUMBER: _ClassVar[int]
    RICE_LOW_FIELD_NUMBER: _ClassVar[int]
    RICE_HIGH_FIELD_NUMBER: _ClassVar[int]
    decimals: int
    delta: _containers.RepeatedScalarFieldContainer[int]
    f32: _containers.RepeatedScalarFieldContainer[float]
    f64: _containers.RepeatedScalarFieldContainer[float]
    rice_bits: int
    rice_low: bytes
    rice_high: bytes
    def __init__(self, decimals: _Optional[int] = ..., delta: _Optional[_Iterable[int]] = ..., f32: _Optional[_Iterable[float]] = ..., f64: _Optional[_Iterable[float]] = ..., rice_bits: _Optional[int] = ..., rice_low: _Optional[bytes] = ..., rice_high: _Optional[bytes] = ...) -> None: ...

"""The text of a `.proto` file, made of its descriptor: what protoc compiles to the same descriptor again.

Comments are not part of a descriptor. Language guide: https://protobuf.dev/reference/protobuf/proto3-spec/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from datumpb.errors import UnsupportedFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto
    from google.protobuf.message import Message

_INDENT = "  "
_LAST_NUMBER = (1 << 29) - 1
_LAST_ENUM_NUMBER = (1 << 31) - 1
_REPEATED = FieldDescriptorProto.LABEL_REPEATED


def proto_text(file: FileDescriptorProto) -> str:
    """Return the text of a `.proto` file.

    Raises:
        UnsupportedFileError: It is not written in proto3.
    """
    if file.syntax != "proto3":
        message = f"{file.name} is not written in proto3; take the descriptors as they are"
        raise UnsupportedFileError(message)
    parts = ['syntax = "proto3";', f"package {file.package};" if file.package else ""]
    public = set(file.public_dependency)
    parts.append("\n".join(
        f'import {"public " if place in public else ""}"{name}";' for place, name in enumerate(file.dependency)
    ))  # fmt: skip
    parts.append("\n".join(f"option {option};" for option in _options(file.options)))
    parts += ["\n".join(_enum(enum)) for enum in file.enum_type]
    parts += ["\n".join(_message(message)) for message in file.message_type]
    return "\n\n".join(part for part in parts if part) + "\n"


def _message(message: DescriptorProto) -> Iterator[str]:
    yield f"message {message.name} {{"
    yield from _indented(f"option {option};" for option in _options(message.options) if option != "map_entry = true")
    yield from _indented(
        _reserved(((one.start, one.end - 1) for one in message.reserved_range), message.reserved_name, _LAST_NUMBER)
    )
    entries = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
    for enum in message.enum_type:
        yield from _indented(_enum(enum))
    for nested in message.nested_type:
        if nested.name not in entries:
            yield from _indented(_message(nested))
    begun: set[int] = set()
    for field in message.field:
        if not field.HasField("oneof_index") or field.proto3_optional:
            yield _INDENT + _field(field, entries)
        elif field.oneof_index not in begun:
            begun.add(field.oneof_index)
            members = [one for one in message.field if one.HasField("oneof_index") and not one.proto3_optional]
            yield f"{_INDENT}oneof {message.oneof_decl[field.oneof_index].name} {{"
            yield from (2 * _INDENT + _field(one, entries) for one in members if one.oneof_index == field.oneof_index)
            yield f"{_INDENT}}}"
    yield "}"


def _enum(enum: EnumDescriptorProto) -> Iterator[str]:
    yield f"enum {enum.name} {{"
    yield from _indented(f"option {option};" for option in _options(enum.options))
    ranges = ((one.start, one.end) for one in enum.reserved_range)
    yield from _indented(_reserved(ranges, enum.reserved_name, _LAST_ENUM_NUMBER))
    for value in enum.value:
        yield f"{_INDENT}{value.name} = {value.number}{_bracketed(_options(value.options))};"
    yield "}"


def _field(field: FieldDescriptorProto, entries: dict[str, DescriptorProto]) -> str:
    entry = entries.get(field.type_name.rpartition(".")[2]) if field.label == _REPEATED else None
    if entry is not None:
        key, value = entry.field
        kind = f"map<{_type(key)}, {_type(value)}>"
    else:
        label = "optional " if field.proto3_optional else "repeated " if field.label == _REPEATED else ""
        kind = label + _type(field)
    options = list(_options(field.options))
    if field.json_name and field.json_name != _json_name(field.name):
        options.append(f"json_name = {json.dumps(field.json_name)}")
    return f"{kind} {field.name} = {field.number}{_bracketed(options)};"


def _type(field: FieldDescriptorProto) -> str:
    return field.type_name or FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def _options(options: Message) -> Iterator[str]:
    for field, value in options.ListFields():
        if field.enum_type is not None:
            yield f"{field.name} = {field.enum_type.values_by_number[value].name}"
        elif field.message_type is None:
            yield f"{field.name} = {json.dumps(value)}"


def _reserved(ranges: Iterable[tuple[int, int]], names: Iterable[str], last: int) -> Iterator[str]:
    numbers = [str(start) if start == end else f"{start} to {'max' if end == last else end}" for start, end in ranges]
    for texts in (numbers, [f'"{name}"' for name in names]):
        if texts:
            yield f"reserved {', '.join(texts)};"


def _bracketed(options: Iterable[str]) -> str:
    text = ", ".join(options)
    return f" [{text}]" if text else ""


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (_INDENT + line for line in lines)


def _json_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)

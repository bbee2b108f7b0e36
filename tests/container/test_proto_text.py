"""The text of a schema: protoc, where it is there, makes the same descriptors of it again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from datumpb.container.proto_text import proto_text
from datumpb.errors import UnsupportedFileError
from datumpb.messages import file_descriptor_set

PROTO = Path(__file__).resolve().parents[2] / "proto"
PROTOC = shutil.which("protoc")
needs_protoc = pytest.mark.skipif(PROTOC is None, reason="protoc is not installed")

# What later versions of the schema may use, and this one does not.
RICH = """
syntax = "proto3";

package test.v1;

import "datumpb_schema/v1/value.proto";

option java_package = "org.example.\\"test\\"";
option java_multiple_files = true;
option optimize_for = SPEED;

enum Colour {
  option allow_alias = true;
  reserved 5, 9 to max;
  reserved "COLOUR_OLD";
  COLOUR_UNSPECIFIED = 0;
  COLOUR_RED = 1;
  COLOUR_CRIMSON = 1 [deprecated = true];
  COLOUR_NEGATIVE = -3;
}

message Outer {
  reserved 4, 10 to 20, 1000 to max;
  reserved "old", "older";
  enum Kind {
    KIND_UNSPECIFIED = 0;
  }
  message Inner {
    .datumpb_schema.v1.Value value = 1;
    Kind kind = 2;
  }
  map<string, Inner> inner_by_name = 1;
  map<int32, bytes> bytes_by_number = 2;
  optional double maybe = 3;
  repeated sint64 numbers = 5 [packed = false];
  string renamed = 6 [json_name = "other"];
  oneof choice {
    string text = 7;
    Outer again = 8;
  }
  repeated Inner inners = 9 [deprecated = true];
}
"""


def compiled(folder: Path, *paths: Path) -> FileDescriptorSet:
    assert PROTOC is not None
    files = [str(path.relative_to(folder)) for path in paths]
    out = folder / "out.binpb"
    command = [PROTOC, f"-I{folder}", f"-I{PROTO}", "--include_imports", f"--descriptor_set_out={out}", *files]
    subprocess.run(command, check=True, cwd=folder)
    return FileDescriptorSet.FromString(out.read_bytes())


def without_json_names(files: FileDescriptorSet) -> FileDescriptorSet:
    """Take away the names that protoc adds to each field and generated Python code leaves out."""
    for file in files.file:
        pending = list(file.message_type)
        while pending:
            message = pending.pop()
            pending.extend(message.nested_type)
            for field in message.field:
                field.ClearField("json_name")
    return files


@needs_protoc
def test_the_schema_compiles_to_what_it_was(tmp_path: Path) -> None:
    schema = FileDescriptorSet.FromString(file_descriptor_set())
    for file in schema.file:
        place = tmp_path / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(proto_text(file))
    again = compiled(tmp_path, *tmp_path.rglob("*.proto"))
    by_name = {file.name: file for file in without_json_names(again).file}
    assert by_name == {file.name: file for file in schema.file}


@needs_protoc
def test_everything_that_proto3_has(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "rich.proto").write_text(RICH)
    before = compiled(tmp_path / "a", tmp_path / "a" / "rich.proto").file[-1]
    (tmp_path / "b" / "rich.proto").write_text(proto_text(before))
    assert compiled(tmp_path / "b", tmp_path / "b" / "rich.proto").file[-1] == before


def test_each_message_and_enum_is_there() -> None:
    for file in FileDescriptorSet.FromString(file_descriptor_set()).file:
        text = proto_text(file)
        assert text.startswith('syntax = "proto3";\n\npackage datumpb_schema.v1;\n')
        for message in file.message_type:
            assert f"\nmessage {message.name} {{\n" in text
        for enum in file.enum_type:
            assert f"\nenum {enum.name} {{\n" in text


def test_other_languages_than_proto3() -> None:
    with pytest.raises(UnsupportedFileError, match=r"old\.proto is not written in proto3"):
        proto_text(FileDescriptorProto(name="old.proto", syntax="proto2"))

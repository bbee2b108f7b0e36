"""`schema`, and `cat --dynamic`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from datumpb.messages import file_descriptor_set

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


def test_the_text_is_printed(datumpb: Run, encrypted: Path) -> None:
    outcome = datumpb("schema", encrypted / "annotations" / "train.datum")
    assert (outcome.status, outcome.err) == (0, "")
    assert "// datumpb_schema/v1/item.proto\n\nsyntax" in outcome.out
    assert "message Item {\n  string id = 1;\n" in outcome.out


def test_files_are_written_to_their_places(datumpb: Run, plain: Path, tmp_path: Path) -> None:
    file = plain / "annotations" / "train.datum"
    outcome = datumpb("schema", file, "-o", tmp_path / "schema")
    assert (outcome.status, outcome.out) == (0, "")
    found = sorted(path.relative_to(tmp_path / "schema").as_posix() for path in (tmp_path / "schema").rglob("*.proto"))
    expected = FileDescriptorSet.FromString(file_descriptor_set())
    assert found == sorted(one.name for one in expected.file)
    assert datumpb("schema", file, "-o", tmp_path, "--descriptor-set").status == 2


def test_the_descriptor_set(plain: Path) -> None:
    command = [sys.executable, "-m", "datumpb", "schema", str(plain / "annotations/train.datum"), "--descriptor-set"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    assert FileDescriptorSet.FromString(data) == FileDescriptorSet.FromString(file_descriptor_set())


def test_dynamic(datumpb: Run, encrypted: Path, key: str) -> None:
    outcome = datumpb("cat", "--dynamic", encrypted, "--encryption-key", key)
    items = [json.loads(line) for line in outcome.out.splitlines()]
    assert [item["id"] for item in items] == ["a", "b c", "é"]
    assert items[0]["annotations"][0]["polygon"]["points"]["decimals"] == 2
    one = datumpb("cat", "--dynamic", encrypted, "--encryption-key", key, "--id", "é", "--subset", "train")
    assert one.out == outcome.out.splitlines()[2] + "\n"
    assert datumpb("cat", "--dynamic", encrypted, "--encryption-key", key, "--limit", 1).out.count("\n") == 1


def test_what_dynamic_cannot_find(datumpb: Run, plain: Path, coco: Path) -> None:
    assert "no item has the id 'x'" in datumpb("cat", "--dynamic", plain, "--id", "x").error
    assert "there is no subset 'x'" in datumpb("cat", "--dynamic", plain, "--subset", "x").error
    assert "no .datum file" in datumpb("cat", "--dynamic", coco).error

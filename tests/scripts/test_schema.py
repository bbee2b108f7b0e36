"""What `scripts/schema` must not let through."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUF = next(iter(sorted(ROOT.glob(".tools/buf-*/node_modules/.bin/buf"))), None)
pytestmark = pytest.mark.skipif(BUF is None, reason="scripts/schema has not installed buf here")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "proto", tmp_path / "proto")
    shutil.copy(ROOT / "buf.yaml", tmp_path)
    return tmp_path


def buf(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([str(BUF), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def breaking(folder: Path) -> tuple[int, str]:
    return buf(folder, "breaking", "--against", "proto/released/v1.binpb")


def test_the_schema_as_it_is(copy: Path) -> None:
    assert buf(copy, "lint") == (0, "")
    assert breaking(copy) == (0, "")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("string id = 1;", "string id = 9;", 'Previously present field "1"'),
        ("string id = 1;", "bytes id = 1;", "changed type"),
        ("string id = 1;", "string name = 1;", "changed name"),
        ("string id = 1;", "repeated string id = 1;", "changed cardinality"),
        ("message ItemBatch {", "message Items {", 'Previously present message "ItemBatch"'),
    ],
)
def test_incompatible_changes(copy: Path, before: str, after: str, message: str) -> None:
    file = copy / "proto" / "datumpb_schema" / "v1" / "item.proto"
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))
    status, output = breaking(copy)
    assert status != 0
    assert message in output


def test_a_new_field_is_compatible_and_needs_a_comment(copy: Path) -> None:
    file = copy / "proto" / "datumpb_schema" / "v1" / "item.proto"
    text = file.read_text()
    file.write_text(text.replace("string id = 1;", "string id = 1;\n\n  string nick_name = 99;"))
    assert breaking(copy) == (0, "")
    status, output = buf(copy, "lint")
    assert status != 0
    assert "nick_name" in output
    file.write_text(text.replace("string id = 1;", "string id = 1;\n\n  // Another.\n  string nick_name = 99;"))
    assert buf(copy, "lint") == (0, "")

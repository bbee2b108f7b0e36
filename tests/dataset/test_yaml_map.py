from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.yaml_map import read_yaml_map
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_map(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\nb: [x, 2.5]\n")
    assert read_yaml_map(file) == {"a": 1, "b": ["x", 2.5]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [1, 2\n", "line 3: not YAML"),
        ("a: &x [1]\nb: *x\n", "line 2: not YAML: aliases are not allowed"),
        ("a: !!python/object:os.system {}\n", "line 1: not YAML"),
        ("a: 1\nb: \x01\n", "line 2: not YAML"),
        ("- a\n- b\n", "a map expected"),
        ("1: a\n", "a map expected"),
        ("", "a map expected"),
        ("a: 2001-99-99\n", "a date or number that there is not"),
        ("a: " + "[" * 100_000, "nested too deeply"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(SourceFormatError) as caught:
        read_yaml_map(file)
    assert str(file) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match="cannot be read"):
        read_yaml_map(tmp_path / "a.yaml")

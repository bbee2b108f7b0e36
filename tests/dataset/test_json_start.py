"""The keys that a JSON file begins with, also where it goes on much longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.json_start import PREFIX_SIZE, keys_by_depth, read_start

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_by_depth() -> None:
    text = '{"a": [{"b": "c: {"}], "d" : {"e\\"": [1, "f"]}, "g": "h'
    assert {depth: list(keys) for depth, keys in keys_by_depth(text).items()} == {
        1: ["a", "d", "g"],
        2: ['e\\"'],
        3: ["b"],
    }


def test_only_the_start_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'\xef\xbb\xbf \n{"a":"' + "é".encode() * PREFIX_SIZE)
    text = read_start(file)
    assert text.startswith('{"a":"é')
    assert len(text.encode()) < PREFIX_SIZE + 4
    assert read_start(tmp_path / "none.json") == ""

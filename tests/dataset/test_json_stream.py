"""Whatever is read piece by piece is what `json` reads at once; and what is wrong is said with its place."""

from __future__ import annotations

import json
import re
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datumpb.dataset import json_stream
from datumpb.dataset.json_stream import MAX_DEPTH, read_entries, read_value
from datumpb.errors import SourceFormatError
from tests.support import held
from tests.support.samples import one_line


def collected(path: Path, lists: set[str]) -> dict[str, Any]:
    """Read a file whole, and look at each part again by its offset."""
    found: dict[str, Any] = {}
    for entry in read_entries(path, lists):
        if entry.index is None:
            found[entry.key] = entry.value
        else:
            assert entry.index == len(found[entry.key])
            found[entry.key].append(entry.value)
            assert read_value(path, entry.offset) == entry.value
    return found


@pytest.fixture(params=[1, 7, 1 << 20])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(json_stream, "_CHUNK_SIZE", request.param)
    size: int = request.param
    return size


DOCUMENT = {
    "a": [1, 22.5e-3, -7, 'é"漢😀', None, True, False, [], {}, 123456789012345678901234567890, "\\u12", "😀" * 30],
    "b": {"a": [1, 2], "x": -0.0},
    "": [{"id": index, "text": "x" * index} for index in range(20)],
    "last": 12345,
}


@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"ensure_ascii": False}, {"separators": (",", ":")}])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_windows_of_any_size(chunk: int, options: dict[str, Any], mark: str, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes((mark + json.dumps(DOCUMENT, **options) + " \n").encode())
    for lists in (set(), {"a"}, {"", "a", "none"}):
        assert collected(file, lists) == DOCUMENT, chunk


ANYTHING = held.JSON | st.lists(held.JSON, max_size=4)


@given(st.dictionaries(st.text(max_size=3), ANYTHING, max_size=4), st.integers(1, 40))
@settings(max_examples=200)
def test_the_same_as_at_once(document: dict[str, Any], chunk_size: int) -> None:
    lists = {key for key, value in document.items() if isinstance(value, list)}
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(json_stream, "_CHUNK_SIZE", chunk_size)
        path = Path(folder, "a.json")
        path.write_text(json.dumps(document), "utf-8")
        assert collected(path, lists) == document


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    with file.open("w") as out:
        out.write('{"items":[')
        out.writelines(f'{{"id":{number},"text":"{"x" * 1000}"}},\n' for number in range(20_000))
        out.write('0],"after":[]}')
    tracemalloc.start()
    entries = sum(1 for _ in read_entries(file, {"items"}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert entries == 20_003
    assert file.stat().st_size > 20_000_000
    assert peak < 8_000_000


GOOD = '{"a": 1,\n "items": [{"x": [1.5, "é"]},\n  "text"]}'


def test_cut_off_at_every_byte(chunk: int, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    data = GOOD.encode()
    for size in range(len(data)):
        file.write_bytes(data[:size])
        with pytest.raises(SourceFormatError) as caught:
            list(read_entries(file, {"items"}))
        assert caught.value.place is not None, chunk
        one_line(caught.value, file)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "line 1 column 1", "'{' should stand here"),
        ("[]", "line 1 column 1", "'{' should stand here"),
        ("{1:2}", "line 1 column 2", "a key in quotes should stand here"),
        ('{"a" 1}', "line 1 column 6", "':' should stand here"),
        ('{"a":\n1 "b"}', "line 2 column 3", "'}' should stand here"),
        ('{"a":1,}', "line 1 column 8", "a key in quotes should stand here"),
        ('{"items":{}}', "line 1 column 10", "'[' should stand here"),
        ('{"items":[1,\n\n 2 3]}', "line 3 column 4", "']' should stand here"),
        ('{"items":[1,]}', "line 1 column 13", "not JSON: Expecting value"),
        ('{"items":[1,\n{"a":tru}]}', "line 2 column 6", "not JSON: Expecting value"),
        ('{"items":["é",\n{"a":"x\ny"}]}', "line 2 column 8", "not JSON: Invalid control character"),
        ('{"a":1} x', "line 1 column 9", "more data behind the end"),
        ('{"a":1,"a":2}', "line 1 column 11", "the key 'a' is there twice"),
        ('{"a":"x', "line 1 column 6", "not JSON: Unterminated string"),
        ('{"a":' + "1" * 5000 + "}", "line 1 column 6", "JSON with a number of thousands of digits"),
        ('{"a":' + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1) + "}", "line 1 column 6", "nested more than 250"),
        ('{"items":[' + '{"a":' * 200_000, "line 1 column 11", "nested more than 250"),
    ],
)
def test_what_is_wrong_is_said(text: str, place: str, message: str, chunk: int, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(text, "utf-8")
    if chunk == 1 and len(text) > 100_000:
        return  # as slow as it is unlikely
    with pytest.raises(SourceFormatError, match=re.escape(message)) as caught:
        list(read_entries(file, {"items"}))
    assert caught.value.place is not None
    assert caught.value.place.startswith(place)
    one_line(caught.value, file)


def test_as_deep_as_it_may_be(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"a":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + ',"b":[' + "[]," * 1000 + "0]}")
    assert len(list(read_entries(file, set()))) == 2


def test_text_that_is_not_utf_8(chunk: int, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'{"a": "' + "é".encode() * 10 + b"\xff" + b'"}')
    with pytest.raises(SourceFormatError, match="byte 27: not UTF-8 text"):
        list(read_entries(file, set()))
    file.write_bytes(b'{"a": "\xc3')
    with pytest.raises(SourceFormatError, match="byte 7: not UTF-8 text"):
        list(read_entries(file, set()))
    assert chunk


def test_a_value_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_CHUNK_SIZE", 100)
    monkeypatch.setattr(json_stream, "MAX_SIZE", 1000)
    file = tmp_path / "a.json"
    file.write_text('{"a":"' + "x" * 100_000 + '"}')
    with pytest.raises(SourceFormatError, match="line 1 column 6: a value of more than 1000 characters"):
        list(read_entries(file, set()))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match="cannot read this file: No such file"):
        list(read_entries(tmp_path / "a.json", set()))

"""Objects of a list, read by their places: whatever is read together, each is its own bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.errors import SourceFormatError
from datumpb.formats.coco import elements


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=12), st.data())
def test_pieces_are_the_bytes_of_their_places(gaps_and_sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    places, end = [], 0
    for gap, size in gaps_and_sizes:
        places.append((end + gap, size))
        end += gap + size
    places = data.draw(st.permutations(places))
    content = bytes(index % 251 for index in range(end))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(elements, "_GAP", data.draw(st.integers(1, 9)))
        patch.setattr(elements, "_READ", data.draw(st.integers(1, 40)))
        path = Path(folder, "file")
        path.write_bytes(content)
        offsets, sizes = np.array(places, np.uint64).reshape(-1, 2).T
        with path.open("rb", buffering=0) as file:
            pieces = elements.read_pieces(file, offsets, sizes.astype(np.uint32))
    assert pieces == [content[start : start + size] for start, size in places]


def test_a_file_that_has_become_shorter(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'[{"id": 1}, {"id": 2')
    with path.open("rb", buffering=0) as file, pytest.raises(SourceFormatError, match="not JSON"):
        elements.fetch(file, path, np.array([1, 12], np.uint64), np.array([9, 9], np.uint32))


def test_what_is_no_object_any_more(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'["id", 1]')
    with path.open("rb", buffering=0) as file, pytest.raises(SourceFormatError, match="changed while it was read"):
        elements.fetch(file, path, np.array([1], np.uint64), np.array([4], np.uint32))

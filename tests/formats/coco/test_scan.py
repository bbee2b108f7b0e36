"""Brackets outside of texts, found by numpy as one character after the other finds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco.scan import _brackets

# Letters that share bits with brackets and quotes, and bytes of UTF-8.
PIECES = st.sampled_from(
    [b"[", b"]", b"{", b"}", b'"', b"\\", b"Y", b"_", b"y", b"\x7f", b"a", b",", b"\xdb\xbf", b'\\"']
)


@given(st.lists(PIECES, max_size=30).map(b"".join))
def test_brackets(data: bytes) -> None:
    expected, depth, in_text, index = [], 0, False, 0
    while index < len(data):
        char = data[index : index + 1]
        if char == b"\\" and index + 1 < len(data):  # it and the next one mean neither quotes nor brackets
            index += 2
            continue
        if char == b'"':
            in_text = not in_text
        elif char in b"[{]}" and not in_text:
            step = 1 if char in b"[{" else -1
            depth += step
            expected.append((index, step, depth))
        index += 1
    places, steps, depths = _brackets(data)
    assert [*zip(places.tolist(), steps.tolist(), depths.tolist(), strict=True)] == expected

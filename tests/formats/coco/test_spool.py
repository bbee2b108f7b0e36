"""Entries come out in the order that is wanted, wherever they lie in the temporary file."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.formats.coco import spool
from datumpb.formats.coco.spool import Spool
from tests.formats.coco.test_order import arranged

ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 30), st.integers(-3, 3), st.integers(0, 2), st.none() | st.integers(-1, 12) | st.just(2**70)
    ),
    max_size=12,
)


@given(ENTRIES, st.booleans(), st.integers(1, 40), st.integers(1, 5))
def test_any_order(
    drawn: list[tuple[int, int, int, int | None]],
    by_id: bool,
    size: int,
    count: int,
) -> None:
    texts = [b"[%d%s]" % (place, b" " * length) for place, (length, *_) in enumerate(drawn)]
    base = [*range(len(drawn))]
    if by_id:
        base.sort(key=lambda place: (drawn[place][2], drawn[place][1]))
    positions = {place: position for place, (*_, position) in enumerate(drawn) if position is not None}
    unsigned = {place: position if position in range(2**32) else 2**32 for place, position in positions.items()}
    expected = b"[" + b",".join(texts[place] for place in arranged(base, unsigned)) + b"]"
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name, value in (("_SIZE", size), ("_ENTRIES", count)):
            patch.setattr(spool, f"{name}_AT_ONCE", value)
        patch.setattr(spool, "_COPY_SIZE", size)
        patch.setattr(spool, "_READ_THROUGH", size // 2)
        for together in (False, True):
            written = Spool(Path(folder))
            if together:
                for start in range(0, len(drawn), 5):
                    some = drawn[start : start + 5]
                    lines = b"".join(text + b"\n" for text in texts[start : start + 5])
                    numbers, runs = [number for _, number, *_ in some], [run for *_, run, _ in some]
                    own = {place - start: positions[place] for place in positions if start <= place < start + 5}
                    written.add_lines(lines, numbers, runs, own)
            else:
                for text, (_, number, run, position) in zip(texts, drawn, strict=True):
                    written.add(text, number, run, position)
            for _ in range(2):
                target = io.BytesIO()
                written.copy_to(target, by_id=by_id)
                assert target.getvalue() == expected
            assert [*written.entries()] == texts
            written.close()


def test_many_of_any_size(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    ids = random.permutation(3000)
    written = Spool(tmp_path)
    texts = [b'"%d%s"' % (number, b"." * int(random.integers(0, 3000))) for number in ids.tolist()]
    for text, number in zip(texts, ids.tolist(), strict=True):
        written.add(text, number)
    target = io.BytesIO()
    written.copy_to(target, by_id=True)
    written.close()
    assert target.getvalue() == b"[" + b",".join(texts[place] for place in np.argsort(ids).tolist()) + b"]"

"""The lookup of ids: those of the same CRC-32 in their order, however many look-ups there were before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb import messages
from datumpb.container.index import BlockTable, id_crc32


def table_of(ids: list[str]) -> BlockTable:
    block = messages.BlockEntry(item_count=len(ids))
    return BlockTable([messages.Index(blocks=[block], item_id_crc32=map(id_crc32, ids))])


@pytest.mark.parametrize("unsorted", [0, 2, 1000])
@given(st.lists(st.sampled_from("abcdefgh"), max_size=20))
def test_candidates_are_all_of_the_id_in_their_order(unsorted: int, ids: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datumpb.container.index._UNSORTED_LOOK_UPS", unsorted)
        table = table_of(ids)
        for name in "abcdefghi\udc80":
            assert table.candidates(name) == [index for index, item_id in enumerate(ids) if item_id == name]


def test_ids_of_one_checksum_are_all_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.index._UNSORTED_LOOK_UPS", 1)
    same = ["plumless", "x", "buckeroo"]  # the first and the last have one CRC-32
    table = table_of(same)
    for _ in range(3):
        assert table.candidates("plumless") == table.candidates("buckeroo") == [0, 2]

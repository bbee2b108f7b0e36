from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.model.values import identical
from tests.support.coco import ListSource
from tests.support.samples import some_items

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_without_pyarrow_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005 -- its interface
    with pytest.raises(dp.MissingExtraError, match=r"to_arrow needs pyarrow: pip install 'datumpb\[arrow\]'"):
        dp.Dataset.from_iterable([]).to_arrow()


def test_a_dataset_and_a_subset_in_batches() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from datumpb.arrow.batches import decode_batch  # noqa: PLC0415 -- needs pyarrow

    items = [*some_items(5), dp.Item("v", "val")]
    dataset = dp.Dataset.from_iterable(items, categories=["cat"])
    batches = list(dataset.to_arrow(batch_size=2))
    assert [batch.num_rows for batch in batches] == [2, 2, 1, 1]
    assert identical([item for batch in batches for item in decode_batch(batch, None)], items)
    assert dataset.subsets()["val"].to_arrow().read_all().column("id").to_pylist() == ["v"]
    with pytest.raises(dp.OptionError, match="batch_size"):
        dataset.to_arrow(batch_size=0)


def test_nothing_is_read_ahead() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")

    class Counting(ListSource):
        read = 0

        def items(self, subset: str) -> Iterator[dp.Item]:
            for item in super().items(subset):
                self.read += 1
                yield item

    source = Counting([dp.Item(str(number), "x") for number in range(10)])
    reader = dp.Dataset(source).to_arrow(batch_size=3)
    assert source.read == 0
    reader.read_next_batch()
    assert source.read <= 4


def test_errors_of_the_dataset_come_through() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    error = dp.DamagedFileError("damaged", "a.datum", 7)
    reader = dp.Dataset(ListSource([dp.Item("a", "x")], error=error)).to_arrow()
    with pytest.raises(dp.DamagedFileError, match=r"a.datum: damaged \(at byte 7\)"):
        reader.read_all()


def test_pandas_reads_it() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    pytest.importorskip("pandas", reason="pandas is not installed")
    dataset = dp.Dataset.from_iterable(
        [dp.Item(str(number), annotations=[dp.Bbox(0, 0, 1, 1, label=0)] * number) for number in range(3)],
        categories=["cat"],
    )
    frame = dataset.to_arrow().read_pandas()
    assert frame["id"].tolist() == ["0", "1", "2"]
    assert frame["annotations"].map(len).tolist() == [0, 1, 2]
    assert frame["annotations"][1][0]["label_name"] == "cat"

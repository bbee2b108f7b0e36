"""Exports with worker processes: the same bytes, the same errors, and nothing left when something goes wrong."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.dataset import worker_choice
from datumpb.errors import OptionError
from tests.support.media_kinds import media_items
from tests.support.noted_workers import running_workers
from tests.support.samples import KEY, some_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from datumpb.model.meta import Meta

    Tree = Callable[[Path], dict[str, bytes | None]]

COUNT = 250


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 4000)


def large_items(count: int) -> list[dp.Item]:
    random = np.random.default_rng(0)
    items = some_items(count)
    for item in items:
        points = random.integers(0, 64000, (int(random.integers(3, 60)), 2)) / 100
        item.annotations.append(dp.Polygon(points, label=1))
    return items


class Items:
    """A source of items of one subset that may end in some way."""

    def __init__(self, items: list[dp.Item], end: Callable[[int], None] = lambda _index: None) -> None:
        self._items = items
        self._end = end

    def subsets(self) -> list[str]:
        return ["train"]

    def meta(self, subset: str) -> Meta:
        return dp.Meta(subset, {}, dp.Categories.from_labels(["cat", "dog", "emu"]))

    def items(self, subset: str) -> Iterator[dp.Item]:
        assert subset == "train"
        for index, item in enumerate(self._items):
            self._end(index)
            yield item

    def item(self, item_id: str, subset: str) -> dp.Item:
        raise dp.ItemNotFoundError(item_id, subset)

    def count(self, subset: str) -> int:
        assert subset == "train"
        return len(self._items)


class Part:
    """Some items that can be sent, and an error behind them."""

    def __init__(self, items: list[dp.Item], error: Exception | None = None, warning: str = "") -> None:
        self._items = items
        self._error = error
        self._warning = warning

    def items(self) -> Iterator[dp.Item]:
        yield from self._items
        if self._warning:
            warnings.warn(self._warning, UserWarning, stacklevel=1)
        if self._error is not None:
            raise self._error


class Parts(Items):
    """A source that can be divided, and does not let its items be read in this process."""

    divided = True

    def __init__(
        self,
        parts: list[Part],
        count: int,
        end: Callable[[int], None] = lambda _index: None,
        look: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__([], end)
        self._parts = parts
        self._count = count
        self._look = look
        self.children: list[int] = []

    def meta(self, subset: str) -> Meta:
        self.children.append(len(running_workers()))
        return super().meta(subset)

    def is_large(self) -> bool:
        return self._look()

    def items(self, subset: str) -> Iterator[dp.Item]:
        raise AssertionError(subset)

    def parts(self, subset: str) -> Iterator[Part]:
        assert subset == "train"
        for index, part in enumerate(self._parts):
            self._end(index)
            yield part

    def count(self, subset: str) -> int:
        assert subset == "train"
        return self._count


def parts_of(items: list[dp.Item]) -> list[Part]:
    return [Part(items[start : start + 70]) for start in range(0, len(items), 70)]


def too_large(items: list[dp.Item], index: int) -> None:
    items[index].annotations.append(dp.Label(label=99))


def twice(items: list[dp.Item], index: int) -> None:
    items[index].id = items[0].id


def foreign(items: list[dp.Item], index: int) -> None:
    items[index].subset = "val"


def kill_at(place: int) -> Callable[[int], None]:
    """Return what kills a worker when the input of this number is asked for."""

    def end(index: int) -> None:
        if index == place:
            os.kill(running_workers()[0], signal.SIGKILL)

    return end


def export(path: Path, source: Items, workers: int, **options: Any) -> None:  # noqa: ANN401 -- options of the format
    dp.Dataset(source).export(path, "datumpb", num_workers=workers, **options)
    assert running_workers() == []


@pytest.mark.parametrize("options", [{}, {"num_shards": 3}, {"shard_size": "20kB"}])
def test_the_same_bytes_whatever_the_number_of_workers(tmp_path: Path, tree: Tree, options: dict[str, Any]) -> None:
    source = Items(large_items(COUNT))
    written = []
    for workers in (1, 2, 3):
        export(tmp_path / f"{workers}", source, workers, **options)
        written.append(tree(tmp_path / f"{workers}"))
    assert written[0] == written[1] == written[2]
    assert list(dp.Dataset.import_from(tmp_path / "2")) == large_items(COUNT)


@pytest.mark.parametrize("options", [{}, {"num_shards": 3}, {"encryption": True, "encryption_key": KEY}])
@pytest.mark.parametrize("workers", [1, 2])
def test_parts_make_what_their_items_make(tmp_path: Path, tree: Tree, options: dict[str, Any], workers: int) -> None:
    items = large_items(COUNT)
    export(tmp_path / "items", Items(items), 1, **options)
    seen: list[tuple[int, str]] = []

    def progress(iterable: Iterable[Any], total: int, description: str) -> Iterator[Any]:
        for number, element in enumerate(iterable, 1):
            seen.append((number, f"{description} {total}"))
            yield element

    export(tmp_path / "parts", Parts([Part([]), *parts_of(items)], COUNT), workers, progress=progress, **options)
    assert seen == [(number, f"train {COUNT}") for number in range(1, COUNT + 1)]
    if options.get("encryption"):  # of no two times the same
        read = dp.Dataset.import_from(tmp_path / "parts", encryption_key=KEY)
        assert list(read) == list(dp.Dataset.import_from(tmp_path / "items", encryption_key=KEY)) == items
    else:
        assert tree(tmp_path / "parts") == tree(tmp_path / "items")


@pytest.mark.parametrize("error", [dp.SourceFormatError("bad", "file", "place"), OSError(5, "disk")])
@pytest.mark.parametrize("change", [too_large, twice, None])
def test_the_first_error_of_parts_is_the_same(
    tmp_path: Path, error: Exception, change: Callable[[list[dp.Item], int], None] | None
) -> None:
    items = some_items(300)
    if change is not None:
        change(items, 130)
    parts = [Part(items[:70]), Part(items[70:135], error), Part(items[135:], dp.SourceFormatError("later"))]
    found = []
    for workers in (1, 2):
        with pytest.raises((dp.DatumpbError, OSError)) as caught:
            export(tmp_path / "out", Parts(parts, 300), workers)
        found.append((type(caught.value), str(caught.value)))
        assert list(tmp_path.iterdir()) == []
    assert found[0] == found[1]
    assert (found[0] == (type(error), str(error))) == (change is None)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_warning_where_a_part_is_read(tmp_path: Path, workers: int) -> None:
    parts = [Part(some_items(5), warning="odd\nsize")]
    with pytest.warns(UserWarning, match="odd\nsize") as caught:
        export(tmp_path / "out", Parts(parts, 5), workers)
    assert [(one.filename, str(one.message)) for one in caught] == [(__file__, "odd\nsize")]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_worker_that_is_killed_at_parts(tmp_path: Path) -> None:
    with pytest.raises(dp.WorkerError, match="killed by signal 9"):
        export(tmp_path / "out", Parts(parts_of(some_items(6000)), 6000, kill_at(20)), 2)
    assert running_workers() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("workers", "large", "early"), [(0, True, 3), (2, True, 2), (2, False, 0), (1, True, 0), (0, False, 0)]
)
def test_workers_start_before_a_large_source_is_read(
    tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch, workers: int, large: bool, early: int
) -> None:
    monkeypatch.setattr(worker_choice, "_cores", lambda: 3)
    items = some_items(200)
    export(tmp_path / "items", Items(items), 1)
    source = Parts(parts_of(items), 200, look=lambda: large)
    export(tmp_path / "parts", source, workers)
    assert source.children[0] == early
    assert tree(tmp_path / "parts") == tree(tmp_path / "items")


def test_workers_end_where_a_large_source_cannot_be_read(tmp_path: Path) -> None:
    class Damaged(Parts):
        def meta(self, subset: str) -> Meta:
            assert running_workers()
            raise dp.SourceFormatError(subset)

    with pytest.raises(dp.SourceFormatError):
        export(tmp_path / "out", Damaged([], 0, look=lambda: True), 2, num_shards=-1)
    assert running_workers() == []
    with pytest.raises(OptionError, match="num_workers"):
        export(tmp_path / "out", Parts([], 0, look=lambda: True), -1)
    assert list(tmp_path.iterdir()) == []


def test_parts_that_cannot_be_sent(tmp_path: Path) -> None:
    parts = [Part(some_items(5), error=RuntimeError(threading.Lock()))]
    with pytest.raises(dp.WorkerError, match="cannot be sent"):
        export(tmp_path / "out", Parts(parts, 5), 2)


def test_encrypted(tmp_path: Path) -> None:
    export(tmp_path / "out", Items(large_items(COUNT)), 2, encryption=True, encryption_key=KEY)
    assert list(dp.Dataset.import_from(tmp_path / "out", encryption_key=KEY)) == large_items(COUNT)


def test_media_of_all_kinds(tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "from").mkdir()
    items = media_items(tmp_path / "from")
    for workers in (1, 2):
        dp.Dataset.from_iterable(items).export(tmp_path / f"{workers}", "datumpb", save_media=True, num_workers=workers)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


@pytest.mark.parametrize(("first", "second"), [(too_large, twice), (twice, foreign), (twice, twice)])
def test_the_first_error_is_the_same(
    tmp_path: Path, first: Callable[[list[dp.Item], int], None], second: Callable[[list[dp.Item], int], None]
) -> None:
    items = some_items(300)
    first(items, 130)
    second(items, 133)
    texts = []
    for workers in (1, 2):
        with pytest.raises(dp.InvalidItemError) as caught:
            export(tmp_path / "out", Items(items), workers)
        texts.append(str(caught.value))
        assert list(tmp_path.iterdir()) == []
    assert texts[0] == texts[1]


@pytest.mark.parametrize("error", [dp.SourceFormatError("bad"), OSError("disk"), KeyboardInterrupt(), RuntimeError()])
def test_a_source_that_fails(tmp_path: Path, error: BaseException) -> None:
    def end(index: int) -> None:
        if index == 200:
            raise error

    with pytest.raises(type(error)):
        export(tmp_path / "out", Items(some_items(300), end), 2)
    assert running_workers() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_worker_that_is_killed(tmp_path: Path) -> None:
    with pytest.raises(dp.WorkerError, match="killed by signal 9"):
        export(tmp_path / "out", Items(some_items(6000), kill_at(2000)), 2)
    assert running_workers() == []
    assert list(tmp_path.iterdir()) == []


def test_items_that_cannot_be_sent(tmp_path: Path) -> None:
    items = some_items(10)
    items[3].attributes["lock"] = threading.Lock()  # type: ignore[assignment]  # as no attribute is
    with pytest.raises(dp.WorkerError, match="cannot be sent"):
        export(tmp_path / "out", Items(items), 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_worker_that_is_killed_while_coco_is_written(tmp_path: Path) -> None:
    source = Parts(parts_of(large_items(4000)), 4000, kill_at(30))
    with pytest.raises(dp.WorkerError, match="killed by signal 9"):
        dp.Dataset(source).export(tmp_path / "out", "coco", num_workers=2)
    assert running_workers() == []
    assert list(tmp_path.iterdir()) == []

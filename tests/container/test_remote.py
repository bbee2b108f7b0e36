"""Files behind URLs, read in place by few requests."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container import prefetch
from datumpb.container.remote_source import END_SIZE, SMALL_FILE, RemoteSource
from datumpb.container.verify import verify_file
from datumpb.storage import requests
from datumpb.storage.location import RemotePath
from tests.support.samples import KEY, OTHER_KEY, one_line, some_items, write
from tests.support.storage import CountedStorage, nginx, plain_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "counted://bucket/annotations/train.datum"
NAME = "bucket/annotations/train.datum"


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(requests, "DELAYS", (0, 0, 0))
    CountedStorage.reset()
    yield
    CountedStorage.reset()


def large_items(count: int = 600) -> list[dp.Item]:
    """Make items that compress badly, so that their file has blocks of some size."""
    items = some_items(count)
    for item in items:
        item.attributes["noise"] = os.urandom(1000)
    return items


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[dp.Item]]:
    items = large_items()
    data = write(tmp_path_factory.mktemp("large") / "train.datum", items).read_bytes()
    assert len(data) > 2 * SMALL_FILE
    return data, items


def plain(items: list[dp.Item]) -> list[dict[str, object]]:
    return [{"id": item.id, "attributes": item.attributes, "annotations": item.annotations} for item in items]


@pytest.mark.parametrize("key", [None, KEY])
def test_one_item_of_a_large_file_takes_both_ends_and_one_block(tmp_path: Path, key: str | None) -> None:
    items = large_items()
    CountedStorage.files[NAME] = write(tmp_path / "a.datum", items, key).read_bytes()
    size = len(CountedStorage.files[NAME])
    with dp.DatumReader(URL, key) as reader:
        assert plain([reader["item-300"]]) == plain([items[300]])
    asked = [request[0] for request in CountedStorage.requests]
    assert asked == ["info", "read", "read", "read"]
    head, tail, (start, end) = CountedStorage.reads()
    assert (head, tail) == ((0, END_SIZE), (size - END_SIZE, size))
    assert END_SIZE < start < end < size


def test_an_index_beyond_the_tail_takes_one_request_more(tmp_path: Path) -> None:
    items = some_items(40_000)
    CountedStorage.files[NAME] = write(tmp_path / "a.datum", items).read_bytes()
    with dp.DatumReader(URL) as reader:
        assert plain([reader[20_000]]) == plain([items[20_000]])
    assert [request[0] for request in CountedStorage.requests] == ["info"] + 4 * ["read"]


def test_a_small_file_takes_one_request_for_its_size_and_one_for_all_of_it(tmp_path: Path) -> None:
    items = some_items(20)
    CountedStorage.files[NAME] = write(tmp_path / "a.datum", items).read_bytes()
    with dp.DatumReader(URL) as reader:
        assert plain(list(reader)) == plain(items)
        assert reader.infos == {"from": "a test"}
    assert [request[0] for request in CountedStorage.requests][:2] == ["info", "read"]
    assert CountedStorage.reads()[0] == (0, len(CountedStorage.files[NAME]))


def test_iteration_reads_neighbouring_blocks_together_and_every_byte_once(
    large: tuple[bytes, list[dp.Item]], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, items = large
    CountedStorage.files[NAME] = data
    monkeypatch.setattr(prefetch, "RUN_SIZE", len(data) // 2)
    with dp.DatumReader(URL) as reader:
        len(reader)
        CountedStorage.requests.clear()
        assert plain(list(reader)) == plain(items)
        parts = sorted(CountedStorage.reads())
    assert len(parts) < 6
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(parts))


def test_iteration_that_ends_early_reads_no_further(
    large: tuple[bytes, list[dp.Item]], monkeypatch: pytest.MonkeyPatch
) -> None:
    CountedStorage.files[NAME] = large[0]
    monkeypatch.setattr(prefetch, "RUN_SIZE", 1)
    monkeypatch.setattr(prefetch, "REQUESTS_AHEAD", 1)
    reader = dp.DatumReader(URL)
    blocks = len(reader.block_starts) - 1
    assert blocks > 2
    CountedStorage.requests.clear()
    items = iter(reader)
    next(items)
    items.close()  # type: ignore[attr-defined]  # a generator
    assert len(CountedStorage.reads()) <= 3


@pytest.mark.parametrize(
    "fault", [ConnectionResetError("reset"), TimeoutError("late"), type("Busy", (OSError,), {"status": 503})("busy")]
)
def test_what_may_pass_is_tried_again(large: tuple[bytes, list[dp.Item]], fault: Exception) -> None:
    CountedStorage.files[NAME] = large[0]
    CountedStorage.faults += [fault, fault]
    with dp.DatumReader(URL) as reader:
        assert reader[0].id == "item-0"
        CountedStorage.faults += [fault] * 3
        assert reader[len(reader) - 1].id == "item-599"


def test_what_does_not_pass_is_given_up(large: tuple[bytes, list[dp.Item]]) -> None:
    CountedStorage.files[NAME] = large[0]
    CountedStorage.faults += [ConnectionResetError("reset by peer")] * 4
    with pytest.raises(dp.RemoteError) as caught:
        len(dp.DatumReader(URL))
    one_line(caught.value, URL, "reset by peer")
    assert not CountedStorage.faults


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (PermissionError("no"), "access is denied"),
        (type("Denied", (OSError,), {"status": 403})("no"), "access is denied"),
        (type("Odd", (OSError,), {"status": 418})("no"), "status 418"),
        (OSError("the disk is on fire"), "the disk is on fire"),
        (NotImplementedError(), "does not allow"),
        (ValueError("odd"), "odd"),
    ],
)
def test_what_cannot_pass_is_not_tried_again(fault: Exception, said: str) -> None:
    CountedStorage.files[NAME] = b"x" * 100
    CountedStorage.faults.append(fault)
    with pytest.raises(dp.RemoteError) as caught:
        len(dp.DatumReader(URL))
    one_line(caught.value, URL, said)
    assert len(CountedStorage.requests) == 1


def test_nothing_is_there() -> None:
    with pytest.raises(dp.RemoteNotFoundError) as caught:
        len(dp.DatumReader(URL))
    one_line(caught.value, URL, "not found")


def test_a_folder_is_no_file() -> None:
    CountedStorage.files[NAME] = b"x"
    with pytest.raises(dp.RemoteError, match="folder"):
        len(dp.DatumReader("counted://bucket/annotations"))


def test_storage_without_ranges_is_refused(large: tuple[bytes, list[dp.Item]]) -> None:
    CountedStorage.files[NAME] = large[0]
    CountedStorage.knows_ranges = False
    with pytest.raises(dp.RemoteError) as caught:
        len(dp.DatumReader(URL))
    one_line(caught.value, URL, "range requests")


def test_a_file_that_is_replaced_while_it_is_read(large: tuple[bytes, list[dp.Item]], tmp_path: Path) -> None:
    CountedStorage.files[NAME] = large[0]
    with dp.DatumReader(URL) as reader:
        len(reader)
        CountedStorage.files[NAME] = write(tmp_path / "other.datum", large_items(700)).read_bytes()
        with pytest.raises(dp.ChangedFileError) as caught:
            list(reader)
        one_line(caught.value, URL, "replaced")
        CountedStorage.files[NAME] = large[0][:1000]
        with pytest.raises(dp.ChangedFileError):
            _ = reader[300]


def test_a_file_that_is_replaced_between_the_reads_of_its_ends(
    large: tuple[bytes, list[dp.Item]], monkeypatch: pytest.MonkeyPatch
) -> None:
    CountedStorage.files[NAME] = large[0]
    read = CountedStorage.cat_file

    def replaced_behind(storage: CountedStorage, *arguments: object, **options: object) -> bytes:
        data = read(storage, *arguments, **options)  # type: ignore[arg-type]
        CountedStorage.files[NAME] = bytes(len(large[0]) + 100)
        return data

    monkeypatch.setattr(CountedStorage, "cat_file", replaced_behind)
    with pytest.raises(dp.ChangedFileError):
        len(dp.DatumReader(URL))


def test_a_damaged_file_is_damaged(large: tuple[bytes, list[dp.Item]]) -> None:
    data = bytearray(large[0])
    data[len(data) // 2] ^= 1
    CountedStorage.files[NAME] = bytes(data)
    with dp.DatumReader(URL) as reader, pytest.raises(dp.DamagedFileError) as caught:
        list(reader)
    one_line(caught.value, URL, "byte")
    with pytest.raises(dp.DamagedFileError):
        verify_file(RemotePath(URL))


def test_every_read_is_what_a_local_file_gives() -> None:
    data = os.urandom(3 * SMALL_FILE)
    CountedStorage.files[NAME] = data
    source = RemoteSource(RemotePath(URL))
    step = 10_007
    for offset in [*range(0, len(data) - step, step), 5, len(data) - 5, 0, len(data) - END_SIZE - 3]:
        size = min(step, len(data) - offset)
        assert source.read_at(offset, size) == data[offset : offset + size]
    with pytest.raises(dp.TruncatedFileError):
        source.read_at(len(data) - 1, 2)
    source.close()
    with pytest.raises(dp.ClosedError):
        source.read_at(0, 1)


def test_reading_in_order_asks_for_more_each_time() -> None:
    CountedStorage.files[NAME] = bytes(40 << 20)
    source = RemoteSource(RemotePath(URL))
    for offset in range(0, 40 << 20, 1 << 16):
        source.read_at(offset, 1 << 16)
    assert len(CountedStorage.reads()) < 25


def test_verifying_takes_few_requests(large: tuple[bytes, list[dp.Item]]) -> None:
    CountedStorage.files[NAME] = large[0]
    assert verify_file(RemotePath(URL)).items == 600
    assert len(CountedStorage.reads()) < 12


def test_the_wrong_key(tmp_path: Path) -> None:
    CountedStorage.files[NAME] = write(tmp_path / "a.datum", some_items(3), KEY).read_bytes()
    with pytest.raises(dp.WrongKeyError):
        len(dp.DatumReader(URL, OTHER_KEY))


def zipped(tmp_path: Path) -> str:
    file = write(tmp_path / "train.datum", large_items(300))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(file, "set/annotations/train.datum")
    return f"zip://set/annotations/train.datum::file://{tmp_path}/all.zip"


def test_a_file_in_an_archive(tmp_path: Path) -> None:
    with dp.DatumReader(zipped(tmp_path)) as reader:
        assert len(list(reader)) == 300
        assert str(reader._media_root).startswith("zip://set::file://")
        assert reader["item-7"].id == "item-7"


def ids_of(reader: dp.DatumReader) -> list[str]:
    return [item.id for item in reader]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_reader_goes_to_other_processes(tmp_path: Path, method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    reader = dp.DatumReader(zipped(tmp_path))
    ids = ids_of(reader)
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(ids_of, (reader,)) == ids
    assert ids_of(pickle.loads(pickle.dumps(reader))) == ids  # noqa: S301 -- our own


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # threads are what this is about
def test_iteration_goes_on_in_a_forked_process(large: tuple[bytes, list[dp.Item]]) -> None:
    CountedStorage.files[NAME] = large[0]
    items = iter(dp.DatumReader(URL))
    next(items)
    child = os.fork()
    if child == 0:
        os._exit(sum(1 for _ in items) == 599)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert sum(1 for _ in items) == 599


def test_threads_read_at_once(large: tuple[bytes, list[dp.Item]]) -> None:
    CountedStorage.files[NAME] = large[0]
    with dp.DatumReader(URL) as reader, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda index: reader[index].id, range(0, 600, 7)))
    assert found == [f"item-{index}" for index in range(0, 600, 7)]


def test_a_web_server_with_ranges(large: tuple[bytes, list[dp.Item]], tmp_path: Path) -> None:
    (tmp_path / "www" / "secret").mkdir(parents=True)
    (tmp_path / "www" / "train.datum").write_bytes(large[0])
    (tmp_path / "work").mkdir()
    with nginx(tmp_path / "www", tmp_path / "work") as (url, log):
        with dp.DatumReader(f"{url}/train.datum") as reader:
            assert reader["item-300"].id == "item-300"
            lines = log.read_text().splitlines()
            assert [line.split()[0] for line in lines] == ["HEAD", "GET", "GET", "GET"]
            assert all(line.endswith("206") for line in lines[1:])
            assert plain(list(reader)) == plain(large[1])
        with pytest.raises(dp.RemoteNotFoundError) as caught:
            len(dp.DatumReader(f"{url}/test.datum"))
        one_line(caught.value, url, "not found")
        with pytest.raises(dp.RemoteError) as denied:
            len(dp.DatumReader(f"{url}/secret/train.datum"))
        one_line(denied.value, url, "access is denied")
    with pytest.raises(dp.RemoteError) as gone:
        len(dp.DatumReader(f"{url}/train.datum"))
    one_line(gone.value, url, "cannot open")
    assert not isinstance(gone.value, dp.RemoteNotFoundError)


def test_a_web_server_without_ranges(large: tuple[bytes, list[dp.Item]], tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="aiohttp is not installed: pip install aiohttp")
    (tmp_path / "train.datum").write_bytes(large[0])
    with plain_server(tmp_path) as url, pytest.raises(dp.RemoteError) as caught:
        len(dp.DatumReader(f"{url}/train.datum"))
    one_line(caught.value, url, "range requests")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(dp.MissingExtraError) as caught:
        len(dp.DatumReader("counted://never/asked.datum"))
    assert one_line(caught.value) == "a URL needs fsspec: pip install 'datumpb[remote]'"


def test_a_scheme_that_there_is_not() -> None:
    with pytest.raises(dp.DatasetError, match="no storage of the name 'nope'"):
        len(dp.DatumReader("nope://a.datum"))

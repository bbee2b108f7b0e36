"""Where a writer writes to: pipes, other processes, files that are there already, and disks that are full."""

from __future__ import annotations

import io
import itertools
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.container.sink import write_all
from datumpb.container.verify import verify_file
from tests.support.samples import KEY, some_items, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

    from datumpb.container.sink import Sink


@pytest.mark.parametrize("key", [None, KEY])
def test_writing_to_a_pipe(tmp_path: Path, key: str | None) -> None:
    source, target = os.pipe()
    pieces: list[bytes] = []

    def read() -> None:
        with open(source, "rb") as file:  # noqa: PTH123 -- a descriptor or a device
            pieces.extend(iter(lambda: file.read(1 << 16), b""))

    thread = threading.Thread(target=read)
    thread.start()
    with open(target, "wb", buffering=0) as pipe:  # noqa: PTH123 -- a descriptor or a device
        large = dp.Item("large", attributes={"data": np.random.default_rng(1).bytes(1 << 20)})  # more than a pipe holds
        with dp.DatumWriter(pipe, key=key) as writer:
            for item in (dp.Item("small"), large):
                writer.write(item)
        assert not pipe.closed
    thread.join()
    path = tmp_path / "a.datum"
    path.write_bytes(b"".join(pieces))
    assert verify_file(path, key).items == 2
    with dp.DatumReader(path, key) as reader:
        assert reader["large"] == large


def test_writing_to_another_process(tmp_path: Path) -> None:
    path = tmp_path / "a.datum"
    script = "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, open(sys.argv[1], 'wb'))"
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        with dp.DatumWriter(process.stdin) as writer:
            for item in [dp.Item(str(index)) for index in range(1000)]:
                writer.write(item)
    assert verify_file(path).items == 1000


class ForwardOnly(io.RawIOBase):
    """Only takes bytes."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: Buffer) -> int:
        self.data += bytes(data)
        return len(bytes(data))

    def seekable(self) -> bool:
        return False


def test_what_a_sink_gets_is_what_a_file_gets(tmp_path: Path) -> None:
    sink = ForwardOnly()
    with dp.DatumWriter(sink, subset="s") as writer:
        writer.write(dp.Item("a"))
    with dp.DatumWriter(tmp_path / "a.datum", subset="s") as writer:
        writer.write(dp.Item("a"))
    assert sink.data == (tmp_path / "a.datum").read_bytes()
    assert not sink.closed


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_pipe_that_was_given_up_has_no_end(tmp_path: Path, count: int) -> None:
    sink = ForwardOnly()

    def interrupted() -> None:
        with dp.DatumWriter(sink) as writer:
            for item in some_items(count):
                writer.write(dp.Item(item.id))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    path = tmp_path / "a.datum"
    path.write_bytes(sink.data)
    with pytest.raises(dp.TruncatedFileError):
        verify_file(path)


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_an_exception_leaves_no_file_and_the_old_one_as_it_was(
    tmp_path: Path, old: bytes | None, stop: type[BaseException]
) -> None:
    path = tmp_path / "a.datum"
    if old is not None:
        path.write_bytes(old)

    def interrupted() -> None:
        with dp.DatumWriter(path) as writer:
            writer.write(dp.Item("a"))
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({"a.datum": old} if old else {})


def test_a_file_is_replaced_at_the_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.datum", some_items(3))
    old = path.read_bytes()
    with dp.DatumReader(path) as reader:
        assert len(reader) == 3
        with dp.DatumWriter(path) as writer:
            writer.write(dp.Item("new"))
            assert path.read_bytes() == old
        assert reader["item-1"].id == "item-1"  # the old file, as it was opened
    with dp.DatumReader(path) as reader:
        assert [item.id for item in reader] == ["new"]


def no_space() -> OSError:
    return OSError(28, "No space left on device")


class Full(ForwardOnly):
    """Is full at the n-th write; has space again afterwards."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at

    def write(self, data: Buffer) -> int:
        self.left -= 1
        if self.left == 0:
            raise no_space()
        return super().write(data)


def write_to(sink: Full, *, swallow: bool) -> None:
    with dp.DatumWriter(sink) as writer:
        for item in some_items(6):
            with suppress(*[OSError] if swallow else []):
                writer.write(dp.Item(item.id, annotations=item.annotations))


@pytest.mark.usefixtures("small_blocks", "no_schema")
@pytest.mark.parametrize("swallow", [False, True])
def test_a_sink_that_fails_at_any_write(tmp_path: Path, swallow: bool) -> None:
    whole = Full(0)
    write_to(whole, swallow=False)
    writes = -whole.left
    assert writes >= 8
    for at in range(1, writes + 1):
        sink = Full(at)
        with pytest.raises((OSError, dp.ClosedError)) as caught:
            write_to(sink, swallow=swallow)
        assert isinstance(caught.value, OSError) or swallow
        assert whole.data.startswith(sink.data)  # nothing follows what failed
        path = tmp_path / "a.datum"
        path.write_bytes(sink.data)
        with pytest.raises(dp.FileError):
            verify_file(path)


@pytest.mark.usefixtures("small_blocks", "no_schema")
@pytest.mark.parametrize("at", range(1, 9))
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    path = tmp_path / "a.datum"
    path.write_bytes(b"old")
    numbers = itertools.count(1)

    def write_until_full(sink: Sink, data: bytes) -> None:
        if next(numbers) == at:
            write_all(sink, data[: len(data) // 2])
            raise no_space()
        write_all(sink, data)

    monkeypatch.setattr("datumpb.container.record_writer.write_all", write_until_full)
    with pytest.raises(OSError, match="No space"):
        write(path, some_items(6))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a.datum": b"old"}


def test_an_error_that_was_swallowed_does_not_look_like_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1)
    with dp.DatumWriter(Full(0)) as writer:
        writer.write(dp.Item("a"))
        fine, failing = writer._file._records._sink, Full(1)
        writer._file._records._sink = failing
        with pytest.raises(OSError, match="No space"):
            writer.write(dp.Item("b"))
        writer._file._records._sink = fine
        with pytest.raises(dp.ClosedError, match="gave up"):
            writer.write(dp.Item("c"))
        with pytest.raises(dp.ClosedError, match="there is no file"):
            writer.close()
        writer._failed = False
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_that_is_full() -> None:
    with open("/dev/full", "wb", buffering=0) as file, pytest.raises(OSError, match="No space"):  # noqa: PTH123 -- a descriptor or a device
        dp.DatumWriter(file)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can mount a disk of 64 KiB")
    mount = [shutil.which("mount") or "/none", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of 64 KiB cannot be mounted here")
    yield folder
    subprocess.run([shutil.which("umount") or "", str(folder)], check=True)


def test_a_disk_that_is_really_full(tiny_disk: Path) -> None:
    path = write(tiny_disk / "a.datum", some_items(1))
    old = path.read_bytes()
    noise = dp.Item("noise", attributes={"data": np.random.default_rng(1).bytes(100_000)})
    with pytest.raises(OSError, match="No space"):
        write(path, [noise])
    assert {file.name: file.read_bytes() for file in tiny_disk.iterdir()} == {"a.datum": old}

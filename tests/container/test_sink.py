from __future__ import annotations

import io
import os

import pytest

from datumpb.container.sink import write_all


class Slow(io.RawIOBase):
    """Takes three bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def write(self, data: object) -> int:
        assert isinstance(data, bytes)
        self.taken += data[:3]
        return len(data[:3])


class Quiet:
    """Takes everything and says nothing."""

    def __init__(self) -> None:
        self.taken = b""

    def write(self, data: bytes) -> None:
        self.taken += data


class Stuck:
    """Takes nothing."""

    def write(self, _: bytes) -> int:
        return 0


def test_a_sink_that_takes_a_little_at_a_time_gets_all() -> None:
    sink = Slow()
    write_all(sink, b"0123456789")
    assert sink.taken == b"0123456789"


def test_a_sink_that_says_nothing_took_all() -> None:
    sink = Quiet()
    write_all(sink, b"0123456789")
    assert sink.taken == b"0123456789"


def test_a_sink_that_takes_nothing_is_not_asked_for_ever() -> None:
    with pytest.raises(OSError, match="takes no more"):
        write_all(Stuck(), b"0")
    write_all(Stuck(), b"")


@pytest.mark.skipif(not hasattr(os, "set_blocking"), reason="pipes that do not block")
def test_a_full_pipe_that_does_not_block_loses_nothing_in_silence() -> None:
    source, target = os.pipe()
    os.set_blocking(target, False)
    with open(source, "rb"), open(target, "wb", buffering=0) as pipe, pytest.raises(OSError, match="takes no more"):  # noqa: PTH123 -- a descriptor or a device
        write_all(pipe, bytes(1 << 22))

"""Writer and readers beside a plain list: whatever is done with them, in whatever order, both say the same."""

from __future__ import annotations

import itertools
import pickle
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

import datumpb as dp
from datumpb.container.item_check import check_item
from datumpb.container.verify import verify_file
from datumpb.errors import (
    ClosedError,
    DamagedFileError,
    DuplicateItemError,
    ItemNotFoundError,
    MissingKeyError,
    OutputBusyError,
    UnexpectedKeyError,
    WrongKeyError,
)
from tests.support.samples import KEY, OTHER_KEY
from tests.support.strategies import ATTRIBUTES, ITEMS, TEXTS

if TYPE_CHECKING:
    import random

_KEYS = st.sampled_from([None, KEY, OTHER_KEY])
_INDEXES = st.integers(-8, 8)
_BOUNDS = st.none() | _INDEXES
_SLICES = st.builds(slice, _BOUNDS, _BOUNDS, st.none() | _INDEXES.filter(bool))


Opened: TypeAlias = tuple[dp.DatumReader, list[dp.Item]]
"""A reader, and what stood at the path when it was opened."""


@st.composite
def _any_item(draw: st.DrawFn) -> dp.Item:
    return draw(ITEMS)  # by itself, its description would take pages


def _has_sound_masks(item: dp.Item) -> bool:
    try:
        check_item(item, None)
    except DamagedFileError:
        return False
    return True


class WriterAndReaders(RuleBasedStateMachine):
    """One path, at which versions of a file appear one after the other, and readers of any of them."""

    readers = Bundle("readers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="datumpb-stateful-"))
        self.path = self.folder / "train.datum"
        self.small_blocks = mock.patch("datumpb.container.block_cutter.BLOCK_SIZE", 256)
        self.small_blocks.start()
        self.writer: dp.DatumWriter | None = None
        self.written: list[dp.Item] = []
        # What stands at the path.
        self.items: list[dp.Item] | None = None
        self.key: str | None = None
        self.infos: dict[str, Any] = {}

    def teardown(self) -> None:
        if self.writer is not None:
            self.writer.abort()
        self.small_blocks.stop()
        shutil.rmtree(self.folder)

    @precondition(lambda self: self.writer is None)
    @rule(key=_KEYS, infos=ATTRIBUTES)
    def start(self, key: str | None, infos: dict[str, Any]) -> None:
        self.writer = dp.DatumWriter(self.path, subset="train", key=key, infos=infos)
        self.written, self.written_key, self.written_infos = [], key, infos

    @precondition(lambda self: self.writer is not None)
    @rule(item=_any_item())
    def write(self, item: dp.Item) -> None:
        assert self.writer is not None
        if any(item.id == other.id for other in self.written):
            with pytest.raises(DuplicateItemError):
                self.writer.write(item)
        else:
            self.writer.write(item)
            self.written.append(item)

    @precondition(lambda self: self.writer is not None)
    @rule(count=st.integers(1, 20))
    def write_many(self, count: int) -> None:
        for number in range(count):
            self.write(dp.Item(f"{len(self.written)}-{number}", "train", attributes={"filling": "x" * 100}))

    @precondition(lambda self: self.writer is not None)
    @rule()
    def finish(self) -> None:
        assert self.writer is not None
        self.writer.close()
        with pytest.raises(ClosedError):
            self.writer.write(dp.Item("late", "train"))
        self.items, self.key, self.infos = self.written, self.written_key, self.written_infos
        self.writer = None

    @precondition(lambda self: self.writer is not None)
    @rule()
    def abandon(self) -> None:
        assert self.writer is not None
        with pytest.raises(KeyboardInterrupt), self.writer:
            raise KeyboardInterrupt
        self.writer = None

    @precondition(lambda self: self.writer is not None)
    @rule()
    def start_a_second_writer(self) -> None:
        with pytest.raises(OutputBusyError):
            dp.DatumWriter(self.path, subset="train")

    @precondition(lambda self: self.items is not None)
    @rule(target=readers)
    def open(self) -> Opened:
        """A reader keeps what it has opened, whatever is put in its place."""
        assert self.items is not None
        reader = dp.DatumReader(self.path, self.key)
        assert len(reader) == len(self.items)
        return reader, self.items

    @precondition(lambda self: self.items is not None)
    @rule(key=_KEYS)
    def open_with_any_key(self, key: str | None) -> None:
        error = MissingKeyError if key is None else UnexpectedKeyError if self.key is None else WrongKeyError
        with dp.DatumReader(self.path, key) as reader:
            if key == self.key:
                assert reader.encrypted == (key is not None)
            else:
                with pytest.raises(error):
                    len(reader)

    @precondition(lambda self: self.items is not None)
    @rule(target=readers, opened=readers)
    def send_to_another_process(self, opened: Opened) -> object:
        """What arrives opens the path anew, and finds what stands there then."""
        assert self.items is not None
        if self.key != opened[0]._key:
            return multiple()
        reader: dp.DatumReader = pickle.loads(pickle.dumps(opened[0]))  # noqa: S301 -- our own
        assert len(reader) == len(self.items)
        return reader, self.items

    @rule(opened=consumes(readers))
    def close(self, opened: Opened) -> None:
        reader, _ = opened
        reader.close()
        with pytest.raises(ClosedError):
            len(reader)

    @rule(opened=readers)
    def iterate(self, opened: Opened) -> None:
        reader, items = opened
        assert list(reader) == items
        assert [message.id for message in reader.messages()] == [item.id for item in items]
        assert reader.footer.item_count == len(reader) == len(items)

    @rule(first=readers, second=readers)
    def iterate_two_at_once(self, first: Opened, second: Opened) -> None:
        read = list(itertools.zip_longest(first[0], second[0]))
        assert read == list(itertools.zip_longest(first[1], second[1]))

    @rule(opened=readers, index=_INDEXES)
    def by_index(self, opened: Opened, index: int) -> None:
        reader, items = opened
        if -len(items) <= index < len(items):
            assert reader[index] == items[index]
        else:
            with pytest.raises(ItemNotFoundError):
                reader[index]

    @rule(opened=readers, part=_SLICES)
    def by_slice(self, opened: Opened, part: slice) -> None:
        reader, items = opened
        assert reader[part] == items[part]

    @rule(opened=readers, chance=st.randoms(use_true_random=False), item_id=TEXTS)
    def by_id(self, opened: Opened, chance: random.Random, item_id: str) -> None:
        reader, items = opened
        known = {item.id: item for item in items}
        for wanted in [item_id, *chance.sample(sorted(known), min(3, len(known)))]:
            assert (wanted in reader) == (wanted in known)
            if wanted in known:
                assert reader[wanted] == known[wanted]
            else:
                with pytest.raises(ItemNotFoundError):
                    reader[wanted]

    @invariant()
    def only_whole_files_appear(self) -> None:
        names = {name.name for name in self.folder.iterdir() if not name.name.startswith(".")}
        assert names == (set() if self.items is None else {"train.datum"})
        hidden = len(list(self.folder.iterdir())) - len(names)
        assert hidden == (self.writer is not None)

    @precondition(lambda self: self.items is not None)
    @rule()
    def verify(self) -> None:
        assert self.items is not None
        if all(map(_has_sound_masks, self.items)):
            assert verify_file(self.path, self.key).items == len(self.items)
        else:  # the writer takes the bytes of a mask as they are
            with pytest.raises(DamagedFileError, match="mask"):
                verify_file(self.path, self.key)
        with dp.DatumReader(self.path, self.key) as reader:
            assert reader.meta == dp.Meta("train", self.infos, dp.Categories(), dp.MediaType.IMAGE)


TestWriterAndReaders = WriterAndReaders.TestCase
TestWriterAndReaders.settings = settings(
    max_examples=18,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

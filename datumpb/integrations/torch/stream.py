"""DatumIterableDataset: a dataset that PyTorch streams, block by block."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, TypedDict

from torch.utils.data import IterableDataset, get_worker_info

from datumpb.errors import OptionError
from datumpb.integrations.torch.order import EpochOrder, stretch
from datumpb.integrations.torch.progress import MAX_WORKERS, StreamProgress
from datumpb.integrations.torch.ranks import find_rank, process_group
from datumpb.integrations.torch.samples import Samples

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from datumpb.dataset.dataset import Dataset
    from datumpb.dataset.subset import DatasetSubset
    from datumpb.integrations.torch.samples import Sample, SampleOptions


class StreamState(TypedDict):
    """Where a stream is: what it is a place of, and the place. Of numbers only, so that it can be saved as JSON.

    `taken` is how many items were taken of each worker's share, `turn` the share that is next.
    """

    items: int
    blocks_crc32: int
    seed: int
    shuffle: bool
    buffer_size: int
    rank: int
    world_size: int
    epoch: int
    taken: list[int]
    turn: int


class DatumIterableDataset(Samples, IterableDataset):  # type: ignore[misc]  # types are checked without PyTorch
    """An iterable dataset: it reads block by block, for what is too slow to read in any order.

        stream = DatumIterableDataset("shapes", "train", encryption_key=key, shuffle=True)
        loader = DatumLoader(stream, batch_size=4, num_workers=2)
        for epoch in range(10):
            loader.set_epoch(epoch)
            for images, targets in loader: ...

    Samples are those of `DatumDataset`. Each item comes once in an epoch, to one worker of one rank. Ranks get equally
    many items but for one: for batches in step, stop all at the number that the smallest share gives.
    """

    def __init__(  # noqa: PLR0913 -- the options of a stream, by name
        self,
        dataset: str | os.PathLike[str] | Dataset | DatasetSubset,
        subset: str | None = None,
        *,
        encryption_key: str | bytes | None = None,
        shuffle: bool = False,
        buffer_size: int = 1024,
        seed: int = 0,
        rank: int | None = None,
        world_size: int | None = None,
        **sample: Unpack[SampleOptions],
    ) -> None:
        """Open a dataset.

        Args:
            dataset: As for `DatumDataset`.
            subset: As for `DatumDataset`.
            encryption_key: As for `DatumDataset`.
            shuffle: Whether each epoch has a random order of its own: blocks, and the items of several blocks.
            buffer_size: How many items are mixed at a time.
            seed: The same seed gives the same orders, on every machine; from 0.
            rank: Which process of a distributed training this is; None: as the process group or torchrun says.
            world_size: How many there are.
            **sample: image, masks, keypoints, first_label and transforms, as for `DatumDataset`.

        Raises:
            OptionError: Options contradict each other, or there is no such subset.
            DatumpbError: The dataset cannot be opened, or its subsets have different categories.
        """
        super().__init__(dataset, subset, encryption_key=encryption_key, **sample)
        if buffer_size < 1 or seed < 0:
            message = f"buffer_size is from 1 and seed from 0, not {buffer_size} and {seed}"
            raise OptionError(message)
        self._rank, self._world_size = find_rank(rank, world_size)
        self._group_is_asked = rank is None
        self._order = (shuffle, seed, buffer_size)
        self._progress = StreamProgress()
        self._share = self._taken = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, from 0, before it is iterated over; workers that live on are told, too."""
        if epoch < 0:
            message = f"an epoch is from 0, not {epoch}"
            raise OptionError(message)
        if epoch != self._progress.epoch:
            self._taken = 0
        self._progress.begin_epoch(epoch)

    def __len__(self) -> int:
        """Return how many items this rank gets."""
        first, last = stretch(len(self._items), self._rank, self._world_size)
        return last - first

    def __iter__(self) -> Iterator[Sample]:
        """Iterate over this worker's share of this rank's share of the epoch.

        Raises:
            OptionError: The process group is not the one that the dataset was made in.
            DatumpbError: An item or its picture cannot be read.
        """
        self._check_group()
        info = get_worker_info()
        worker, workers = (0, 1) if info is None else (info.id, info.num_workers)
        if workers > MAX_WORKERS:
            message = f"more than {MAX_WORKERS} workers"
            raise OptionError(message)
        self._progress.note_iteration(in_worker=info is not None)
        self._share, self._taken = self._progress.take(worker, workers)
        shuffle, seed, buffer_size = self._order
        order = EpochOrder(self._items.run_starts(), shuffle, seed, self._progress.epoch, buffer_size)
        share = self._rank * workers + self._share
        return self._stream(order.indices(share, self._world_size * workers, self._taken), self._taken)

    def _stream(self, indices: Iterator[int], taken: int) -> Iterator[Sample]:
        for number, index in enumerate(indices, taken + 1):
            sample = self._sample(index)
            self._taken = number
            yield sample

    def state_dict(self) -> StreamState:
        """Return where the iteration in this process is; where workers iterate, `DatumLoader` knows it.

        Raises:
            OptionError: It is iterated over in workers, which are ahead of what was trained with.
        """
        if self._progress.in_workers:
            message = "the workers of a DataLoader are ahead of the training: ask a DatumLoader for its state"
            raise OptionError(message)
        return self.state_at([self._taken], 0)

    def load_state_dict(self, state: StreamState) -> None:
        """Let the next iteration go on where a state was taken.

        Raises:
            OptionError: The state is that of another order: other data, options, ranks or number of workers.
        """
        self.go_to(state, 1)
        self._taken = state["taken"][0]

    def state_at(self, taken: list[int], turn: int) -> StreamState:
        """Return the state of shares of which so much was taken, and whose turn it is."""
        return {**self._identity(), "epoch": self._progress.epoch, "taken": taken, "turn": turn}  # type: ignore[typeddict-item]  # the rest of it

    def go_to(self, state: StreamState, workers: int) -> None:
        """Let the next iteration, by so many workers, go on where a state was taken.

        Raises:
            OptionError: The state is that of another order.
        """
        if not _is_state(state):
            message = "this is no state of a stream"
            raise OptionError(message)
        found = {**state, "workers": len(state["taken"])}
        for name, own in {**self._identity(), "workers": workers}.items():
            if found[name] != own:
                message = f"this state cannot be continued: it is of {name} {found[name]}, here it is {own}"
                raise OptionError(message)
        self._progress.go_to(state["epoch"], state["taken"], state["turn"])

    def begins_at(self, workers: int) -> tuple[list[int], int]:
        """Return what is taken of each share when the next iteration begins, and the share whose turn it is."""
        return self._progress.peek(workers)

    def place(self) -> tuple[int, int]:
        """Return the share that is iterated over in this process, and how much of it was taken."""
        return self._share, self._taken

    def _identity(self) -> dict[str, Any]:
        shuffle, seed, buffer_size = self._order
        return {
            "items": len(self._items),
            "blocks_crc32": zlib.crc32(self._items.run_starts().astype("<i8").tobytes()),  # other blocks, other order
            "seed": seed,
            "shuffle": shuffle,
            "buffer_size": buffer_size,
            "rank": self._rank,
            "world_size": self._world_size,
        }

    def _check_group(self) -> None:
        group = process_group()
        if self._group_is_asked and group is not None and group != (self._rank, self._world_size):
            message = f"the dataset was made for rank {self._rank} of {self._world_size}, this is rank {group[0]} of "
            message += f"{group[1]}: make it behind init_process_group, or give rank and world_size"
            raise OptionError(message)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs; refused where that would take the wrong share."""
        self._check_group()
        return dict(self.__dict__)


def _is_state(state: object) -> bool:
    """Tell whether something is a `StreamState`; it may come from a file."""
    if not isinstance(state, dict) or state.keys() != StreamState.__annotations__.keys():
        return False
    taken, numbers = state["taken"], [state["epoch"], state["turn"], state["items"]]
    if not isinstance(taken, list) or not all(type(number) is int and number >= 0 for number in [*taken, *numbers]):
        return False
    return bool(state["turn"] < len(taken) and max(taken) <= state["items"])

"""DatumLoader: a DataLoader that knows where it is in a stream, whatever its workers have read ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.utils.data import DataLoader, get_worker_info

from datumpb.integrations.torch.targets import collate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.integrations.torch.stream import DatumIterableDataset, StreamState


class DatumLoader(DataLoader):  # type: ignore[misc]  # types are checked without PyTorch
    """A `torch.utils.data.DataLoader` of a `DatumIterableDataset` that can stop behind any batch and go on there.

    Each batch comes with the place of its last sample, so the state is that of the batch which the training has got,
    not of those that workers have prepared. After `load_state_dict`, the very batch follows that would have followed.
    The number of workers, the ranks and the order have to be the same; the batch size may be another.
    """

    def __init__(
        self,
        dataset: DatumIterableDataset,
        *,
        collate_fn: Callable[[Any], Any] = collate,
        **options: Any,  # noqa: ANN401 -- those of DataLoader, which knows them
    ) -> None:
        """Make a loader.

        Args:
            dataset: What to load.
            collate_fn: Makes a batch of a list of samples.
            **options: Those of `torch.utils.data.DataLoader`, such as batch_size and num_workers.
        """
        super().__init__(dataset, collate_fn=_Placing(collate_fn, dataset), **options)
        self._stream = dataset
        self._taken, self._turn = self._start()

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, from 0, before it is iterated over."""
        self._stream.set_epoch(epoch)
        self._taken, self._turn = self._start()

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the batches, from the start of the epoch or from where the loaded state was."""
        self._taken, self._turn = self._start()
        for batch, share, taken in super().__iter__():
            self._taken[share] = taken
            self._turn = (share + 1) % len(self._taken)
            yield batch

    def state_dict(self) -> StreamState:
        """Return where the training is: behind the last batch that it got. A dict of numbers, fit for JSON."""
        return self._stream.state_at(list(self._taken), self._turn)

    def load_state_dict(self, state: StreamState) -> None:
        """Let the next iteration go on where a state was taken.

        Raises:
            OptionError: The state is that of another order: other data, options, ranks or number of workers.
        """
        self._stream.go_to(state, self._workers())
        self._taken, self._turn = self._start()

    def _start(self) -> tuple[list[int], int]:
        return self._stream.begins_at(self._workers())

    def _workers(self) -> int:
        return max(1, int(self.num_workers))


class _Placing:
    """Makes batches that come with the share and the place of their last sample."""

    def __init__(self, collate_fn: Callable[[Any], Any], stream: DatumIterableDataset) -> None:
        self._collate = collate_fn
        self._stream = stream

    def __call__(self, samples: Any) -> tuple[Any, int, int]:  # noqa: ANN401 -- what the dataset gives
        info = get_worker_info()
        stream = self._stream if info is None else info.dataset  # the worker's own copy, which has counted
        return self._collate(samples), *stream.place()

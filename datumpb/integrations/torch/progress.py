"""StreamProgress: what the process that trains tells the workers that read: the epoch, and where to begin.

It lies in shared memory, as persistent workers hold their own copy of a dataset, made before the second epoch began.
"""

from __future__ import annotations

import torch

from datumpb.errors import OptionError

MAX_WORKERS = 1024

_EPOCH, _IN_WORKERS, _FIRST_SLOT = 0, 1, 2
_SLOT_SIZE = 3  # share - worker, taken, shares


class StreamProgress:
    """The epoch, and a place to begin for each worker, which the worker takes when it begins: it counts once."""

    def __init__(self) -> None:
        """Begin with epoch 0, at its start."""
        self._numbers = torch.zeros(_FIRST_SLOT + _SLOT_SIZE * MAX_WORKERS, dtype=torch.int64).share_memory_()

    @property
    def epoch(self) -> int:
        """The epoch."""
        return int(self._numbers[_EPOCH])

    def begin_epoch(self, epoch: int) -> None:
        """Set the epoch; if it is another one, it begins at its start."""
        if epoch != self.epoch:
            self._numbers[_FIRST_SLOT:] = 0
            self._numbers[_EPOCH] = epoch

    def go_to(self, epoch: int, taken: list[int], first: int) -> None:
        """Let the next iteration begin within an epoch.

        Args:
            epoch: The epoch.
            taken: How many items of each share were taken already; as many shares as there will be workers.
            first: The share whose turn it is: worker 0 gets it.
        """
        self.begin_epoch(epoch)
        for worker in range(len(taken)):
            share = (worker + first) % len(taken)
            self._slots()[worker] = torch.tensor([share - worker, taken[share], len(taken)])

    def peek(self, workers: int) -> tuple[list[int], int]:
        """Return what is taken of each share when the next iteration begins, and the share whose turn it is.

        Raises:
            OptionError: As `take`.
        """
        places = [self._read(worker, workers) for worker in range(workers)]
        return [taken for _, taken in sorted(places)], places[0][0]

    def take(self, worker: int, workers: int) -> tuple[int, int]:
        """Return the share of a worker and how much of it was taken already; from then on, it begins at its start.

        Raises:
            OptionError: The place to begin is for another number of workers.
        """
        found = self._read(worker, workers)
        self._slots()[worker] = 0
        return found

    @property
    def in_workers(self) -> bool:
        """Whether it was a worker that began to iterate last: only `DatumLoader` knows where the training is."""
        return bool(self._numbers[_IN_WORKERS])

    def note_iteration(self, *, in_worker: bool) -> None:
        """Note who iterates."""
        self._numbers[_IN_WORKERS] = in_worker

    def _slots(self) -> torch.Tensor:
        return self._numbers[_FIRST_SLOT:].view(MAX_WORKERS, _SLOT_SIZE)

    def _read(self, worker: int, workers: int) -> tuple[int, int]:
        shift, taken, shares = self._slots()[worker].tolist()
        if shares not in {0, workers}:
            message = (
                f"the state that was loaded is for {shares} workers, not for {workers}: load it into a DatumLoader"
            )
            raise OptionError(message)
        return worker + shift, taken

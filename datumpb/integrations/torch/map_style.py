"""DatumDataset: a dataset that PyTorch asks for samples by index."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, SupportsIndex

from torch.utils.data import Dataset

from datumpb.integrations.torch.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.integrations.torch.samples import Sample


class DatumDataset(Samples, Dataset):  # type: ignore[misc]  # types are checked without PyTorch
    """A map-style dataset: `dataset[index]` is the image and the target of an item.

        dataset = DatumDataset("shapes", "train", encryption_key=key, masks=True)
        loader = DataLoader(dataset, batch_size=4, shuffle=True, num_workers=2, collate_fn=collate)

    A target is a dict, of N objects (see `Item.to_arrays`):

        boxes      (N, 4) float32: x1, y1, x2, y2 in pixels; all 0 where nothing tells the box
        labels     (N,) int64: the label's index + `first_label`; -1 where an object has none
        area       (N,) float32, in square pixels
        iscrowd    (N,) int64: 1 for a crowd, else 0
        image_id   int: the index of the item, see `item`
        masks      (N, H, W) uint8, 0 or 1; only if asked for
        keypoints  (N, K, 3) float32: x, y and visibility (0, 1 or 2); only if asked for

    It may be sent to any number of workers, forked or spawned: a worker opens the files itself, and has a few bytes for
    each item. The key of an encrypted dataset is sent along.
    """

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self._items)

    def __getitem__(self, index: SupportsIndex) -> Sample:
        """Return a sample; a negative index counts from the end.

        Raises:
            ItemNotFoundError: There is no such item.
            DatumpbError: The item or its picture cannot be read.
        """
        number = operator.index(index)
        return self._sample(number + len(self) if number < 0 else number)

    def __iter__(self) -> Iterator[Sample]:
        """Iterate over all samples in their order."""
        return map(self._sample, range(len(self)))

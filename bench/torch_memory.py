"""Prints how much memory a worker of a DataLoader has of its own, by the number of items in the dataset.

Beside ours stands the usual way: a COCO file that was loaded into a list, in a dataset that is copied into each worker.

python -m bench.torch_memory
"""

from __future__ import annotations

import gc
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import PIL.Image
from torch.utils.data import DataLoader

import datumpb as dp
from datumpb.integrations.torch import DatumDataset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COUNTS = (5_000, 20_000)
OBJECTS = 8
SAMPLES = 1000
MEGABYTE = 1e6


class ListDataset:
    """A COCO file in a list, an entry for each image."""

    def __init__(self, file: Path) -> None:
        """Load the file."""
        self._images: list[dict[str, Any]] = json.loads(file.read_text())

    def __len__(self) -> int:
        """Return how many images there are."""
        return len(self._images)

    def __getitem__(self, index: int) -> int:
        """Look at one image, as a sampler's order would all."""
        return len(self._images[index]["annotations"])


def own_memory(_samples: list[Any]) -> tuple[int, int]:
    """Return USS and PSS of this process in bytes (a collate_fn)."""
    gc.collect()
    numbers: dict[str, int] = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, number, *_ = line.split()
        numbers[name] = 1024 * int(number)
    return numbers["Private_Clean:"] + numbers["Private_Dirty:"], numbers["Pss:"]


def main() -> None:
    """Measure all."""
    print("| items | dataset | workers | USS MB | PSS MB |\n|---|---|---|---|---|")
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            dp.Dataset.from_iterable(_items(count)).export(Path(folder, "data"), "datumpb", encryption=True)
            key = Path(folder, "data", "secret_key.txt").read_text().strip()
            file = Path(folder, "list.json")
            with file.open("w") as out:
                out.write("[" + ",".join(json.dumps(_entry(number)) for number in range(count)) + "]")
            for context in ("fork", "spawn"):
                # One at a time: what is forked has all that its parent has. And a list is touched all over in an epoch.
                indices = [number * count // SAMPLES for number in range(SAMPLES)]
                ours = _measured(DatumDataset(Path(folder, "data"), encryption_key=key), indices, context)
                print(f"| {count} | datumpb, encrypted | {context} | {ours} |", flush=True)
                other = _measured(ListDataset(file), range(count), context)
                print(f"| {count} | list of a COCO file | {context} | {other} |", flush=True)


def _measured(dataset: Any, order: Sequence[int], context: str) -> str:  # noqa: ANN401 -- any dataset
    gc.collect()
    loader = DataLoader(
        dataset,
        batch_size=SAMPLES // 2,
        sampler=order,
        num_workers=1,
        collate_fn=own_memory,
        multiprocessing_context=context,
    )
    *_, (uss, pss) = loader
    return f"{uss / MEGABYTE:.1f} | {pss / MEGABYTE:.1f}"


def _boxes(number: int) -> Iterator[list[float]]:
    for index in range(OBJECTS):
        yield [number % 97 + index / 4, number % 89 + index / 2, 10.5 + index, 20.25 + number % 7]


def _items(count: int) -> Iterator[dp.Item]:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (8, 8)).save(buffer, "PNG")
    picture = buffer.getvalue()
    for number in range(count):
        boxes: list[dp.Annotation] = [
            dp.Bbox(*box, label=index, id=OBJECTS * number + index) for index, box in enumerate(_boxes(number))
        ]
        yield dp.Item(str(number), media=dp.Image.from_bytes(picture, 8, 8), annotations=boxes)


def _entry(number: int) -> dict[str, Any]:
    return {
        "file_name": f"{number:012}.jpg",
        "annotations": [
            {"id": OBJECTS * number + index, "image_id": number, "category_id": index, "bbox": box, "iscrowd": 0}
            for index, box in enumerate(_boxes(number))
        ],
    }


if __name__ == "__main__":
    main()

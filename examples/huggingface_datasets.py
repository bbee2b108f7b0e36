"""Hugging Face: an encrypted dataset as a `datasets.Dataset`, and as a stream.

pip install 'datumpb[huggingface]'
python examples/huggingface_datasets.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import PIL.Image

import datumpb as dp
from datumpb.integrations import huggingface


def main(folder: Path) -> None:
    """Make a dataset and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    items = []
    for number in range(20):
        path = folder / f"{number}.png"
        PIL.Image.fromarray(np.full((32, 48, 3), number * 10, np.uint8)).save(path)
        box = dp.Bbox(number, 2, 8, 8, label=number % 2)
        items.append(dp.Item(str(number), "train", dp.Image.from_file(str(path), 32, 48), annotations=[box]))
    key = dp.generate_key()
    dp.Dataset.from_iterable(items, categories=["cat", "dog"]).export(
        folder / "pets", "datumpb", save_media=True, encryption=True, encryption_key=key
    )

    pets = huggingface.load(folder / "pets", split="train", encryption_key=key)
    print(pets)
    print(pets[3]["image"].size, pets[3]["objects"]["bbox"])
    dogs = pets.filter(lambda row: 1 in row["objects"]["category"])
    print(len(dogs), "pictures with a dog")

    stream = huggingface.load(folder / "pets", split="train", streaming=True, encryption_key=key)
    for row in stream.shuffle(seed=1, buffer_size=10).take(3):
        print(row["id"], [pets.features["labels"].feature.int2str(label) for label in row["objects"]["category"]])


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))

"""Train a small detector on an encrypted dataset of drawn shapes, and watch it learn (half a minute on a CPU).

pip install 'datumpb[torch]'
python examples/train_torch.py [FOLDER]

The detector is a map of centres (as in "Objects as Points", Zhou, Wang and Krähenbühl, 2019): for each cell of 4 x 4
pixels and each label, how likely the centre of an object is there, and the distances from there to its box's edges.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torch import nn
from torch.nn import functional

import datumpb as dp
from datumpb.integrations.torch import DatumDataset, DatumIterableDataset, DatumLoader, collate

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE, STRIDE = 64, 4
LABELS = ["disc", "box", "kite"]
COLORS = ["#d1495b", "#edae49", "#00798c"]
IMAGES = {"train": 256, "val": 64}
EPOCHS, BATCH_SIZE = 8, 16


def main(folder: Path) -> None:
    """Make the dataset, train with it, stop in the middle, go on, and measure."""
    key = dp.generate_key()
    with tempfile.TemporaryDirectory() as pictures:
        dataset = dp.Dataset.from_iterable(shapes(Path(pictures)), categories=LABELS)
        dataset.export(folder / "shapes", "datumpb", save_media=True, encryption=True, encryption_key=key)

    options: dict[str, Any] = {
        "encryption_key": key,
        "first_label": 0,
    }  # no background: each label has a map of its own
    stream = DatumIterableDataset(folder / "shapes", "train", shuffle=True, transforms=prepared, **options)
    loader = DatumLoader(stream, batch_size=BATCH_SIZE, num_workers=2, persistent_workers=True)
    held_out = DatumDataset(folder / "shapes", "val", transforms=prepared, **options)

    torch.set_num_threads(1)  # for pictures as small as these, threads wait for each other more than they work
    torch.manual_seed(0)
    model = Detector()
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, epochs=EPOCHS, steps_per_epoch=len(loader))
    losses, scores = [], [mean_average_precision(model, held_out)]
    print(f"before: mAP {scores[0]:.3f}")
    for epoch in range(EPOCHS):
        loader.set_epoch(epoch)
        batches = islice(train(model, optimizer, loader), 5 if epoch == 1 else None)
        epoch_losses = list(stepped(batches, schedule))
        if epoch == 1:  # as if the machine had stopped here: what is saved is enough to go on behind this batch
            torch.save({"model": model.state_dict(), "data": loader.state_dict()}, folder / "checkpoint.pt")
            saved = torch.load(folder / "checkpoint.pt")
            model.load_state_dict(saved["model"])
            loader.load_state_dict(saved["data"])
            epoch_losses += stepped(train(model, optimizer, loader), schedule)
        losses.append(float(np.mean(epoch_losses)))
        print(f"epoch {epoch:2}: {len(epoch_losses)} batches, loss {losses[-1]:.3f}")
    scores.append(mean_average_precision(model, held_out))
    print(f"after: mAP {scores[1]:.3f}")
    if not (losses[-1] < losses[0] / 2 and scores[1] > scores[0] + 0.3):
        sys.exit("it did not learn")


class Detector(nn.Module):
    """Pictures (B, 3, S, S) to maps (B, labels + 4, S / 4, S / 4): scores of centres, and distances to the edges."""

    def __init__(self) -> None:
        """Draw the first weights."""
        super().__init__()
        widths = [3, 16, 32, 48, 48, 48]
        strides = [2, 2, 1, 1, 1]
        layers: list[nn.Module] = []
        for index, stride in enumerate(strides):
            layers += [nn.Conv2d(widths[index], widths[index + 1], 3, stride, 1, bias=False)]
            layers += [nn.BatchNorm2d(widths[index + 1]), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.head = nn.Conv2d(widths[-1], len(LABELS) + 4, 1)
        nn.init.constant_(self.head.bias[: len(LABELS)], -4)  # centres are rare

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits (B, labels, H, W), and distances left, top, right, bottom in pixels (B, 4, H, W)."""
        maps = self.head(self.body(images))
        return maps[:, : len(LABELS)], functional.softplus(maps[:, len(LABELS) :]) * 8


def prepared(image: torch.Tensor, target: dict[str, Any]) -> tuple[torch.Tensor, dict[str, Any]]:
    """Bring pixels to about -1 to 1."""
    return image.float() / 127.5 - 1, target


def train(model: Detector, optimizer: torch.optim.Optimizer, loader: DatumLoader) -> Iterator[float]:
    """Learn from each batch, and yield its loss."""
    model.train()
    for images, targets in loader:
        logits, distances = model(torch.stack(images))
        heat, wanted, known = learned(targets)
        positive = heat == 1
        focal = torch.where(
            positive,
            -((1 - logits.sigmoid()) ** 2) * functional.logsigmoid(logits),
            -((1 - heat) ** 4) * logits.sigmoid() ** 2 * functional.logsigmoid(-logits),
        )
        apart = (distances - wanted).abs() * known[:, None]
        loss = (focal.sum() + apart.sum() / 8) / positive.sum().clamp(min=1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()


def stepped(losses: Iterator[float], schedule: torch.optim.lr_scheduler.LRScheduler) -> Iterator[float]:
    """Pass losses on, one step of the schedule for each."""
    for loss in losses:
        schedule.step()
        yield loss


def learned(targets: list[dict[str, Any]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Make the maps to learn: centres with a soft surrounding, distances to the edges, and where these are known."""
    cells = SIZE // STRIDE
    places = torch.arange(cells) * STRIDE + STRIDE / 2
    heat = torch.zeros(len(targets), len(LABELS), cells, cells)
    wanted, known = (
        torch.zeros(len(targets), 4, cells, cells),
        torch.zeros(len(targets), cells, cells, dtype=torch.bool),
    )
    for number, target in enumerate(targets):
        for (x1, y1, x2, y2), label in zip(target["boxes"].tolist(), target["labels"].tolist(), strict=True):
            column, row = int((x1 + x2) / 2 / STRIDE), int((y1 + y2) / 2 / STRIDE)
            spread = max(x2 - x1, y2 - y1) / 8
            far = (places[None, :] - places[column]) ** 2 + (places[:, None] - places[row]) ** 2
            heat[number, label] = torch.maximum(heat[number, label], torch.exp(-far / (2 * spread**2)))
            x, y = float(places[column]), float(places[row])
            wanted[number, :, row, column] = torch.tensor([x - x1, y - y1, x2 - x, y2 - y])
            known[number, row, column] = True
    return heat, wanted, known


@torch.no_grad()
def detections(model: Detector, image: torch.Tensor, image_id: int) -> list[dict[str, Any]]:
    """Return what the detector finds, as COCO's results: the cells that are higher than those around them."""
    logits, distances = model(image[None])
    scores = logits[0].sigmoid()
    peaks = scores == functional.max_pool2d(scores, 3, 1, 1)
    found = (peaks & (scores > 0.05)).nonzero().tolist()  # noqa: PLR2004 -- the rest is noise
    results = []
    for label, row, column in found:
        left, top, right, bottom = distances[0, :, row, column].tolist()
        x, y = column * STRIDE + STRIDE / 2, row * STRIDE + STRIDE / 2
        box = [x - left, y - top, left + right, top + bottom]
        score = float(scores[label, row, column])
        results.append({"image_id": image_id, "category_id": label, "bbox": box, "score": score})
    return results


def mean_average_precision(model: Detector, dataset: DatumDataset) -> float:
    """Return COCO's mAP, from 0 to 1, by pycocotools."""
    model.eval()
    numbers = count(1)
    truth = COCO()
    truth.dataset = {
        "images": [],
        "annotations": [],
        "categories": [{"id": i, "name": n} for i, n in enumerate(LABELS)],
    }
    results = []
    for start in range(0, len(dataset), BATCH_SIZE):
        images, targets = collate([dataset[index] for index in range(start, min(start + BATCH_SIZE, len(dataset)))])
        for image, target in zip(images, targets, strict=True):
            truth.dataset["images"].append({"id": target["image_id"], "height": SIZE, "width": SIZE})
            results += detections(model, image, target["image_id"])
            rows = zip(*(target[name].tolist() for name in ("boxes", "labels", "area", "iscrowd")), strict=True)
            for (x1, y1, x2, y2), label, area, crowd in rows:
                entry = {"id": next(numbers), "image_id": target["image_id"], "category_id": label, "area": area}
                truth.dataset["annotations"].append({**entry, "bbox": [x1, y1, x2 - x1, y2 - y1], "iscrowd": crowd})
    if not results:
        return 0.0
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


def shapes(folder: Path) -> Iterator[dp.Item]:
    """Draw pictures of discs, boxes and kites on noise, and yield their items."""
    rng = np.random.default_rng(0)
    for subset, images in IMAGES.items():
        for number in range(images):
            noise = rng.normal(150, 25, (SIZE, SIZE, 3)).clip(0, 255).astype(np.uint8)
            picture = PIL.Image.fromarray(noise)
            annotations: list[dp.Annotation] = []
            for _ in range(rng.integers(1, 4)):
                label, radius = int(rng.integers(len(LABELS))), rng.uniform(6, 14)
                corners, turn = ((24, 0.0), (4, np.pi / 4), (4, 0.0))[label]
                angles = turn + np.arange(corners) * 2 * np.pi / corners
                outline = np.stack([np.cos(angles), np.sin(angles)], 1) * radius + rng.uniform(radius, SIZE - radius, 2)
                PIL.ImageDraw.Draw(picture).polygon([(x, y) for x, y in outline.tolist()], COLORS[label])
                annotations.append(dp.Polygon(outline, label=label))
            file = folder / f"{subset}-{number}.png"
            picture.save(file)
            yield dp.Item(file.stem, subset, dp.Image.from_file(str(file), SIZE, SIZE), annotations=annotations)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="datumpb-shapes.")))

"""What is interrupted: commands that write datasets, their inputs, and what stands at the path that they write to."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

import datumpb as dp
from datumpb.cli.as_json import item_line
from datumpb.dataset.workplace import settle
from datumpb.model.media import media_refs

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "nothing"
LEFTOVERS = (".partial", ".lock", ".replaced")


@dataclass(frozen=True, slots=True)
class Operation:
    """A command.

    Attributes:
        name: What it is called in the table.
        arguments: What follows `datumpb`; paths are relative to the folder of inputs.
        target: The path that it writes to.
    """

    name: str
    arguments: tuple[str, ...]
    target: str


def _operation(name: str, target: str, *arguments: str) -> Operation:
    return Operation(name, arguments, target)


_NEW_KEY = ("--key-file", "old.key", "--new-key-file", "new.key")
OPERATIONS = (
    _operation("convert, new", "out/a", "convert", "-i", "coco", "-o", "out/a", "-f", "datumpb", "--save-media"),
    _operation(
        "convert, encrypting", "out/a", "convert", "-i", "coco", "-o", "out/a", "-f", "datumpb", "--save-media",
        "--encryption", "--key-file", "made.key",
    ),
    _operation(
        "convert, overwriting", "other", "convert", "-i", "plain", "-o", "other", "-f", "datumpb", "--save-media",
        "--overwrite",
    ),
    _operation("export, empty folder", "empty", "convert", "-i", "plain", "-o", "empty", "-f", "coco", "--save-media"),
    _operation("export, overwriting", "coco", "convert", "-i", "other", "-o", "coco", "-f", "coco", "--overwrite",
               "--save-media"),
    _operation("merge", "out", "merge", "plain", "other", "-o", "out", "--save-media"),
    _operation("rekey, folder", "secret", "rekey", "secret", *_NEW_KEY),
    _operation("rekey, key made", "secret", "rekey", "secret", "--key-file", "old.key", "--new-key-file", "made.key"),
    _operation("encrypt, key made", "plain", "encrypt", "plain"),
    _operation("rekey, -o", "out", "rekey", "secret", "-o", "out", *_NEW_KEY),
    _operation("rekey, file", "secret.datum", "rekey", "secret.datum", *_NEW_KEY),
    _operation("encrypt", "plain", "encrypt", "plain", "--key-file", "old.key"),
    _operation("recover", "saved.datum", "recover", "plain.datum", "-o", "saved.datum"),
    _operation("decrypt", "secret", "decrypt", "secret", "--key-file", "old.key"),
)  # fmt: skip


def make_inputs(folder: Path) -> None:
    """Make what the commands read."""
    (folder / "old.key").write_text(dp.generate_key())
    (folder / "new.key").write_text(dp.generate_key())
    key = (folder / "old.key").read_text()
    plain, other = _dataset(folder / "pictures" / "a", 8, "a"), _dataset(folder / "pictures" / "b", 5, "b")
    plain.export(folder / "plain", "datumpb", save_media=True)
    other.export(folder / "other", "datumpb", save_media=True)
    plain.export(folder / "coco", "coco", save_media=True)
    plain.export(folder / "secret", "datumpb", save_media=True, encryption=True, encryption_key=key)
    for name, its_key in (("secret.datum", key), ("plain.datum", None)):
        with dp.DatumWriter(folder / name, subset="train", key=its_key) as writer:
            for number in range(40):
                writer.write(dp.Item(str(number), attributes={"number": number}))
    (folder / "empty").mkdir()
    (folder / "secret" / "notes.txt").write_text("nobody's business")
    shutil.rmtree(folder / "pictures")


def _dataset(folder: Path, count: int, prefix: str) -> dp.Dataset:
    folder.mkdir(parents=True)
    items = []
    for number in range(count):
        file = folder / f"{prefix}{number}.png"
        PIL.Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(file)
        image = dp.Image.from_file(str(file), 8, 8)
        boxes: list[dp.Annotation] = [dp.Bbox(1, 2, 3, number + 1, label=number % 2)]
        items.append(dp.Item(f"{prefix}{number}", ("train", "val")[number % 2], image, annotations=boxes))
    return dp.Dataset.from_iterable(items, categories=["cat", prefix])


def state(folder: Path, target: str) -> str:
    """Return what stands at a path: nothing, or a digest of the dataset with its media and the key that opens it."""
    path = folder / target
    settle(path)
    if not path.exists() or (path.is_dir() and not any(not entry.name.startswith(".") for entry in path.iterdir())):
        return NOTHING
    found = dp.Dataset.detect(path)
    for name in (
        None,
        *sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*key*") if file.is_file()),
    ):
        options = {} if name is None else {"encryption_key": (folder / name).read_text()}
        try:
            return f"{found} {name} {_digest(dp.Dataset.import_from(path, found, **options))} {_others(path)}"
        except (dp.KeyProblemError, dp.OptionError):
            continue
    return "no key opens it"


def _digest(dataset: dp.Dataset) -> str:
    digest = hashlib.sha256()
    for item in dataset:
        digest.update(item_line(item).encode())
        for ref in media_refs(item.media):
            digest.update(ref.read())
    return digest.hexdigest()[:16]


def _others(path: Path) -> str:
    kept = path / "notes.txt"
    return kept.read_text() if kept.exists() else ""


def leftovers(folder: Path) -> list[Path]:
    """Return what unfinished writers left."""
    return [path for path in folder.rglob(".*") if path.name.endswith(LEFTOVERS)]

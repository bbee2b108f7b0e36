"""Recovery of a dataset's folder: every annotation file, and the media files that are what their items mean."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.media_file import EncryptedMediaFolder
from datumpb.container.reader import DatumReader
from datumpb.container.recover import recover_file
from datumpb.container.reseal import Seals, reseal
from datumpb.container.shard_place import ShardPlace
from datumpb.container.verify import Watcher
from datumpb.dataset import layout
from datumpb.dataset.export import Export
from datumpb.dataset.item_media import item_media
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.subset_files import shard_file, subset_files
from datumpb.errors import (
    DamagedFileError,
    DatasetError,
    InvalidItemError,
    MediaError,
    NotADatumFileError,
    OutputExistsError,
)
from datumpb.messages import Meta

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.container.recovery import Recovery
    from datumpb.dataset.subset_files import SubsetFiles
    from datumpb.model.item import Item


@dataclass(slots=True)
class FolderRecovery:
    """What became of a dataset.

    Attributes:
        files: What became of each annotation file of which something could be recovered.
        lost: The other annotation files, and why.
        media: How many media files were copied.
        lost_media: The media files that are missing or not what their items mean, and why.
    """

    files: dict[Path, Recovery] = field(default_factory=dict)
    lost: dict[Path, str] = field(default_factory=dict)
    media: int = 0
    lost_media: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether everything is there that the old dataset ever had."""
        return not self.lost and not self.lost_media and all(file.complete for file in self.files.values())


def recover_folder(
    path: Path, target: Path, key: str | None = None, passed: Callable[[int], object] = lambda _size: None
) -> FolderRecovery:
    """Write a sound dataset of what is intact in a damaged one; a file that was renamed gets its subset's name again.

    Args:
        path: The dataset's folder; it is only read.
        target: The new folder. Encrypted with the same key, where the old one is; the file of the key is not copied.
        key: The text of the key.
        passed: Is told of each number of bytes of annotation files that was gone through; all are, twice.

    Returns:
        What is missing.

    Raises:
        DatasetError: There are no annotation files.
        DamagedFileError: Nothing can be recovered; there is no new folder then.
        UnsupportedFileError: A file needs a newer reader.
        LimitError: One asks for larger records than this reader accepts.
        KeyProblemError: The key does not open a file.
        OutputExistsError: There is something at the target.
        OSError: The new files cannot be written.
    """
    if os.path.lexists(target):
        message = f"{target}: is there already; recovery never replaces anything"
        raise OutputExistsError(message)
    subsets = subset_files(path)
    if not subsets:
        message = f"{path}: no annotation files ({layout.ANNOTATIONS}/*{layout.SUFFIX})"
        raise DatasetError(message)
    result = FolderRecovery()
    with OutputFolder(target, Export()) as output:
        (output.folder / layout.ANNOTATIONS).mkdir()
        watcher = _Media(path, output.folder, key, result, passed)
        for files in subsets.values():
            if files.sharded:
                _recover_shards(files, output.folder, key, watcher)
            else:
                _recover_subset(files.files[0], output.folder, key, watcher)
        if not result.files:
            file, why = next(iter(result.lost.items()))
            message = f"nothing can be recovered: {file.name}: {why}"
            raise DamagedFileError(message, path)
        if (path / layout.DATASET_META).is_file():
            shutil.copyfile(path / layout.DATASET_META, output.folder / layout.DATASET_META)
    return result


def _recover_shards(files: SubsetFiles[Path], folder: Path, key: str | None, watcher: _Media) -> None:
    """Recover what is left of a subset's shards as a new set of shards, in the order of the old one."""
    for fault in files.faults:
        watcher.result.lost[Path(str(fault.path))] = fault.message
    meta = next(filter(None, (_meta(file, key) for file in files.files)), None)
    made: list[Path] = []
    watcher.ids = set()
    for file in files.files:
        target = folder / layout.ANNOTATIONS / f".recovered-{len(made):05}"
        try:
            recovery = recover_file(file, target, key, watcher, known_ids=watcher.ids, spare_meta=meta)
        except (DamagedFileError, NotADatumFileError) as error:
            watcher.result.lost[file] = error.message
            continue
        if meta is not None and _meta(target, key) != meta:
            target.unlink()
            watcher.result.lost[file] = "its META is not that of the other shards: it is from another writing"
            continue
        watcher.result.files[file] = recovery
        made.append(target)
    subset = files.subset if meta is None else Meta.FromString(meta).subset
    digest = b""
    for index, file in enumerate(made):
        place = ShardPlace(index, digest, last=index == len(made) - 1)
        target = shard_file(folder, subset, index, len(made))
        digest = reseal(file, target, Seals(key, key), place=place)
        file.unlink()


def _meta(file: Path, key: str | None) -> bytes | None:
    """Return META of a file as if it were no shard; None where that cannot be read."""
    meta = Meta()
    try:
        with DatumReader(file, key) as reader:
            meta.CopyFrom(reader.meta_message)
    except (DamagedFileError, NotADatumFileError):
        return None
    meta.ClearField("shard")
    return meta.SerializeToString(deterministic=True)


def _recover_subset(file: Path, folder: Path, key: str | None, watcher: _Media) -> None:
    made = folder / layout.ANNOTATIONS / f".{file.stem}"
    try:
        recovery = recover_file(file, made, key, watcher)
        with DatumReader(made, key) as reader:
            subset = reader.subset
        target = layout.annotation_file(folder, subset)
    except (DamagedFileError, NotADatumFileError) as error:
        watcher.result.lost[file] = error.message
        return
    except InvalidItemError as error:
        made.unlink()
        watcher.result.lost[file] = str(error)
        return
    if target.exists():
        made.unlink()
        watcher.result.lost[file] = f"subset {subset!r} was recovered from another file already"
        return
    made.rename(target)
    if subset != file.stem:
        recovery.notes.append(f"the file holds the subset {subset!r}, and is called that now")
    watcher.result.files[file] = recovery


class _Media(Watcher):
    """Copies the media of all items that are kept, as they are, if they are what the items mean."""

    def __init__(
        self, root: Path, folder: Path, key: str | None, result: FolderRecovery, passed: Callable[[int], object]
    ) -> None:
        self._source = EncryptedMediaFolder(root, key)
        super().__init__(self._source, passed)
        self._folder = folder
        self.result = result
        self.ids: set[str] = set()

    def item(self, item: Item) -> None:
        self.ids.add(item.id)
        for ref in item_media(item):
            if ref.path is None or ref.data is not None or ref.path in self.result.lost_media:
                continue
            try:
                target = self._folder / self._source.resolve(ref.path).relative_to(self._source.root)
                if target.exists():  # several items show it
                    continue
                for _ in ref.chunks():
                    pass
            except MediaError as error:
                self.result.lost_media[ref.path] = error.message
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._source.resolve(ref.path), target)
            self.result.media += 1

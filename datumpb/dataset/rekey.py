"""Another key for a dataset, or one for a plain one, or none any more: `rekey`, `encrypt` and `decrypt`."""

from __future__ import annotations

import dataclasses
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.container.atomic import PARTIAL_SUFFIX
from datumpb.container.bytes_source import BytesSource
from datumpb.container.header import read_head, unlock
from datumpb.container.reader import DatumReader
from datumpb.container.reseal import Seals, reseal
from datumpb.container.shard_place import ShardPlace
from datumpb.container.sharded_reader import ShardedReader
from datumpb.crypto.keys import read_key_file, write_key_file
from datumpb.dataset import layout
from datumpb.dataset.export import Export
from datumpb.dataset.media_change import MediaChange, refuse_encrypted_media
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.progress import Progress, no_progress
from datumpb.dataset.subset_files import subset_files
from datumpb.dataset.workplace import Workplace, settle
from datumpb.errors import DatasetError, InvalidKeyError, OptionError, OutputExistsError, WrongKeyError
from datumpb.messages import ContentType

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Resealed:
    """What was done.

    Attributes:
        files: The annotation files, as paths relative to the dataset.
        media: How many media files, and other files that the old key opened, were written.
        missing: How many media files that items refer to are not there.
        left: Encrypted files that the old key opens, to which no item refers: they are as they were.
        old_key_removed: Whether `secret_key.txt` held the old key, and does no more.
    """

    files: list[str] = field(default_factory=list)
    media: int = 0
    missing: int = 0
    left: list[str] = field(default_factory=list)
    old_key_removed: bool = False


def change_key_of_file(path: Path, output: Path | None, seals: Seals, *, overwrite: bool = False) -> None:
    """Write a single `.datum` file with another key, or none.

    Args:
        path: The file.
        output: Where the new one goes; None: in its place.
        seals: The keys.
        overwrite: Whether a file at `output` is replaced.

    Raises:
        OptionError: Its media are encrypted, too, or it is a shard: the rest would not fit to it any more.
        OutputExistsError: `output` is there already.
        FileError: The file is damaged.
        KeyProblemError: The old key does not open it.
        OSError: The new one cannot be written.
    """
    if output is not None and output.exists() and not overwrite:
        message = f"{output}: the output is there already; choose another, or ask for overwriting"
        raise OutputExistsError(message)
    _refuse_shard(path, seals.old)
    # Through a link: the file is replaced, not the link.
    reseal(path, path.resolve() if output is None else output, seals, refuse_encrypted_media)


def _refuse_shard(path: Path, key: str | None) -> None:
    with BytesSource(path) as source:
        content = read_head(source).header.content
    with DatumReader(path, key) as reader:
        if content == ContentType.CONTENT_TYPE_ANNOTATIONS and reader.meta_message.HasField("shard"):
            message = f"{path}: a shard, which the others would refuse with another key: name the dataset's folder"
            raise OptionError(message)


def change_key_of_folder(  # noqa: PLR0913 -- two folders, and options by name
    path: Path,
    output: Path | None,
    seals: Seals,
    *,
    media: bool = True,
    keep_key: bool = False,
    overwrite: bool = False,
    progress: Progress = no_progress,
) -> Resealed:
    """Write a dataset with another key, or none; nothing changes before everything is written and compared.

    With two keys, every file in the folder that the old key opens gets the new one, whoever refers to it.

    Args:
        path: The dataset's folder.
        output: The folder for the new dataset, with all other files of the old one; None: in its place.
        seals: The keys.
        media: Whether a plain dataset's media are encrypted, too.
        keep_key: Whether the new key is written to `secret_key.txt` in the folder.
        overwrite: Whether what is in `output` is replaced.
        progress: Is told how far the work is.

    Raises:
        ShardError: A shard of a subset is missing, or from another writing.
        DatasetError: It is no dataset of this format, or not encrypted as a whole, or the output cannot be there.
        FileError: A file is damaged.
        KeyProblemError: The old key does not open it.
        MediaError: A media file is not the one that its item means.
        OSError: A file cannot be written.
    """
    settle(path)
    annotations = [file.relative_to(path) for file in layout.annotation_files(path).values()]
    if not annotations:
        message = f"{path}: no annotation files ({layout.ANNOTATIONS}/*{layout.SUFFIX})"
        raise DatasetError(message)
    if output is not None and output.resolve().is_relative_to(path.resolve()):
        message = f"{output}: inside of the dataset; choose another folder, or leave it out to change it in its place"
        raise OptionError(message)
    held = _holds(path / layout.SECRET_KEY, seals.old)
    if keep_key and (path / layout.SECRET_KEY).exists() and not held:
        message = f"{path / layout.SECRET_KEY}: holds another key, which is never overwritten; say where the new one is"
        raise OutputExistsError(message)
    done = Resealed([file.as_posix() for file in annotations], old_key_removed=held)
    others = [file for file in _files(path) if file not in annotations]
    with OutputFolder(path if output is None else output, Export(overwrite=output is None or overwrite)) as folder:
        if output is None:
            if held:
                folder.replace_all(layout.SECRET_KEY)
        else:
            folder.replace_all(f"{layout.ANNOTATIONS}/*{layout.SUFFIX}")
        change = MediaChange(path, folder.folder, seals) if media and None in (seals.old, seals.new) else None
        (folder.folder / layout.ANNOTATIONS).mkdir()
        digest = b""
        for file, place in progress(_in_order(path, seals.old), len(annotations), "annotations"):
            moved = None if place is None else dataclasses.replace(place, previous=digest if place.index else b"")
            digest = reseal(path / file, folder.folder / file, seals, change, moved)
        if change is not None:
            done.media, done.missing = len(change.changed), len(change.missing)
            others = [file for file in others if file.as_posix() not in change.changed]
        for file in progress(others, len(others), "other files"):
            _other(path, file, folder.folder, seals, done, copy=output is not None)
        if keep_key and seals.new is not None:
            write_key_file(folder.folder / layout.SECRET_KEY, seals.new)
    return done


def _in_order(path: Path, key: str | None) -> Iterator[tuple[Path, ShardPlace | None]]:
    """Yield all annotation files, relative to the dataset, and their place among shards; those in their order."""
    for subset in subset_files(path).values():
        subset.refuse_faults()
        if subset.sharded:
            with ShardedReader(subset.files, key) as reader:
                len(reader)  # all of them are looked at
        last = len(subset.files) - 1
        for index, file in enumerate(subset.files):
            place = ShardPlace(index, b"", index == last) if subset.sharded else None
            yield file.relative_to(path), place


def _other(  # noqa: PLR0913, PLR0917 -- a file, where it is, and where it goes
    root: Path, file: Path, target: Path, seals: Seals, done: Resealed, copy: bool
) -> None:
    opened = _opens(root / file, seals.old)
    if opened and seals.new is None:
        done.left.append(file.as_posix())
    if not copy and not (opened and seals.new is not None):
        return
    if file == Path(layout.SECRET_KEY) and done.old_key_removed:
        return
    (target / file).parent.mkdir(parents=True, exist_ok=True)
    if opened and seals.new is not None:
        reseal(root / file, target / file, seals)
        done.media += 1
    else:
        shutil.copy2(root / file, target / file, follow_symlinks=False)


def _files(root: Path) -> Iterator[Path]:
    """Yield all files of a folder, relative to it, but what unfinished writers left; links are not followed."""
    hidden = Workplace(root, inside=True).names
    for name, folders, files in os.walk(root):
        folder = Path(name)
        folders[:] = sorted(set(folders) - hidden)
        links = [one for one in folders if (folder / one).is_symlink()]
        for file in sorted([*files, *links]):
            if file not in hidden and not (file.startswith(".") and file.endswith(PARTIAL_SUFFIX)):
                yield (folder / file).relative_to(root)


def _opens(path: Path, key: str | None) -> bool:
    if key is None or path.is_symlink() or not path.is_file() or not layout.is_datum_file(path):
        return False
    with BytesSource(path) as source:
        head = read_head(source)
        if not head.header.HasField("encryption"):
            return False
        try:
            unlock(head, key, source)
        except WrongKeyError:
            return False
    return True


def _holds(path: Path, key: str | None) -> bool:
    try:
        return key is not None and read_key_file(path) == key
    except InvalidKeyError:
        return False

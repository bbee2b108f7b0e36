"""Whole datasets with another key, with one, or without: every kind of media, and what only a later version knows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb import messages
from datumpb.codec.media_files import media_files
from datumpb.container.reseal import Seals
from datumpb.dataset.media_change import MediaChange
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.rekey import change_key_of_file, change_key_of_folder
from tests.support.forge import Forge
from tests.support.media_kinds import WORDS, media_items, refs_of
from tests.support.pictures import contents
from tests.support.samples import KEY, OTHER_KEY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    (tmp_path / "sources").mkdir()
    categories = dp.Categories.from_labels(["SECRETLABEL-cat", "SECRETLABEL-dog"])
    dataset = dp.Dataset.from_iterable(media_items(tmp_path / "sources"), categories=categories)
    dataset.export(tmp_path / "plain", "datumpb", save_media=True)
    return tmp_path / "plain"


def read(path: Path, key: str | None) -> list[tuple[str, list[bytes]]]:
    options = {} if key is None else {"encryption_key": key}
    items = dp.Dataset.import_from(path, "datumpb", **options)
    return [(item.id, [ref.read() for ref in refs_of(item) if ref.path or ref.data]) for item in items]


def test_every_kind_of_media_there_and_back(plain: Path) -> None:
    before, items = contents(plain), read(plain, None)
    done = change_key_of_folder(plain, None, Seals(None, KEY))
    assert read(plain, KEY) == items
    assert (done.files, done.media, done.missing) == (["annotations/SECRETSUBSET.datum"], len(before) - 1, 0)
    assert not [word for word in WORDS if any(word.encode() in data for data in contents(plain).values())]
    again = change_key_of_folder(plain, None, Seals(KEY, OTHER_KEY))
    assert read(plain, OTHER_KEY) == items
    assert again.media == done.media
    change_key_of_folder(plain, None, Seals(OTHER_KEY, None))
    assert contents(plain) == before


def test_it_is_what_an_encrypting_export_writes(plain: Path, tmp_path: Path) -> None:
    exported = tmp_path / "exported"
    dataset = dp.Dataset.import_from(plain, "datumpb")
    dataset.export(exported, "datumpb", save_media=True, encryption=True, encryption_key=KEY)
    change_key_of_folder(plain, None, Seals(None, KEY))
    of_two = [list(dp.Dataset.import_from(path, "datumpb", encryption_key=KEY)) for path in (plain, exported)]
    assert of_two[0] == of_two[1]
    assert contents(plain).keys() == contents(exported).keys()


def test_what_a_later_version_wrote_into_items_stays(tmp_path: Path) -> None:
    item = messages.Item(id="a")
    item.media.image.file.path = "images/train/a.png"
    for part in (item, item.media, item.media.image, item.media.image.file):
        part.MergeFromString(b"\x9a\x7d\x05later")
    batch = messages.ItemBatch(items=[item])
    batch.MergeFromString(b"\x9a\x7d\x05later")
    (tmp_path / "images" / "train").mkdir(parents=True)
    (tmp_path / "images" / "train" / "a.png").write_bytes(b"content")
    change = MediaChange(tmp_path, tmp_path / "out", Seals(None, KEY))
    changed = change(batch.SerializeToString())
    batch.items[0].media.image.file.encrypted = True
    assert changed == batch.SerializeToString(deterministic=True)
    assert change(batch.SerializeToString(deterministic=True)) == changed
    assert changed.count(b"later") == 5


def test_a_block_without_media_stays_the_same_object(tmp_path: Path) -> None:
    body = messages.ItemBatch(items=[messages.Item(id="a")]).SerializeToString()
    assert MediaChange(tmp_path, tmp_path, Seals(None, KEY))(body) is body


def test_files_that_the_old_key_opens_get_the_new_one_whoever_refers_to_them(plain: Path) -> None:
    change_key_of_folder(plain, None, Seals(None, KEY))
    (plain / ".unknown").mkdir()
    kept = plain / ".unknown" / "media.bin"
    kept.write_bytes(next((plain / "images").rglob("*.jpg")).read_bytes())
    other = plain / "annotations" / "notes"
    other.write_bytes(Forge([[dp.Item("of another key")]], key=dp.generate_key()).make())
    before = other.read_bytes()
    change_key_of_folder(plain, None, Seals(KEY, OTHER_KEY))
    assert other.read_bytes() == before
    moved = plain / "here.datum"
    kept.rename(moved)
    change_key_of_file(moved, None, Seals(OTHER_KEY, KEY))


def test_a_dataset_that_is_encrypted_in_part_is_refused(plain: Path) -> None:
    (plain / "annotations" / "val.datum").write_bytes(Forge([[dp.Item("a")]], dp.Meta("val"), KEY).make())
    before = contents(plain)
    for seals in (Seals(None, OTHER_KEY), Seals(KEY, OTHER_KEY), Seals(KEY, None)):
        with pytest.raises(dp.KeyProblemError):
            change_key_of_folder(plain, None, seals)
        assert contents(plain) == before


def test_media_that_is_not_what_its_item_means_is_refused(plain: Path) -> None:
    file = next((plain / "images").rglob("*.jpg"))
    file.write_bytes(file.read_bytes() + b"!")
    before = contents(plain)
    with pytest.raises(dp.MediaMismatchError):
        change_key_of_folder(plain, None, Seals(None, KEY))
    assert contents(plain) == before


def test_media_are_not_looked_for_outside(plain: Path, tmp_path: Path) -> None:
    file = next((plain / "images").rglob("*.jpg"))
    (tmp_path / "outside").write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(tmp_path / "outside")
    with pytest.raises(dp.MediaPathError, match="out of the dataset"):
        change_key_of_folder(plain, None, Seals(None, KEY))
    assert (tmp_path / "outside").read_bytes()


def test_links_are_copied_as_links(plain: Path, tmp_path: Path) -> None:
    (plain / "link").symlink_to("annotations")
    (plain / "file").symlink_to("dataset_meta.json")
    change_key_of_folder(plain, tmp_path / "out", Seals(None, KEY))
    assert (tmp_path / "out" / "link").readlink().name == "annotations"
    assert (tmp_path / "out" / "file").is_symlink()
    assert read(tmp_path / "out", KEY) == read(plain, None)


def test_leftovers_are_not_copied(plain: Path, tmp_path: Path) -> None:
    (plain / ".train.datum.12345678.partial").write_bytes(b"half")
    change_key_of_folder(plain, tmp_path / "out", Seals(None, KEY))
    assert not list((tmp_path / "out").glob(".*"))


def test_a_failure_at_the_end_changes_nothing(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: OutputFolder) -> None:
        raise OSError(28, "No space left on device")

    before = contents(plain)
    monkeypatch.setattr(OutputFolder, "_commit", fail)
    with pytest.raises(OSError, match="No space"):
        change_key_of_folder(plain, None, Seals(None, KEY))
    assert contents(plain) == before
    assert not list(plain.glob(".*"))


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_modes_are_kept(plain: Path) -> None:
    files = [path for path in plain.rglob("*") if path.is_file()]
    for file in files:
        file.chmod(0o640)
    for seals in (Seals(None, KEY), Seals(KEY, OTHER_KEY), Seals(OTHER_KEY, None)):
        change_key_of_folder(plain, None, seals)
        assert {file.stat().st_mode & 0o777 for file in files} == {0o640}


def test_a_folder_without_annotations(tmp_path: Path) -> None:
    with pytest.raises(dp.DatasetError, match="no annotation files"):
        change_key_of_folder(tmp_path, None, Seals(None, KEY))


def test_flags_of_missing_media_after_decryption_are_those_of_plain_ones(plain: Path) -> None:
    change_key_of_folder(plain, None, Seals(None, KEY))
    file = next((plain / "images").rglob("*.jpg"))
    file.unlink()
    done = change_key_of_folder(plain, None, Seals(KEY, None))
    assert done.missing == 1
    with dp.DatumReader(plain / "annotations" / "SECRETSUBSET.datum") as reader:
        assert not any(ref.encrypted for message in reader.messages() for ref in media_files(message))

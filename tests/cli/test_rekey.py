"""`datumpb rekey`, `encrypt` and `decrypt`: what comes out, what stays, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]
    Tree = Callable[[Path], dict[str, bytes]]


def items(path: Path, key: str | None = None) -> list[tuple[str, bytes]]:
    """Return the ids of all items with the bytes of their pictures."""
    options = {} if key is None else {"encryption_key": key}
    dataset = dp.Dataset.import_from(path, "datumpb", **options)
    found = []
    for item in dataset:
        assert isinstance(item.media, dp.Image)
        assert item.media.file is not None
        found.append((item.id, item.media.file.read()))
    return found


@pytest.fixture
def key_file(tmp_path: Path, key: str) -> Path:
    file = tmp_path / "old.key"
    file.write_text(key)
    return file


def test_rekey_in_place(datumpb: Run, encrypted: Path, key: str, key_file: Path, tmp_path: Path, tree: Tree) -> None:
    before, old = items(encrypted, key), tree(encrypted)
    (encrypted / "notes.txt").write_text("mine")
    new = tmp_path / "new.key"
    outcome = datumpb("rekey", encrypted, "--key-file", key_file, "--new-key-file", new)
    assert (outcome.status, outcome.out) == (
        0,
        f"{encrypted}: 1 annotation file, 3 media files: encrypted with the new key\n",
    )
    assert f"a new key was written to {new}" in outcome.err
    assert new.stat().st_mode & 0o777 == 0o600
    assert items(encrypted, new.read_text()) == before
    after = tree(encrypted)
    assert after.pop("notes.txt") == b"mine"
    assert after.keys() == old.keys()
    assert all(after[name] != old[name] for name in old)
    with pytest.raises(dp.WrongKeyError):
        items(encrypted, key)


def test_rekey_with_a_key_that_exists(datumpb: Run, encrypted: Path, key_file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.key"
    assert datumpb("keygen", "-o", new).status == 0
    outcome = datumpb("rekey", encrypted, "--key-file", key_file, "--new-key-file", new)
    assert (outcome.status, outcome.err) == (0, "")
    assert datumpb("verify", encrypted, "--key-file", new).status == 0


def test_rekey_elsewhere_takes_everything_else_along(
    datumpb: Run, encrypted: Path, key: str, other_key: str, tmp_path: Path, tree: Tree
) -> None:
    (encrypted / "sub").mkdir()
    (encrypted / "sub" / "notes.txt").write_text("mine")
    (encrypted / "secret_key.txt").write_text(key)
    before = tree(encrypted)
    out = tmp_path / "out"
    outcome = datumpb("rekey", encrypted, "-o", out, "--encryption-key", key, "--new-encryption-key", other_key)
    assert outcome.status == 0
    assert tree(encrypted) == before
    assert items(out, other_key) == items(encrypted, key)
    assert tree(out).keys() == before.keys() - {"secret_key.txt"}
    assert (out / "sub" / "notes.txt").read_text() == "mine"
    assert datumpb("rekey", encrypted, "-o", out, "--encryption-key", key, "--new-encryption-key", key).status != 0


def test_without_a_new_key_one_is_made_in_the_place_of_the_old(datumpb: Run, encrypted: Path, key: str) -> None:
    file = encrypted / "secret_key.txt"
    file.write_text(key)
    before = items(encrypted, key)
    outcome = datumpb("rekey", encrypted, "--key-file", file)
    assert outcome.status == 0
    assert "held the old key" in outcome.err
    assert file.read_text() != key
    assert file.stat().st_mode & 0o777 == 0o600
    assert items(encrypted, file.read_text()) == before


def test_a_key_of_something_else_is_never_overwritten(
    datumpb: Run, encrypted: Path, key: str, other_key: str, tree: Tree
) -> None:
    (encrypted / "secret_key.txt").write_text(other_key)
    before = tree(encrypted)
    outcome = datumpb("rekey", encrypted, "--encryption-key", key)
    assert "another key" in outcome.error
    assert tree(encrypted) == before


def test_there_and_back_is_the_same_byte_for_byte(datumpb: Run, plain: Path, tmp_path: Path, tree: Tree) -> None:
    before = tree(plain)
    first, second = tmp_path / "first.key", tmp_path / "second.key"
    assert datumpb("encrypt", plain, "--key-file", first).status == 0
    between = tree(plain)
    assert between.keys() == before.keys()
    assert not any(content in between.values() for content in before.values())
    assert datumpb("verify", plain, "--key-file", first).status == 0
    assert datumpb("rekey", plain, "--key-file", first, "--new-key-file", second).status == 0
    outcome = datumpb("decrypt", plain, "--key-file", second)
    assert (outcome.status, outcome.err) == (0, "")
    assert tree(plain) == before


def test_encrypt_makes_a_key_in_the_folder(datumpb: Run, plain: Path) -> None:
    before = items(plain)
    outcome = datumpb("encrypt", plain)
    assert outcome.status == 0
    assert "whoever has the folder has the key" in outcome.err
    file = plain / "secret_key.txt"
    assert items(plain, file.read_text()) == before
    assert datumpb("decrypt", plain, "--key-file", file).status == 0
    assert not file.exists()
    assert items(plain) == before


def test_media_may_stay_plain(datumpb: Run, plain: Path, key: str, tree: Tree) -> None:
    before, pictures = items(plain), {name: data for name, data in tree(plain).items() if name.startswith("images")}
    assert datumpb("encrypt", plain, "--no-media-encryption", "--encryption-key", key).status == 0
    assert {name: data for name, data in tree(plain).items() if name.startswith("images")} == pictures
    assert items(plain, key) == before


def test_missing_media_are_told_and_stay_as_they_were_meant(datumpb: Run, plain: Path, key: str) -> None:
    picture = plain / "images" / "train" / "b c.png"
    content = picture.read_bytes()
    picture.unlink()
    outcome = datumpb("encrypt", plain, "--encryption-key", key)
    assert "1 media file that items refer to are not there" in outcome.err
    picture.write_bytes(content)
    assert (("b c", content)) in items(plain, key)


def test_encrypted_files_that_nothing_refers_to_are_told(datumpb: Run, encrypted: Path, key: str) -> None:
    source = encrypted / "images" / "train" / "a.png"
    (encrypted / "extra.bin").write_bytes(source.read_bytes())
    outcome = datumpb("decrypt", encrypted, "--encryption-key", key)
    assert (outcome.status, "extra.bin" in outcome.err) == (0, True)


@pytest.mark.parametrize("single", [False, True])
def test_refusals(
    datumpb: Run, encrypted: Path, plain: Path, key: str, other_key: str, tree: Tree, single: bool
) -> None:
    before = tree(encrypted), tree(plain)
    secret, clear = (
        (encrypted / "annotations" / "train.datum", plain / "annotations" / "train.datum")
        if single
        else (encrypted, plain)
    )
    new = ("--new-encryption-key", other_key)
    assert "wrong key" in datumpb("rekey", secret, "--encryption-key", other_key, "--new-encryption-key", key).error
    assert "the old one" in datumpb("rekey", secret, "--encryption-key", key, "--new-encryption-key", key).error
    assert "Give the old one" in datumpb("rekey", secret, *new).error
    assert "not encrypted" in datumpb("rekey", clear, "--encryption-key", key, *new).error
    assert "not encrypted" in datumpb("decrypt", clear, "--encryption-key", key).error
    assert "takes the key" in datumpb("decrypt", secret).error
    assert "encrypted already" in datumpb("encrypt", secret, "--encryption-key", key).error
    assert "no such file" in datumpb("encrypt", encrypted / "none", "--encryption-key", key).error
    assert (tree(encrypted), tree(plain)) == before


def test_a_single_file(datumpb: Run, plain: Path, key: str, other_key: str, tmp_path: Path) -> None:
    file, out, again = (plain / "annotations" / "train.datum"), tmp_path / "one.datum", tmp_path / "again.datum"
    assert datumpb("encrypt", file, "-o", out, "--encryption-key", key).status == 0
    assert datumpb("rekey", out, "--encryption-key", key, "--new-encryption-key", other_key).status == 0
    assert datumpb("decrypt", out, "-o", again, "--encryption-key", other_key).status == 0
    assert again.read_bytes() == file.read_bytes()
    assert "is there already" in datumpb("encrypt", file, "-o", again, "--encryption-key", key).error
    assert datumpb("encrypt", file, "-o", again, "--overwrite", "--encryption-key", key).status == 0
    assert datumpb("encrypt", file).status == 2


def test_a_single_file_whose_media_have_the_same_key(datumpb: Run, encrypted: Path, key: str, other_key: str) -> None:
    file = encrypted / "annotations" / "train.datum"
    for arguments in (("rekey", "--new-encryption-key", other_key), ("decrypt",)):
        outcome = datumpb(arguments[0], file, "--encryption-key", key, *arguments[1:])
        assert "name the dataset's folder" in outcome.error


def test_a_damaged_file_is_not_sealed_anew(datumpb: Run, encrypted: Path, key: str, tmp_path: Path, tree: Tree) -> None:
    picture = encrypted / "images" / "train" / "é.png"
    data = bytearray(picture.read_bytes())
    data[-60] ^= 1
    picture.write_bytes(data)
    before = tree(encrypted)
    new = tmp_path / "new.key"
    outcome = datumpb("rekey", encrypted, "--encryption-key", key, "--new-key-file", new)
    assert str(picture.name) in outcome.error
    assert tree(encrypted) == before
    assert new.exists()  # kept, and taken by the next try: nothing can be encrypted with a key that is gone


def test_an_output_inside_of_the_dataset(datumpb: Run, plain: Path, key: str) -> None:
    assert "inside of the dataset" in datumpb("encrypt", plain, "-o", plain / "out", "--encryption-key", key).error

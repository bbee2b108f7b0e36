from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.support.samples import flipped
from tests.support.walker import split

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run: TypeAlias = Callable[..., Outcome]


def document(outcome: Outcome) -> dict[str, Any]:
    found = json.loads(outcome.out)
    assert isinstance(found, dict)
    assert found["sound"] is (outcome.status == 0)
    return found


def train_file(folder: Path) -> Path:
    return folder / "annotations" / "train.datum"


def damage(file: Path, record: int) -> int:
    """Flip a bit in the middle of a record; return the record's offset."""
    data = file.read_bytes()
    records = split(data)
    offset = sum(map(len, records[:record]))
    file.write_bytes(flipped(data, 8 * (offset + len(records[record]) // 2)))
    return offset


def test_a_sound_dataset(datumpb: Run, plain: Path) -> None:
    outcome = datumpb("verify", plain)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.endswith("\nok\n")
    found = document(datumpb("verify", plain, "--json"))
    assert (found["complete"], found["items"], found["faults"], found["media"]) == (True, 3, [], None)
    assert found["files"][0]["annotations"] == 3


def test_every_fault_is_listed_with_its_place_and_what_is_affected(datumpb: Run, plain: Path) -> None:
    file = train_file(plain)
    block, trailer = damage(file, 3), damage(file, -1)
    found = document(datumpb("verify", file, "--json"))
    assert [fault["offset"] for fault in found["faults"]] == [block, file.stat().st_size - 48]
    assert trailer > 0
    assert found["faults"][0]["affects"] == "record 3: 3 items from 0 to 2"
    assert {fault["path"] for fault in found["faults"]} == {str(file)}
    outcome = datumpb("verify", file)
    assert (outcome.status, outcome.err) == (1, "")
    assert f"{file} at byte {block}, " in outcome.out
    assert outcome.out.endswith("\ndamaged: 2 faults\n")


def test_without_the_key_it_says_how_far_it_went(datumpb: Run, encrypted: Path, key: str) -> None:
    outcome = datumpb("verify", encrypted)
    assert outcome.status == 0
    assert "\nok, as far as framing, order and checksums tell: give the key" in outcome.out
    found = document(datumpb("verify", encrypted, "--json"))
    assert (found["complete"], found["items"]) == (False, None)
    found = document(datumpb("verify", encrypted, "--json", "--media", "--encryption-key", key))
    assert (found["complete"], found["items"], found["media"]["checked"]) == (True, 3, 3)


def test_damage_is_found_without_the_key(datumpb: Run, encrypted: Path) -> None:
    offset = damage(train_file(encrypted), 3)
    outcome = datumpb("verify", encrypted)
    assert outcome.status == 1
    assert f"at byte {offset}" in outcome.out
    assert "damaged: 1 fault, as far as" in outcome.out


def test_media_that_are_missing_or_changed(datumpb: Run, plain: Path) -> None:
    pictures = plain / "images" / "train"
    (pictures / "a.png").unlink()
    (pictures / "b c.png").write_bytes(b"something else")
    assert datumpb("verify", plain).status == 0
    found = document(datumpb("verify", plain, "--media", "--json"))
    assert (found["media"]["checked"], found["media"]["missing"]) == (1, 1)
    assert {fault["path"]: fault["affects"] for fault in found["faults"]} == {
        "images/train/a.png": "the media of item 'a'",
        "images/train/b c.png": "the media of item 'b c'",
    }


@pytest.mark.parametrize("with_key", [False, True])
def test_encrypted_media_with_and_without_the_key(datumpb: Run, encrypted: Path, key: str, with_key: bool) -> None:
    damage(encrypted / "images" / "train" / "a.png", 3)
    options = ["--encryption-key", key] if with_key else []
    outcome = datumpb("verify", encrypted, "--media", *options)
    assert outcome.status == 1
    assert outcome.out.count("a.png") == 1
    found = document(datumpb("verify", encrypted, "--media", "--json", *options))
    assert found["media"]["checked"] == 2


def test_an_encrypted_media_file_alone(datumpb: Run, encrypted: Path, key: str) -> None:
    file = encrypted / "images" / "train" / "a.png"
    assert datumpb("verify", file).status == 0
    assert datumpb("verify", file, "--encryption-key", key).out.endswith("\nok\n")
    damage(file, 3)
    assert datumpb("verify", file, "--encryption-key", key).status == 1


def test_a_media_file_in_the_place_of_annotations(datumpb: Run, encrypted: Path, key: str) -> None:
    train_file(encrypted).write_bytes((encrypted / "images" / "train" / "a.png").read_bytes())
    outcome = datumpb("verify", encrypted, "--encryption-key", key)
    assert outcome.status == 1
    assert "expected annotations, the file holds a media file" in outcome.out


def test_a_file_of_another_subset(datumpb: Run, plain: Path) -> None:
    train_file(plain).rename(plain / "annotations" / "val.datum")
    outcome = datumpb("verify", plain)
    assert outcome.status == 1
    assert "val.datum: the file holds the subset 'train'" in outcome.out
    assert datumpb("verify", plain / "annotations" / "val.datum").status == 0


def test_a_dataset_of_another_format(datumpb: Run, coco: Path) -> None:
    assert datumpb("verify", coco).out.endswith("\nok\n")
    (coco / "images" / "train" / "a.png").unlink()
    assert datumpb("verify", coco).status == 0
    (coco / "annotations" / "instances_train.json").write_text('{"images": [], "annotations": [{"id": 1')
    assert datumpb("verify", coco).status == 1


def test_what_could_not_run(datumpb: Run, plain: Path, encrypted: Path, key: str, other_key: str) -> None:
    assert "wrong key" in datumpb("verify", encrypted, "--encryption-key", other_key).error_of(2)
    assert "not encrypted" in datumpb("verify", plain, "--encryption-key", key).error_of(2)
    datumpb("verify", plain / "none").error_of(2)
    assert datumpb("verify", plain, "--deep").status == 2

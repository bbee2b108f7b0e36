from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.cli.keys import Key, chosen_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

COMMANDS = ["info", "cat", "verify"]


@pytest.mark.parametrize("command", COMMANDS)
def test_key_from_option_file_and_environment(
    datumpb: Run, encrypted: Path, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    file = tmp_path / "my.key"
    file.write_text(key + "\n")
    expected = datumpb(command, encrypted, "--encryption-key", key)
    assert expected.status == 0
    assert datumpb(command, encrypted, "--key-file", file) == expected
    monkeypatch.setenv("DATUMPB_ENCRYPTION_KEY", key)
    assert datumpb(command, encrypted) == expected


def test_options_come_before_the_environment(
    datumpb: Run, encrypted: Path, key: str, other_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "my.key"
    file.write_text(key)
    monkeypatch.setenv("DATUMPB_ENCRYPTION_KEY", other_key)
    assert "wrong key" in datumpb("cat", encrypted).error
    assert datumpb("cat", encrypted, "--encryption-key", key).status == 0
    assert datumpb("cat", encrypted, "--key-file", file).status == 0


def test_an_empty_variable_is_no_key(datumpb: Run, plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATUMPB_ENCRYPTION_KEY", "")
    assert datumpb("cat", plain).status == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_both_options_are_a_usage_error(datumpb: Run, encrypted: Path, key: str, tmp_path: Path, command: str) -> None:
    outcome = datumpb(command, encrypted, "--encryption-key", key, "--key-file", tmp_path / "my.key")
    assert outcome.status == 2
    assert key not in outcome.err


@pytest.mark.parametrize("command", ["cat", "verify"])
def test_a_key_for_a_plain_dataset_is_refused(datumpb: Run, plain: Path, coco: Path, key: str, command: str) -> None:
    for path in (plain, plain / "annotations" / "train.datum", coco):
        error = datumpb(command, path, "--encryption-key", key).error_of(2 if command == "verify" else 1)
        assert str(path) in error
        assert "encrypted" in error


def test_a_missing_key_names_the_options(datumpb: Run, encrypted: Path, tmp_path: Path) -> None:
    for command in (["cat", encrypted], ["convert", "-i", encrypted, "-o", tmp_path / "out", "-f", "coco"]):
        error = datumpb(*command).error
        assert "train.datum" in error
        assert "--key-file" in error
        assert "--encryption-key" in error
        assert "$DATUMPB_ENCRYPTION_KEY" in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("damage", [lambda key: key[:-2], lambda key: key + "A", lambda key: key[:9] + "!" + key[10:]])
def test_a_bad_key_is_never_echoed(
    datumpb: Run,
    encrypted: Path,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[str], str],
) -> None:
    bad = damage(key)
    file = tmp_path / "my.key"
    file.write_text(bad)
    by_option = datumpb("cat", encrypted, "--encryption-key", bad)
    by_file = datumpb("cat", encrypted, "--key-file", file)
    monkeypatch.setenv("DATUMPB_ENCRYPTION_KEY", bad)
    by_variable = datumpb("cat", encrypted)
    origins = {"--encryption-key": by_option, "my.key": by_file, "DATUMPB_ENCRYPTION_KEY": by_variable}
    for origin, outcome in origins.items():
        assert origin in outcome.error
        assert bad[10:40] not in outcome.err


def test_a_key_in_the_wrong_place_is_not_echoed(datumpb: Run, plain: Path, key: str) -> None:
    for arguments in (
        [key],
        ["cat", key],
        ["cat", plain, key],
        ["cat", plain, "--key-file", key],
        ["info", plain, f"--{key}"],
    ):
        outcome = datumpb(*arguments)
        assert outcome.status in (1, 2)
        assert key[6:-1] not in outcome.err + outcome.out


def test_a_key_file_that_cannot_be_read(datumpb: Run, encrypted: Path, tmp_path: Path) -> None:
    assert "no-such" in datumpb("cat", encrypted, "--key-file", tmp_path / "no-such").error
    assert str(tmp_path) in datumpb("cat", encrypted, "--key-file", tmp_path).error


def test_the_text_of_a_key_object_hides_the_key(key: str) -> None:
    chosen = chosen_key(key, None)
    assert chosen == Key(key, "--encryption-key")
    assert key not in repr(chosen)

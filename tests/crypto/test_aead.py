from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from datumpb.crypto.aead import FileKey, TagMismatchError, new_salt

KEY = bytes(range(0x20))
SALT = bytes(range(0x20, 0x40))
RECORD_KEY = bytes.fromhex("ac8ec98415c6cf1c5dec686b8a247b5c232e51bec13cbcc32d07b6faa071c261")
COMMITMENT = bytes.fromhex("3aef7dd20d531ce753435a3ec97efcd6fdca9e59fe9cd7c2c69de7a430f7e01e")


def test_the_keys_of_a_file_are_those_of_the_vector() -> None:
    file_key = FileKey.derive(KEY, SALT)
    assert file_key.commitment == COMMITMENT
    nonce, ciphertext = file_key.seal(b"body", b"associated")
    assert AESGCM(RECORD_KEY).decrypt(nonce, ciphertext, b"associated") == b"body"
    assert file_key.open(b"n" * 12, AESGCM(RECORD_KEY).encrypt(b"n" * 12, b"else", b"a"), b"a") == b"else"


def test_only_the_right_commitment_is_one() -> None:
    file_key = FileKey.derive(KEY, SALT)
    assert file_key.committed_to(COMMITMENT)
    for other in (b"", COMMITMENT[:-1], COMMITMENT + b"\0", bytes(32), bytes([COMMITMENT[0] ^ 1]) + COMMITMENT[1:]):
        assert not file_key.committed_to(other)
    assert not FileKey.derive(KEY, bytes(32)).committed_to(COMMITMENT)
    assert not FileKey.derive(bytes(32), SALT).committed_to(COMMITMENT)


def test_every_nonce_is_new_and_has_12_bytes() -> None:
    file_key = FileKey.derive(KEY, SALT)
    nonces = [file_key.seal(b"same", b"")[0] for _ in range(200)]
    assert len(set(nonces)) == 200
    assert {len(nonce) for nonce in nonces} == {12}


def test_what_was_changed_does_not_open() -> None:
    file_key = FileKey.derive(KEY, SALT)
    nonce, ciphertext = file_key.seal(b"body", b"associated")
    assert len(ciphertext) == 4 + 16
    assert file_key.open(nonce, ciphertext, b"associated") == b"body"
    changes = [
        (bytes([nonce[0] ^ 1]) + nonce[1:], ciphertext, b"associated"),
        (nonce, ciphertext[:-1] + bytes([ciphertext[-1] ^ 128]), b"associated"),
        (nonce, ciphertext[:-1], b"associated"),
        (nonce, ciphertext, b"associateD"),
    ]
    for change in changes:
        with pytest.raises(TagMismatchError) as caught:
            file_key.open(*change)
        assert caught.value.args == ()


def test_salts_are_new_and_have_32_bytes() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}


def test_nothing_shows_a_key() -> None:
    assert RECORD_KEY.hex() not in repr(FileKey.derive(KEY, SALT))
    assert repr(RECORD_KEY)[2:-1] not in repr(FileKey.derive(KEY, SALT))

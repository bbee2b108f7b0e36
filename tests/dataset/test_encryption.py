"""Everything of a dataset is encrypted, every kind of media with it, and nothing can be swapped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.messages import Codec, file_descriptor_set
from tests.support.media_kinds import LABELS, WORDS, media_items, refs_of
from tests.support.samples import KEY, OTHER_KEY, one_line
from tests.support.walker import walk

if TYPE_CHECKING:
    from collections.abc import Callable

    Export = Callable[..., Path]

PLACES = {
    "image": ["images/{s}/{i}/image.jpg"],
    "inline": [],
    "cloud": [
        "point_clouds/{s}/{i}/cloud.pcd",
        "images/{s}/{i}/cloud/extra_image_0.png",
        "images/{s}/{i}/cloud/extra_image_1.png",
    ],
    "video": ["videos/{s}/{i}/video.mp4"],
    "frame-0": ["videos/{s}/SECRETPATH-shared.mp4"],
    "frame-7": ["videos/{s}/SECRETPATH-shared.mp4"],
    "stack": ["images/{s}/{i}/stack.tiff"],
    "slices": ["images/{s}/{i}/slices/frame_0.png", "images/{s}/{i}/slices/frame_1.png"],
    "generic": ["media/{s}/{i}/generic.wav"],
    "row-0": ["tables/{s}/SECRETPATH-table.csv"],
    "row-1": ["tables/{s}/SECRETPATH-table.csv"],
    "annotated": ["masks/{s}/{i}/annotated/2.png", "masks/{s}/{i}/annotated/3.png"],
}


@pytest.fixture
def source(tmp_path: Path) -> list[dp.Item]:
    (tmp_path / "source").mkdir()
    return media_items(tmp_path / "source")


@pytest.fixture
def export(tmp_path: Path, source: list[dp.Item]) -> Export:
    def write(name: str = "out", **options: Any) -> Path:  # noqa: ANN401 -- as `export` has them
        dataset = dp.Dataset.from_iterable(source, infos={"a": "SECRETINFO"}, categories=LABELS)
        losses = dataset.export(tmp_path / name, "datumpb", save_media=True, **options)
        assert not losses
        return tmp_path / name

    return write


def media_files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "annotations" and path.suffix != ".txt"
    ]


@pytest.mark.parametrize("encryption", [False, True])
def test_every_file_has_its_place_and_comes_back(source: list[dp.Item], export: Export, encryption: bool) -> None:
    options: dict[str, Any] = {"encryption": True, "encryption_key": KEY} if encryption else {}
    out = export(**options)
    read = {"encryption_key": KEY} if encryption else {}
    dataset = dp.Dataset.import_from(out, **read)
    expected = set()
    for before in source:
        kind = before.id.split("/")[1]
        after = dataset.get(before.id)
        assert after is not None
        places = [place.format(s="SECRETSUBSET", i="SECRETID") for place in PLACES[kind]]
        refs = refs_of(after)
        assert [ref.path for ref in refs if ref.data is None] == places
        assert [ref.read() for ref in refs] == [ref.read() for ref in refs_of(before)]
        assert all(ref.encrypted is encryption for ref in refs if ref.data is None)
        expected |= set(places)
    assert {path.relative_to(out).as_posix() for path in media_files(out)} == expected


def test_no_plaintext_is_in_any_file(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    # Compression would hide words, too.
    for module in ("record", "block_cutter"):
        monkeypatch.setattr(f"datumpb.container.{module}.compress", lambda body: (Codec.CODEC_NONE, body))
    plain = export("plain")
    every = b"".join(path.read_bytes() for path in plain.rglob("*") if path.is_file())
    for word in WORDS:
        assert word.encode() in every
    out = export(encryption=True, encryption_key=KEY)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) == 14
    for path in files:
        data = path.read_bytes()
        assert b"SECRET" not in data
        assert KEY.encode() not in data
        assert bytes(range(32)) not in data


def test_every_encrypted_file_opens_without_our_code(source: list[dp.Item], export: Export) -> None:
    out = export(encryption=True, encryption_key=KEY)
    walked = walk((out / "annotations" / "SECRETSUBSET.datum").read_bytes(), KEY)
    assert [item.id for item in walked.items] == [item.id for item in source]
    bodies = set()
    for path in media_files(out):
        media = walk(path.read_bytes(), KEY, file_descriptor_set())
        assert media.meta.path == path.relative_to(out).as_posix()
        assert media.media.startswith(b"SECRETMEDIA of ")
        bodies.add(media.media)
    assert len(bodies) == len(media_files(out)) == 13


def test_media_may_stay_plain(source: list[dp.Item], export: Export) -> None:
    out = export(encryption=True, encryption_key=KEY, no_media_encryption=True)
    assert all(b"SECRETMEDIA" in path.read_bytes() for path in media_files(out))
    assert b"SECRET" not in (out / "annotations" / "SECRETSUBSET.datum").read_bytes()
    for before, after in zip(source, dp.Dataset.import_from(out, encryption_key=KEY), strict=True):
        assert [ref.read() for ref in refs_of(after)] == [ref.read() for ref in refs_of(before)]


def test_a_new_key_is_written_for_the_owner_only(export: Export) -> None:
    out = export(encryption=True)
    path = out / "secret_key.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    key = path.read_text()
    assert len(key) == 50
    assert len(list(dp.Dataset.import_from(out, encryption_key=key))) == 12
    other = export("other", encryption=True)
    assert (other / "secret_key.txt").read_text() != key


def test_a_new_key_may_be_written_elsewhere(tmp_path: Path, export: Export) -> None:
    out = export(encryption=True, key_file=tmp_path / "my.key")
    assert not (out / "secret_key.txt").exists()
    assert len(list(dp.Dataset.import_from(out, encryption_key=(tmp_path / "my.key").read_text()))) == 12
    assert (tmp_path / "my.key").stat().st_mode & 0o777 == 0o600


def test_a_given_key_is_not_written(export: Export) -> None:
    out = export(encryption=True, encryption_key=KEY.encode())
    assert not (out / "secret_key.txt").exists()
    assert len(list(dp.Dataset.import_from(out, encryption_key=KEY))) == 12


def test_a_key_file_is_not_left_where_the_export_failed(tmp_path: Path, source: list[dp.Item]) -> None:
    bad = dp.Dataset.from_iterable([*source, dp.Item("bad", "../bad")])
    with pytest.raises(dp.InvalidItemError):
        bad.export(tmp_path / "out", "datumpb", encryption=True, key_file=tmp_path / "my.key")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_a_key_is_never_overwritten(tmp_path: Path, export: Export) -> None:
    (tmp_path / "my.key").write_text("mine")
    with pytest.raises(dp.OutputExistsError) as caught:
        export(encryption=True, key_file=tmp_path / "my.key")
    one_line(caught.value, tmp_path / "my.key")
    assert (tmp_path / "my.key").read_text() == "mine"
    assert not (tmp_path / "out").exists()
    out = export(encryption=True)
    key = (out / "secret_key.txt").read_text()
    with pytest.raises(dp.OutputExistsError) as caught:
        export(encryption=True, overwrite=True)
    one_line(caught.value, out / "secret_key.txt")
    assert (out / "secret_key.txt").read_text() == key
    assert len(list(dp.Dataset.import_from(out, encryption_key=key))) == 12


@pytest.mark.parametrize(
    "options",
    [
        {"no_media_encryption": True},
        {"encryption_key": KEY},
        {"key_file": "my.key"},
        {"encryption": True, "encryption_key": KEY, "key_file": "my.key"},
    ],
)
def test_options_that_contradict_each_other(tmp_path: Path, export: Export, options: dict[str, Any]) -> None:
    with pytest.raises(dp.OptionError) as caught:
        export(**options)
    one_line(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("key", ["", "datum-", KEY + "A", KEY[:-1] + "!", b"\xff" * 50])
def test_what_is_no_key(tmp_path: Path, export: Export, key: str | bytes) -> None:
    with pytest.raises(dp.InvalidKeyError) as caught:
        export(encryption=True, encryption_key=key)
    one_line(caught.value)
    assert not (tmp_path / "out").exists()
    out = export()
    with pytest.raises(dp.InvalidKeyError):
        dp.Dataset.import_from(out, encryption_key=key)


def use_all(out: Path, key: str | None) -> None:
    for item in dp.Dataset.import_from(out, "datumpb", **({} if key is None else {"encryption_key": key})):
        for ref in refs_of(item):
            ref.read()


@pytest.mark.parametrize(("key", "error"), [(None, dp.MissingKeyError), (OTHER_KEY, dp.WrongKeyError)])
def test_keys_that_do_not_fit(export: Export, key: str | None, error: type[Exception]) -> None:
    out = export(encryption=True, encryption_key=KEY)
    with pytest.raises(error) as caught:
        use_all(out, key)
    one_line(caught.value, out)


def test_a_key_for_a_plain_dataset_is_an_error(export: Export) -> None:
    out = export()
    with pytest.raises(dp.UnexpectedKeyError) as caught:
        use_all(out, KEY)
    one_line(caught.value, out)


def test_annotations_replaced_by_plain_ones_are_refused(export: Export) -> None:
    out, plain = export(encryption=True, encryption_key=KEY), export("plain")
    name = Path("annotations", "SECRETSUBSET.datum")
    (out / name).write_bytes((plain / name).read_bytes())
    with pytest.raises(dp.UnexpectedKeyError):
        use_all(out, KEY)


def test_every_media_file_replaced_by_anything_else_is_refused(export: Export) -> None:
    out, plain, other = export(encryption=True, encryption_key=KEY), export("plain"), export("other", encryption=True)
    files = media_files(out)
    whole = {path: path.read_bytes() for path in files}
    use_all(out, KEY)
    for path in files:
        place = path.relative_to(out)
        another = next(body for file, body in whole.items() if file != path)
        for wrong in ((plain / place).read_bytes(), (other / place).read_bytes(), another, b"", whole[path][:-1]):
            path.write_bytes(wrong)
            with pytest.raises(dp.MediaMismatchError) as caught:
                use_all(out, KEY)
            one_line(caught.value, path)
        path.write_bytes(whole[path])
    use_all(out, KEY)


def test_an_older_version_of_a_media_file_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"

    def write(body: bytes) -> Path:
        picture.write_bytes(body)
        item = dp.Item("a", media=dp.Image.from_file(str(picture)))
        dp.Dataset.from_iterable([item]).export(
            tmp_path / "out", "datumpb", save_media=True, encryption=True, encryption_key=KEY, overwrite=True
        )
        return tmp_path / "out" / "images" / "default" / "a.jpg"

    old = write(b"old picture").read_bytes()
    path = write(b"new picture")
    use_all(tmp_path / "out", KEY)
    path.write_bytes(old)
    with pytest.raises(dp.MediaMismatchError, match="checksum"):
        use_all(tmp_path / "out", KEY)


def test_subsets_that_were_swapped_are_refused(tmp_path: Path) -> None:
    items = [dp.Item("a", "train"), dp.Item("b", "val")]
    dp.Dataset.from_iterable(items).export(tmp_path / "out", "datumpb", encryption=True, encryption_key=KEY)
    folder = tmp_path / "out" / "annotations"
    (folder / "train.datum").rename(folder / "x")
    (folder / "val.datum").rename(folder / "train.datum")
    (folder / "x").rename(folder / "val.datum")
    with pytest.raises(dp.DamagedFileError) as caught:
        len(dp.Dataset.import_from(tmp_path / "out", encryption_key=KEY))
    one_line(caught.value, folder, "renamed, or swapped")


@pytest.mark.parametrize("save_media", [False, True])
def test_a_dataset_converted_in_its_own_folder(
    tmp_path: Path,
    source: list[dp.Item],
    export: Export,
    save_media: bool,
) -> None:
    out = export(encryption=True, encryption_key=KEY)
    before = {path: path.read_bytes() for path in media_files(out)}
    dataset = dp.Dataset.import_from(out, encryption_key=KEY)
    dataset.export(out, "datumpb", save_media=save_media, overwrite=True, encryption=True, encryption_key=KEY)
    use_all(out, KEY)
    assert {path: path.read_bytes() for path in media_files(out)}.keys() == before.keys()
    again = dp.Dataset.import_from(out, encryption_key=KEY)
    for old, new in zip(source, again, strict=True):
        assert [ref.read() for ref in refs_of(new)] == [ref.read() for ref in refs_of(old)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "source"]


@pytest.mark.parametrize("options", [{}, {"encryption": True}, {"encryption": True, "encryption_key": OTHER_KEY}])
def test_another_key_in_the_same_folder_needs_the_media_too(
    source: list[dp.Item], export: Export, options: dict[str, Any]
) -> None:
    out = export(encryption=True, encryption_key=KEY)
    dataset = dp.Dataset.import_from(out, encryption_key=KEY)
    with pytest.raises(dp.OptionError, match="save media"):
        dataset.export(out, "datumpb", overwrite=True, **options)
    use_all(out, KEY)
    dataset.export(out, "datumpb", overwrite=True, save_media=True, **options)
    key = options.get("encryption_key") or ((out / "secret_key.txt").read_text() if options else None)
    assert key is None or isinstance(key, str)
    use_all(out, key)
    again = dp.Dataset.import_from(out, **({} if key is None else {"encryption_key": key}))
    assert [item.id for item in again] == [item.id for item in source]
    assert all((b"SECRETMEDIA" in path.read_bytes()) is (key is None) for path in media_files(out))

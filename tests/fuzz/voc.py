"""Any files as a PASCAL VOC dataset: XML, lists, label maps and masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats import voc
from tests.fuzz.datasets import pack, unpack, use
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.support.pictures import make
from tests.support.voc import export, folder_files, object_xml, rich_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _run(data: bytes, folder: Path) -> bool:
    unpack(data, folder)
    with OnlyTypedErrors():
        voc.detect(folder)
        return use(voc.read(folder), folder)
    return False


def _seeds(folder: Path) -> Iterator[bytes]:
    (folder / "pictures").mkdir()
    export(rich_dataset(folder), folder / "rich")
    yield pack(folder / "rich")
    size = "<size><width>15</width><height>10</height><depth>3</depth></size>"
    part = "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>"
    files = folder_files(object_xml("person", more=f"<difficult>1</difficult><pose>Left</pose>{part}"))
    del files["JPEGImages/a.jpg"]
    files["ImageSets/Main/cat_train.txt"] = "a  1\n"
    files["Annotations/a.xml"] = str(files["Annotations/a.xml"]).replace("<annotation>", f"<annotation>{size}")
    yield pack(make(folder / "hand", files))


TARGET = Target("voc", _run, _seeds)

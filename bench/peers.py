"""Whom datumpb is compared with, what they drop, and every job of theirs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """Something a user could take instead.

    Attributes:
        name: As in the table.
        environment: The folder of its virtual environment.
        distributions: What its environment is about; their versions stand in the results.
        drops: What it does not keep of a COCO JSON; empty: nothing.
    """

    name: str
    environment: str
    distributions: tuple[str, ...]
    drops: str = ""


@dataclass(frozen=True)
class Job:
    """A piece of work as one peer does it, in a process of its own.

    Attributes:
        work: What is done; jobs of the same work do the same.
        peer: Who does it.
        command: What its Python is given. FOLDER stands for the folder with all data.
        output: What it makes in there that counts as bytes of annotations, a file or a folder; the first part of this
            path is removed before every run. Empty: it makes nothing.
        whole: Whether the whole process is timed, start and imports included; else the section that it times itself.
        once: Whether one run is enough, as only bytes matter.
    """

    work: str
    peer: Peer
    command: tuple[str, ...]
    output: str = ""
    whole: bool = False
    once: bool = False


# Found by converting to it and back to COCO, and comparing.
DROPPED = "float32 coordinates; areas, info, licences, URLs, dates, category ids, order"
DATUMPB = Peer("datumpb", "datumpb", ("datumpb", "numpy", "protobuf", "zstandard"))
ENCRYPTED = Peer("datumpb, encrypted", "datumpb", ())
BINARY = Peer("datumaro_binary", "datumaro", ("datumaro", "numpy"), DROPPED)
DATUMARO = Peer("Datumaro JSON", "datumaro", (), DROPPED.replace("float32 coordinates; ", ""))
COCO = Peer("Datumaro COCO", "datumaro", (), DROPPED.replace("float32 coordinates; ", ""))
OLD = Peer("datumaro_binary 1.11", "datumaro-1.11", ("datumaro",), DROPPED)
OLD_ENCRYPTED = Peer("datumaro_binary 1.11, encrypted", "datumaro-1.11", (), DROPPED)
PYCOCOTOOLS = Peer("pycocotools", "pycocotools", ("pycocotools", "numpy"))
ORJSON = Peer("orjson + numpy", "json", ("orjson", "numpy"))
XZ = Peer("JSON xz -6", "json", ())
PARQUET = Peer("Parquet zstd", "parquet", ("pyarrow", "numpy", "orjson"))
PARQUET_19 = Peer("Parquet zstd-19", "parquet", ())
PLAIN = Peer("plain protobuf + zstd", "protobuf", ("protobuf", "zstandard", "orjson"))
BLOCKS = Peer("zstd + bare protobuf of our blocks", "protobuf", ())

CONVERT = "COCO JSON → own format"
READ_OBJECTS = "read everything as objects"
READ_MESSAGES = "read everything as messages"
BOXES = "boxes and labels as arrays"
ONE_ITEM = "one item by id, cold file"
RANDOM_ITEMS = "every item in random order, warm"  # all of them were got before, in the same process
RANDOM_ITEMS_FIRST = "every item in random order, first time"
EXPORT = "own format → COCO JSON"


def section(work: str, peer: Peer, job: str) -> Job:
    """Return a job that times a section of itself."""
    return Job(work, peer, ("-m", f"bench.jobs.{module(peer)}_jobs", job, "FOLDER"))


def script(work: str, peer: Peer, job: str, output: str, *, once: bool = False) -> Job:
    """Return a job that is timed as a whole process and makes a file or folder."""
    command = ("-m", f"bench.jobs.{module(peer)}_jobs", job, "FOLDER")
    return Job(work, peer, command, output, whole=True, once=once)


def module(peer: Peer) -> str:
    """Return where a peer's jobs are; versions of a peer share them."""
    return peer.environment.partition("-")[0]


def ours(work: str, peer: Peer, source: str, output: str, *options: str) -> Job:
    """Return a conversion by the command of datumpb."""
    target = "coco" if work == EXPORT else "datumpb"
    command = ("-m", "datumpb", "convert", "-i", f"FOLDER/{source}", "-o", f"FOLDER/{output}", "-f", target, *options)
    return Job(work, peer, command, f"{output}/annotations", whole=True)


def datumaro(peer: Peer, target: str) -> Job:
    """Return a conversion of COCO by the command of Datumaro."""
    command = ("-m", "datumaro", "convert", "-i", "FOLDER/coco", "-if", "coco", "-f", target, "-o", f"FOLDER/{target}")
    return Job(CONVERT, peer, command, f"{target}/annotations", whole=True)


# In the order in which they run: who reads a file comes behind who writes it.
JOBS = (
    ours(CONVERT, DATUMPB, "coco", "datumpb"),
    datumaro(BINARY, "datumaro_binary"),
    ours(CONVERT, ENCRYPTED, "coco", "datumpb-encrypted", "--encryption", "--key-file", "FOLDER/key.txt"),
    datumaro(DATUMARO, "datumaro"),
    script(CONVERT, OLD, "convert_plain", "datumaro-plain/annotations"),
    script(CONVERT, OLD_ENCRYPTED, "convert_encrypted", "datumaro-encrypted/annotations"),
    script(CONVERT, PARQUET, "convert", "parquet"),
    script(CONVERT, PARQUET_19, "convert_19", "parquet-19"),
    script(CONVERT, PLAIN, "convert", "protobuf"),
    script(CONVERT, XZ, "compress", "coco.json.xz", once=True),
    section(READ_OBJECTS, DATUMPB, "read_objects"),
    section(READ_OBJECTS, BINARY, "read_binary"),
    section(READ_OBJECTS, ENCRYPTED, "read_objects_encrypted"),
    section(READ_OBJECTS, DATUMARO, "read_json"),
    section(READ_OBJECTS, COCO, "read_coco"),
    section(READ_OBJECTS, OLD, "read_plain"),
    section(READ_OBJECTS, OLD_ENCRYPTED, "read_encrypted"),
    section(READ_OBJECTS, PYCOCOTOOLS, "read_objects"),
    section(READ_OBJECTS, PARQUET, "read_objects"),
    section(READ_MESSAGES, DATUMPB, "read_messages"),
    section(READ_MESSAGES, BLOCKS, "read_blocks"),
    section(READ_MESSAGES, ENCRYPTED, "read_messages_encrypted"),
    section(READ_MESSAGES, PLAIN, "read_plain"),
    section(BOXES, DATUMPB, "boxes"),
    section(BOXES, ORJSON, "boxes"),
    section(BOXES, PYCOCOTOOLS, "boxes"),
    section(BOXES, PARQUET, "boxes"),
    section(ONE_ITEM, DATUMPB, "one_item"),
    section(ONE_ITEM, BINARY, "one_item"),
    section(ONE_ITEM, ENCRYPTED, "one_item_encrypted"),
    section(ONE_ITEM, ORJSON, "one_item"),
    section(ONE_ITEM, PARQUET, "one_item"),
    section(RANDOM_ITEMS, DATUMPB, "random_items"),
    section(RANDOM_ITEMS, BINARY, "random_items"),
    section(RANDOM_ITEMS_FIRST, DATUMPB, "random_items_first"),
    section(RANDOM_ITEMS_FIRST, BINARY, "random_items_first"),
    ours(EXPORT, DATUMPB, "datumpb", "datumpb-coco"),
    script(EXPORT, BINARY, "export", "datumaro-coco/annotations"),
)

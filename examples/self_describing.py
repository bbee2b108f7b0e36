"""Prints the items of a plain .datum file as JSON, knowing nothing of its schema but what stands in the file.

Needs protobuf and zstandard: python self_describing.py FILE
"""

import sys
from pathlib import Path

import zstandard
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, proto
from google.protobuf.empty_pb2 import Empty
from google.protobuf.unknown_fields import UnknownFieldSet

KIND, CODEC, PAYLOAD, HEADER, BLOCK, ZSTD, DESCRIPTORS = 2, 4, 8, 2, 4, 2, 8  # docs/FORMAT.md, sections 4 and 6


def fields(message):  # noqa: ANN001, ANN201, D103 -- short, to be read at a glance
    return {field.field_number: field.data for field in UnknownFieldSet(message)}


pool = descriptor_pool.DescriptorPool()
with Path(sys.argv[1]).open("rb") as file:
    while record := proto.parse_length_prefixed(Empty, file):
        found = fields(record)
        body = found.get(PAYLOAD, b"")
        if found.get(CODEC) == ZSTD:
            body = zstandard.ZstdDecompressor().decompress(body)
        if found[KIND] == HEADER:
            schema = descriptor_pb2.FileDescriptorSet.FromString(fields(Empty.FromString(body))[DESCRIPTORS])
            for one in schema.file:
                pool.AddSerializedFile(one.SerializeToString())
        elif found[KIND] == BLOCK:
            batch = message_factory.GetMessageClass(pool.FindMessageTypeByName("datumpb_schema.v1.ItemBatch"))
            for item in batch.FromString(body).items:
                print(json_format.MessageToJson(item, indent=None))

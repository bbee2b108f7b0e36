"""All targets by their names."""

from __future__ import annotations

from tests.fuzz import coco, codec, container, datumaro, datumaro_binary, media, voc, yolo

TARGETS = {
    module.TARGET.name: module.TARGET
    for module in (container, codec, media, datumaro_binary, coco, voc, yolo, datumaro)
}

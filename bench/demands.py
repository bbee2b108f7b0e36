"""What datumpb must reach, and whether it does: ours ÷ theirs of one run, or ours alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bench import peers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.runner import Measurement

SOURCE = "COCO JSON"


@dataclass(frozen=True)
class Demand:
    """A limit.

    Attributes:
        work: What is done.
        against: Whom ours is divided by; None: it is not.
        limit: The most, or the least of a `rate`.
        quantity: `seconds`, `bytes`, or `rate`, which is images a second.
        ours: Who does it on our side.
    """

    work: str
    against: str | None
    limit: float
    quantity: str = "seconds"
    ours: str = peers.DATUMPB.name

    def verdict(self, measurements: Iterable[Measurement]) -> Verdict:
        """Compare with what was measured."""
        found = {(one.work, one.peer): one for one in measurements}
        values = []
        for quantity in (self.quantity, "cpu"):
            ours = quantify(found.get((self.work, self.ours)), quantity)
            theirs = quantify(found.get((self.work, self.against)), quantity) if self.against else 1.0
            values.append(ours / theirs if ours is not None and theirs else None)
        return Verdict(self, values[0], values[1] if self.quantity == "seconds" and self.against else None)


@dataclass(frozen=True)
class Verdict:
    """A demand and what was measured: by the clock, and of the processor; None: not."""

    demand: Demand
    value: float | None
    cpu: float | None

    @property
    def word(self) -> str:
        """MET, MISSED or NOT MEASURED."""
        if self.value is None:
            return "NOT MEASURED"
        enough = self.value >= self.demand.limit if self.demand.quantity == "rate" else self.value <= self.demand.limit
        return "MET" if enough else "MISSED"

    def record(self) -> dict[str, Any]:
        """Return it for the results."""
        return asdict(self.demand) | {"measured": self.value, "measured_cpu": self.cpu, "verdict": self.word}


def quantify(measurement: Measurement | None, quantity: str) -> float | None:
    """Return a quantity of a measurement, the median of its runs; None where it was not measured."""
    if measurement is None:
        return None
    if quantity == "bytes":
        return measurement.bytes
    if quantity == "rate":
        seconds = measurement.median("seconds")
        return measurement.found["images"] / seconds if seconds else None
    return measurement.median(quantity)


DEMANDS = (
    Demand(peers.CONVERT, peers.BINARY.name, 0.31, "bytes"),
    Demand(peers.CONVERT, peers.PARQUET_19.name, 0.90, "bytes"),
    Demand(peers.CONVERT, peers.XZ.name, 0.85, "bytes"),
    Demand(peers.CONVERT, SOURCE, 0.20, "bytes"),
    Demand(peers.CONVERT, peers.DATUMPB.name, 1.005, "bytes", peers.ENCRYPTED.name),
    Demand(peers.CONVERT, peers.BINARY.name, 0.30),
    Demand(peers.READ_OBJECTS, peers.BINARY.name, 0.15),
    Demand(peers.READ_MESSAGES, peers.BLOCKS.name, 1.25),
    Demand(peers.BOXES, peers.ORJSON.name, 0.35),
    Demand(peers.ONE_ITEM, peers.BINARY.name, 0.002),
    Demand(peers.RANDOM_ITEMS, None, 20_000, "rate"),
    Demand(peers.READ_MESSAGES, peers.DATUMPB.name, 1.10, ours=peers.ENCRYPTED.name),
    Demand(peers.EXPORT, peers.BINARY.name, 0.30),
)

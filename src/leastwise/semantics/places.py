"""Answer which partitions and Regions AWS has, from pinned data.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html names the partitions. The data
is botocore's, as of the version in its ``meta``; what AWS has added since is not in it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from leastwise.semantics.spelling import nearest

_DATA = Path(__file__).parent.parent / "data"

Standing: TypeAlias = Literal["known", "newer", "unknown"]
"""How a name stands to the data; ``newer``: formed as the name of a Region that may have come."""


class Places(NamedTuple):
    """Hold the Regions of each partition, and what the data was made from."""

    source: str
    partitions: dict[str, tuple[str, ...]]
    partition_of: dict[str, str]


@cache
def places() -> Places:
    """Load the pinned data once."""
    content = json.loads((_DATA / "places.json").read_text(encoding="ascii"))
    partitions = {name: tuple(regions) for name, regions in content["partitions"].items()}
    owners = {region: name for name, regions in partitions.items() for region in regions}
    return Places(content["meta"]["source"], partitions, owners)


def is_partition(name: str) -> bool:
    """Say whether a partition is known (``aws``, ``aws-cn``, ``aws-us-gov``, ...)."""
    return name in places().partitions


def partition_of_region(region: str) -> str | None:
    """Return the partition of a Region, or None when the Region is not known."""
    return places().partition_of.get(region)


def standing_of_region(region: str) -> Standing:
    """Say whether a Region is known, may be newer than the data, or is none.

    A name may be newer when it ends in a number and begins as a known one does (``eu-...-3``).
    """
    if region in places().partition_of:
        return "known"
    *words, number = region.split("-")
    shaped = len(words) >= 2 and number.isascii() and number.isdigit() and all(words)
    areas = {name.partition("-")[0] for name in places().partition_of}
    if not shaped or words[0] not in areas:
        return "unknown"
    stem = "-".join(words)
    known = {name.rpartition("-")[0] for name in places().partition_of}
    return "unknown" if stem not in known and nearest(stem, known) else "newer"


def nearest_region(region: str) -> str | None:
    """Return the known Region that is spelled most like a name, or None."""
    return nearest(region.lower(), places().partition_of)


def nearest_partition(partition: str) -> str | None:
    """Return the known partition that is spelled most like a name, or None."""
    return nearest(partition.lower(), places().partitions)

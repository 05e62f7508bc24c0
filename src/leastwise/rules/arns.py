"""What ``leastwise.iam.arns`` has, under its former name."""

from leastwise.iam.arns import (
    Pieces,
    account_of,
    in_an_account,
    is_account,
    is_open,
    joined,
    named_accounts,
    partition_of,
    resource_part,
    segments,
    sibling,
    spelled,
    with_partition,
)
from leastwise.rules.questions import UNNAMED

__all__ = [
    "UNNAMED",
    "Pieces",
    "account_of",
    "in_an_account",
    "is_account",
    "is_open",
    "joined",
    "named_accounts",
    "partition_of",
    "resource_part",
    "segments",
    "sibling",
    "spelled",
    "with_partition",
]

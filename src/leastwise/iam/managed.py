"""Look up AWS managed policies by ARN in the snapshot that comes with the package.

Not modelled: policies of AWS that are newer than the snapshot, and former versions.
"""

import zlib
from functools import cache
from pathlib import Path

from leastwise.iam.lower import lower_document
from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.iam.project import Policy
from leastwise.iam.resolution import resolution_of
from leastwise.source.text import literal_text
from leastwise.source.value import Value

SNAPSHOT = Path(__file__).parent.parent / "data" / "managed_policies.sqlite"

_HOLE = "\0"


def is_aws_managed(arn: Pattern) -> bool:
    """Say whether an ARN has the form ``arn:PARTITION:iam::aws:policy/...``."""
    return _path(arn) is not None


def managed_policy(arn: Pattern, *, snapshot: Path = SNAPSHOT) -> Policy | None:
    """Return the AWS managed policy of an ARN in any partition, None when it is not on record.

    The partition may be a symbol. The document has no places: it is in no file of the user.
    """
    path = _path(arn)
    found = None if path is None or _HOLE in path else _document(snapshot, path)
    if found is None:
        return None
    value, document = found
    return Policy(
        address=str(arn),
        attribute="policy",
        kind="identity",
        document=document,
        resolution=resolution_of(value, document),
        span=None,
        consumption="ignored",
        arn=arn,
        value=value,
        aws_managed=True,
    )


@cache
def snapshot_date(snapshot: Path = SNAPSHOT) -> str | None:
    """Return the day of the snapshot, ``YYYY-MM-DD``, None when there is none."""
    row = _row(snapshot, "SELECT value FROM meta WHERE key = ?", "data_date")
    return row if isinstance(row, str) else None


@cache
def path_of_name(name: str, *, snapshot: Path = SNAPSHOT) -> str | None:
    """Return what follows ``:policy/`` in the ARN of the AWS managed policy of a name."""
    query = (
        "SELECT path FROM policies, (SELECT ? AS name)"
        " WHERE path = name OR substr(path, -length(name) - 1) = '/' || name"
        " ORDER BY length(path), path"
    )
    row = _row(snapshot, query, name)
    return row if isinstance(row, str) else None


def _path(arn: Pattern) -> str | None:
    """Return what follows ``:policy/``; a symbol in it reads as a NUL character."""
    spelled = "".join(p if isinstance(p, str) else _HOLE for p in arn.pieces)
    parts = spelled.split(":", 5)
    if len(parts) < 6:
        return None
    scheme, partition, service, region, account, resource = parts
    known = (scheme, service, region, account) == ("arn", "iam", "", "aws")
    if not known or not (partition == _HOLE or partition.startswith("aws")):
        return None
    return resource.removeprefix("policy/") if resource.startswith("policy/") else None


@cache
def _document(snapshot: Path, path: str) -> tuple[Value, PolicyDocument] | None:
    """Read one document; the same path gives the same objects all through the process."""
    row = _row(snapshot, "SELECT document FROM policies WHERE path = ?", path)
    if not isinstance(row, bytes):
        return None
    lowered = lower_document(literal_text(zlib.decompress(row).decode()), "identity", scope="aws")
    return lowered.value, lowered.document


def _row(snapshot: Path, query: str, key: str) -> object:
    """Return the first column of the first row, None without a row or without the file."""
    import sqlite3
    from contextlib import closing

    if not snapshot.is_file():
        return None
    with closing(
        sqlite3.connect(f"{snapshot.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    ) as database:
        row: tuple[object, ...] | None = database.execute(query, (key,)).fetchone()
    return row[0] if row else None

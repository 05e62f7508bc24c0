"""Spell where the code of a workload lies: an object of a bucket, a repository of images.

A place of which a part is not known, but for what AWS makes, is none: it might be anything.
Sources: the resource types of Amazon S3 and Amazon ECR in the Service Authorization Reference, and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html for the names of images.
"""

from leastwise.iam.arns import Pieces, joined
from leastwise.iam.policy import Pattern
from leastwise.source.value import Symbol

_MADE = ("AWS makes it ", "CloudFormation invents it ")
_ANY_KEY = Symbol("workload|s3|key", "its key")


def object_arn(partition: Pieces, place: Pattern, key: Pattern | None) -> Pattern | None:
    """Return the ARN of the object with a key in a bucket that is given by name, ARN or URL."""
    first = place.pieces[0] if place.pieces else ""
    if not _is_known(place) or (isinstance(first, str) and first.startswith("http")):
        return None
    named: Pieces = place.pieces
    if isinstance(first, str) and first.startswith("arn:"):
        named = (first.rpartition(":")[2], *named[1:])
    elif isinstance(first, str):
        named = (first.removeprefix("s3://"), *named[1:])
    if key is not None and _is_known(key) and key.pieces:
        named = (*named, "/", *key.pieces)
    elif not any(isinstance(piece, str) and "/" in piece for piece in named):
        named = (*named, "/", _ANY_KEY)
    return joined(("arn:", *partition, ":s3:::", *named))


def repository_arn(partition: Pieces, image: Pattern) -> Pattern | None:
    """Return the ARN of the private repository of an image; None for one of other registries."""
    registry = _cut(image.pieces, ".dkr.ecr.")
    region = None if registry is None else _cut(registry[1], ".")
    host = None if region is None else _cut(region[1], "/")
    if registry is None or region is None or host is None or not _is_known(image):
        return None
    name = host[1]
    for mark in ("@", ":"):
        tagged = _cut(name, mark)
        name = name if tagged is None else tagged[0]
    head = ("arn:", *partition, ":ecr:", *region[0], ":", *registry[0], ":repository/")
    return joined((*head, *name))


def _is_known(place: Pattern) -> bool:
    symbols = (piece for piece in place.pieces if isinstance(piece, Symbol))
    return bool(place.pieces) and all(s.environment or s.reason.startswith(_MADE) for s in symbols)


def _cut(pieces: Pieces, mark: str) -> tuple[Pieces, Pieces] | None:
    """Split pieces where known characters have a mark for the first time."""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str) and mark in piece:
            before, _, after = piece.partition(mark)
            head = (*pieces[:index], before) if before else pieces[:index]
            return head, (after, *pieces[index + 1 :]) if after else pieces[index + 1 :]
    return None

"""What Ref and Fn::GetAtt of a resource give, by its type: rows of ``data/cfn_names.csv``.

Sources: the "Return values" section of each resource type in the AWS CloudFormation template
reference, the registry schemas, and the ARN formats of the Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/).

In a shape ``{name}`` is the name property or the name that CloudFormation invents, ``{ref}``
and ``{arn}`` are what Ref gives and the ARN, ``{path}`` is the Path property, ``{url}`` the Url
property without its scheme, ``{Property}`` any other property, ``{partition}``, ``{region}``,
``{account}`` and ``{url-suffix}`` the environment. ``{?word:GLOB}`` is a part that AWS invents,
matching ``GLOB``; one without a word is all that Ref gives. After ``!`` stands what is done with
a property: see ``evaluation.resource_names``.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).parents[3] / "data" / "cfn_names.csv"
_MOST_TYPES = 1_000
_RANDOM = 15
"""The characters of an invented name that are neither of the stack's name nor the logical id."""


class Shape(NamedTuple):
    """Say how a resource type is named; an empty shape is not known.

    ``name`` is the name property. ``invented`` says what CloudFormation invents without it: the
    longest name, then ``l`` for one in lower case, ``?`` for one that may lack the stack's name;
    empty: anything.
    """

    name: str
    invented: str
    ref: str
    arn: str
    attributes: dict[str, str]


@cache
def _text() -> str:
    return _TABLE.read_text(encoding="utf-8")


@lru_cache(_MOST_TYPES)
def shape_of(kind: str) -> Shape | None:
    """Return how a resource type is named, None for one that the table does not have."""
    # Only the row at hand is split: a template uses few of the types there are.
    start = _text().find(f"\n{kind},")
    if start == -1 or "," in kind or "\n" in kind:
        return None
    end = _text().index("\n", start + 1)
    name, invented, ref, arn, listed, _ = _text()[start + len(kind) + 2 : end].split(",")
    pairs = (one.partition("=") for one in listed.split(";") if one)
    return Shape(name, invented, ref, arn, {key: shape or "{arn}" for key, _, shape in pairs})


def invented_glob(logical_id: str, rule: str) -> str:
    """Return what the name that CloudFormation invents for a resource matches.

    A name is ``Stack-LogicalId-RANDOM``. When it would be too long, the stack's name and the
    logical id are cut, to no less than half of what is left for both.
    SOUND: over-approximates. Of a type whose rule is not known, anything may come out.
    Source: "Name type", AWS CloudFormation User Guide; how names are cut:
    https://github.com/aws-cloudformation/cloudformation-cli-java-plugin (IdentifierUtils).
    """
    limit = rule.rstrip("l?")
    if not limit:
        return "*"
    kept = logical_id[: (int(limit) - _RANDOM) // 2]
    is_whole = len(kept) == len(logical_id)
    spelled = kept.lower() if "l" in rule else kept
    return ("*" if "?" in rule else "*-") + spelled + ("-*" if is_whole else "*")


def parts_of(shape: str) -> Iterator[tuple[str, str]]:
    """Split a shape into ``("", text)`` and ``(name, glob)`` parts, in order."""
    rest = shape
    while rest:
        text, brace, rest = rest.partition("{")
        if text:
            yield "", text
        if brace:
            inner, _, rest = rest.partition("}")
            name, _, glob = inner.partition(":")
            yield name, glob

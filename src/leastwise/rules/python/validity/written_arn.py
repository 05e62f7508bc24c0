"""Read an ARN of a policy as it is written, with what is not known in it as wildcards."""

from typing import NamedTuple

from leastwise.iam.policy import Pattern, PolicyDocument
from leastwise.semantics.decide import variables_live
from leastwise.semantics.globs import has_wildcard
from leastwise.semantics.pattern import split_variables
from leastwise.source.value import Symbol

COLONS = 5
_LONGEST = 2_048
"""Characters that an ARN has at most; what is longer is not looked into."""
_PLACEHOLDERS = ("<", ">", "{", "}", "%", "$", "[", "]")
"""Characters that no ARN has, but templates of other tools, filled in before AWS sees them."""


def is_blank(part: str) -> bool:
    """Say whether a part is a word to be filled in, as people write it: ``YOUR_ACCOUNT_ID``."""
    return "_" in part and part == part.upper() and any(c.isalpha() for c in part)


class WrittenArn(NamedTuple):
    """Hold a Resource string as a glob: a symbol or policy variable is what it may be.

    ``parts`` are what stands between its first five colons. ``sure``: no unknown string that may
    itself hold colons stands before the sixth part. ``exact``: nothing in it is unknown.
    ``crosses``: a star is written at the end of a field, so that it may match past the colon.
    """

    text: str
    parts: tuple[str, ...]
    sure: bool
    exact: bool
    crosses: bool

    @property
    def is_wild(self) -> bool:
        """Say whether it has a wildcard, written or for what is not known."""
        return has_wildcard(self.text)


def is_known(part: str) -> bool:
    """Say whether a part is written out: something, without wildcards."""
    return bool(part) and not has_wildcard(part)


def written_arn(pattern: Pattern, document: PolicyDocument) -> WrittenArn | None:
    """Read a Resource entry; None where it is a template that somebody fills in."""
    live = variables_live(document)
    text, sure, exact, crosses = "", True, True, False
    for piece in pattern.pieces:
        if isinstance(piece, Symbol):
            sure = sure and not _may_hold_colons(piece, text)
            exact = False
            text += piece.glob
            continue
        plain = _without_variables(piece) if live or "${aws:" in piece else piece
        if plain is None or any(c in plain for c in _PLACEHOLDERS):
            return None
        exact = exact and plain == piece
        crosses = crosses or "*:" in piece
        text += plain
    parts = tuple(text.split(":", COLONS))
    if len(text) > _LONGEST or any(is_blank(part) for part in parts[:COLONS]):
        return None
    return WrittenArn(text, parts, sure, exact, crosses)


def _may_hold_colons(symbol: Symbol, before: str) -> bool:
    """Say whether a symbol may hold some of the colons that part an ARN.

    One whose glob has all of them is a whole ARN of a known form.
    """
    if symbol.environment or "*" not in symbol.glob:
        return False
    return before.count(":") < COLONS and symbol.glob.count(":") < COLONS


def _without_variables(text: str) -> str | None:
    """Put a wildcard for each policy variable; None: one is not closed."""
    if "${" not in text:
        return text
    parts = split_variables(text)
    spelled = "".join(p if isinstance(p, str) else "?" if len(p.key) == 1 else "*" for p in parts)
    return None if "${" in spelled else spelled

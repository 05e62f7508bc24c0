"""Say who makes the requests of a question, and what that tells of them."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.iam.project import PrincipalKind
from leastwise.semantics.automaton import join_tokens
from leastwise.semantics.pattern import Pieces, Token, arn_segments, globs_of, tokenize
from leastwise.semantics.principals import is_session
from leastwise.semantics.valuation import ACCOUNT as EXAMPLE_ACCOUNT


class Holder(NamedTuple):
    """Say who makes the requests: what kind of principal, with which ARN, when it is known."""

    kind: PrincipalKind | None = None
    arn: Pattern | None = None

    @property
    def name(self) -> Pieces:
        """Return the ARN of who makes the requests, an example where it is not known."""
        if self.arn is not None:
            return self.arn.pieces
        kind = "user" if self.kind in ("user", "group") else "role"
        return (f"arn:aws:iam::{EXAMPLE_ACCOUNT}:{kind}/example",)

    def keys(self) -> Mapping[str, Pieces | None]:
        """Return the condition keys that follow from the holder; None: never in a request.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        (section "Principal key values") and reference_policies_condition-keys.html.
        """
        return _keys(self, () if self.arn is None else globs_of(self.arn.pieces))


@lru_cache(maxsize=4096)
def _keys(holder: Holder, globs: tuple[str, ...]) -> Mapping[str, Pieces | None]:
    # INVARIANT: a cached row stands for symbols of the same globs (``globs`` is in the key).
    del globs
    found: dict[str, Pieces | None] = {}
    if holder.kind in ("role", "permission-set"):
        found["aws:username"] = None
        found["aws:principaltype"] = ("AssumedRole",)
    if holder.kind in ("user", "group"):
        found["aws:principaltype"] = ("User",)
    if holder.arn is None or holder.kind not in ("role", "user"):
        return MappingProxyType(found)
    row = tokenize(holder.arn.pieces, plain=True) or ()
    segments = arn_segments(row)
    if not is_session(row):  # whose key holds the ARN of the role, path and all
        found["aws:principalarn"] = holder.arn.pieces
    if len(segments) == 6:
        found["aws:principalaccount"] = join_tokens(segments[4])
        if holder.kind == "user":
            found["aws:username"] = join_tokens(_after_last_slash(segments[5]))
    return MappingProxyType(found)


def _after_last_slash(tokens: list[Token]) -> list[Token]:
    while "/" in tokens:
        tokens = tokens[tokens.index("/") + 1 :]
    return tokens

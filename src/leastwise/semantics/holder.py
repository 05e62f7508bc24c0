"""Say who makes the requests of a question, and what that tells of them."""

from typing import NamedTuple

from leastwise.iam.policy import Pattern
from leastwise.iam.project import PrincipalKind
from leastwise.semantics.automaton import join_tokens
from leastwise.semantics.pattern import Pieces, Token, arn_segments, tokenize
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

    def keys(self) -> dict[str, Pieces | None]:
        """Return the condition keys that follow from the holder; None: never in a request.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        (section "Principal key values") and reference_policies_condition-keys.html.
        """
        found: dict[str, Pieces | None] = {}
        if self.kind in ("role", "permission-set"):
            found["aws:username"] = None
            found["aws:principaltype"] = ("AssumedRole",)
        if self.kind in ("user", "group"):
            found["aws:principaltype"] = ("User",)
        if self.arn is None or self.kind not in ("role", "user"):
            return found
        row = tokenize(self.arn.pieces, plain=True) or ()
        segments = arn_segments(row)
        if not is_session(row):  # whose key holds the ARN of the role, path and all
            found["aws:principalarn"] = self.arn.pieces
        if len(segments) == 6:
            found["aws:principalaccount"] = join_tokens(segments[4])
            if self.kind == "user":
                found["aws:username"] = join_tokens(_after_last_slash(segments[5]))
        return found


def _after_last_slash(tokens: list[Token]) -> list[Token]:
    while "/" in tokens:
        tokens = tokens[tokens.index("/") + 1 :]
    return tokens

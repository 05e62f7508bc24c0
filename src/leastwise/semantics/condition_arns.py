"""Read the ARNs that conditions compare with."""

from leastwise.semantics.pattern import Token, Tokens, Wild, arn_segments


def condition_arn_tokens(tokens: Tokens) -> Tokens | None:
    """Bind an ARN operator's value segment by segment, case kept; None: not six segments.

    "Each of the six colon-delimited components of the ARN is checked separately":
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    segments = arn_segments(tokens)
    if len(segments) < 6:
        return None
    inside = {Wild.MANY: Wild.MANY_IN, Wild.ONE: Wild.ONE_IN}
    bound: list[Token] = []
    for row in segments[:5]:
        bound += [inside.get(t, t) if isinstance(t, Wild) else t for t in row]
        bound.append(":")
    return (*bound, *segments[5])

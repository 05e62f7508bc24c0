"""Keep to what is in the caller's own account, or in nobody's.

A statement may name resources of another account, or of AWS: what a path makes or takes over is
none of them, and whoever calls on them needs leave of their owner, too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross.html
"""

from collections.abc import Iterable
from functools import lru_cache

from leastwise.iam.arns import account_of, segments, spelled
from leastwise.iam.policy import Pattern
from leastwise.semantics.arn_formats import ArnFormat, formats_of, required_types

_FREE = "?*"
_SEVERAL = 2
_HELD_TO_EACH = "ec2:"


def own_arns(caller: Pattern, action: str) -> tuple[Pattern, ...] | None:
    """Return globs of what an action is called on in its caller's account; None: of any.

    SOUND: over-approximates; where the account of the caller is not known, any may be its own.
    """
    account = account_of(caller)
    return None if account is None else _own(account, action)


@lru_cache(maxsize=8192)
def _own(account: str, action: str) -> tuple[Pattern, ...] | None:
    return _spelled(account, formats_of(action)) or None


def _spelled(account: str, formats: Iterable[ArnFormat]) -> tuple[Pattern, ...]:
    found = [
        f"arn:*:{one.service}:{one.region}:{account if one.account else ''}:{one.path}"
        for one in formats
        if one.account in ("", _FREE)
    ]
    return tuple(Pattern((glob,)) for glob in dict.fromkeys(found))


def own_arns_by_type(caller: Pattern, action: str) -> tuple[tuple[Pattern, ...], ...]:
    """Return such globs for each type on all of which a call must be allowed, if these are several.

    An instance is launched from an image, into a subnet: a call names one of each,
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances.
    SOUND: over-approximates; for services other than EC2, one type allowed is taken to do.
    """
    if not action.startswith(_HELD_TO_EACH):
        return ()
    return _by_type(account_of(caller) or "*", action)


@lru_cache(maxsize=8192)
def _by_type(account: str, action: str) -> tuple[tuple[Pattern, ...], ...]:
    required = required_types(action)
    if len(required) < _SEVERAL:
        return ()
    formats = formats_of(action)
    rows = (_spelled(account, (f for f in formats if f.type == one)) for one in sorted(required))
    return tuple(row for row in rows if row)


def is_elsewhere(caller: Pattern, named: Pattern) -> bool:
    """Say whether a string of a Resource names another account than the caller's."""
    parts, own = segments(named), account_of(caller)
    account = spelled(parts[4]) if len(parts) == 6 else None
    if own is None or not account or "*" in account or "?" in account:
        return False
    return account != own

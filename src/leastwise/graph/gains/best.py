"""Read an access as its caller has it at best: whatever depends on the caller alone is met.

A second factor, a network, a time, TLS, and the tags of a session are the caller's own affair: who
becomes somebody else meets them as that one does. What is left are conditions on the request and
its resource, which decide what can be done. So two accesses of two callers can be compared.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from leastwise.iam.policy import Condition, Patterns, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.conditions import evaluate, key_of
from leastwise.semantics.evaluation import binding
from leastwise.semantics.holder import Holder
from leastwise.semantics.known import known_part
from leastwise.semantics.model import EffectiveAccess
from leastwise.semantics.truth import Truth

_OF_THE_REQUEST = ("aws:requesttag/", "aws:resourcetag/")
_OF_REQUESTS = frozenset(
    (
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:tagkeys",
    )
)
"""Global keys that say what is asked for; all others say who asks, from where, and when:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html."""
_OF_THE_ARN = frozenset(("aws:username", "aws:principalarn", "aws:principalaccount"))
_NOTHING = Patterns(())


def at_best(access: EffectiveAccess) -> EffectiveAccess:
    """Return an access in which everything is met that its caller may meet.

    SOUND: over-approximates what is allowed. What is not in view grants nothing, and a layer that
    is not wholly in view caps nothing.
    """
    holder = Holder(access.caller_kind, access.caller_arn)
    name = "".join(p if isinstance(p, str) else p.glob for p in holder.name)
    access = binding(access, name, favourable=True)

    def best(policy: Policy) -> Policy:
        return _best(policy, holder if _asks_for_arn(policy) else Holder(holder.kind))

    return access._replace(
        identity=tuple(best(known_part(p)) for p in access.identity),
        boundary=_cap(access.boundary, best),
        session=_cap(access.session, best),
        endpoint=_cap(access.endpoint, best),
        scps=tuple(c for row in access.scps if (c := _cap(row, best)) is not None),
        rcps=tuple(c for row in access.rcps if (c := _cap(row, best)) is not None),
        open=False,
    )


@lru_cache(maxsize=16384)
def _asks_for_arn(policy: Policy) -> bool:
    conditions = (c for s in policy.document.statements for c in s.conditions)
    return any(key_of(c) in _OF_THE_ARN for c in conditions)


def _cap(
    row: tuple[Policy, ...] | None, best: Callable[[Policy], Policy]
) -> tuple[Policy, ...] | None:
    if row is None or any(p.document.opaque is not None for p in row):
        return None
    return tuple(map(best, row))


@lru_cache(maxsize=16384)
def _best(policy: Policy, holder: Holder) -> Policy:
    rows = policy.document.statements
    found = tuple(_statement(s, holder) for s in rows)
    if all(a is b for a, b in zip(rows, found, strict=True)):
        return policy
    return replace(policy, document=replace(policy.document, statements=found))


def _statement(statement: Statement, holder: Holder) -> Statement:
    """Drop the conditions on the caller; a statement that they surely or possibly undo is empty."""
    own = [c for c in statement.conditions if is_of_caller(c)]
    if not own:
        return statement
    truths = [_truth(c, holder) for c in own]
    undone = False in truths or (statement.effect == "Deny" and None in truths)
    kept = tuple(c for c in statement.conditions if not is_of_caller(c))
    return replace(statement, conditions=kept, actions=_NOTHING if undone else statement.actions)


def is_of_caller(condition: Condition) -> bool:
    """Say whether a condition asks about the caller and its session, and nothing else."""
    key = key_of(condition)
    if key is None or key in _OF_REQUESTS or key.startswith(_OF_THE_REQUEST):
        return False
    # Tokens of identity providers have claims with a dot before the colon.
    return key.startswith("aws:") or "." in key.partition(":")[0]


def _truth(condition: Condition, holder: Holder) -> Truth:
    """Evaluate a condition for the caller; None: it may meet it or not."""
    known = holder.keys()
    key = key_of(condition)
    if key is None or key not in known:
        return None
    if any(isinstance(p, str) and "${" in p for v in condition.values for p in v.pieces):
        return None
    value = known[key]
    return evaluate(condition, None if value is None else (value,))

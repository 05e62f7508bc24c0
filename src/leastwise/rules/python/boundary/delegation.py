"""Delegation with permissions boundaries: which boundary is asked for, and where that fails.

A delegate may create roles or users and give them policies, as long as each of these calls names
one boundary: a condition on ``iam:PermissionsBoundary`` in an Allow, or its opposite in a Deny, of
the delegate's policies or of its own boundary.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from leastwise.graph.gains.granted import bits_of
from leastwise.iam.arns import joined, segments, sibling, spelled
from leastwise.iam.policy import Condition, Pattern, Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.rules.format import Ask, Combined, ContextValue
from leastwise.rules.matching import Outcome, evaluate_match
from leastwise.rules.questions import ask
from leastwise.semantics.actions import action_index
from leastwise.semantics.callers import UNNAMED
from leastwise.semantics.entries import is_literal
from leastwise.semantics.model import Answer

KEY = "iam:permissionsboundary"
NO_BOUND = ("arn:*:iam::aws:policy/AdministratorAccess", f"arn:*:iam::*:policy/a-policy-{UNNAMED}")
"""Boundaries that bind nothing: everything is allowed, or whatever the caller likes."""
STRONG = (*NO_BOUND, "arn:*:iam::aws:policy/IAMFullAccess")
"""Policies that make whoever holds them an administrator."""
KINDS = ("Role", "User")
_POSITIVE = frozenset(
    ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike")
)
_NEGATED = frozenset(
    ("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike")
)
_RANK = {"no": 0, "possible": 1, "proven": 2}


class Guard(NamedTuple):
    """Hold a statement that names a boundary in a condition, with that condition."""

    policy: Policy
    statement: Statement
    condition: Condition


class Pin(NamedTuple):
    """Hold the ARN of a boundary that a guard asks for; ``is_open``: its name has a wildcard."""

    arn: Pattern
    guard: Guard
    is_open: bool


def writes(kind: str, boundary: ContextValue, resource: str | None = None) -> tuple[Ask, ...]:
    """Return the questions whether policies can be given to a role or user with a boundary."""
    target = resource or f"any-{kind.lower()}"
    put = question(f"iam:Put{kind}Policy", target, ("iam:PermissionsBoundary", boundary))
    attach = question(
        f"iam:Attach{kind}Policy",
        target,
        ("iam:PermissionsBoundary", boundary),
        ("iam:PolicyARN", STRONG),
    )
    return put, attach


def creates(kind: str, boundary: ContextValue) -> Ask:
    """Return the question whether a role or user can be created with a boundary."""
    target = f"any-{kind.lower()}"
    return question(f"iam:Create{kind}", target, ("iam:PermissionsBoundary", boundary))


def question(action: str, resource: str, *context: tuple[str, ContextValue]) -> Ask:
    """Return the question whether an action is allowed on a resource of the rules' words."""
    return Ask(every=False, actions=(action,), resources=(resource,), context=context)


def _both(boundary: ContextValue, kinds: tuple[str, ...]) -> Combined:
    pairs = (
        Combined("one_resource", (creates(kind, boundary), write))
        for kind in kinds
        for write in writes(kind, boundary)
    )
    return Combined("any", tuple(pairs))


def unbound(case: Case) -> Outcome:
    """Say whether the subject can create something that nothing binds, and give it policies."""
    best = Outcome("no")
    if not may_call(case, *(f"iam:Create{kind}" for kind in KINDS)):
        return best
    for boundary in (None, NO_BOUND):
        # Refute quickly: one resource for both calls is looked for among many.
        created = (k for k in KINDS if ask(case, creates(k, boundary)).certainty != "no")
        kinds = tuple(created)
        if not kinds:
            continue
        outcome = evaluate_match(_both(boundary, kinds), case)
        if _RANK[outcome.certainty] > _RANK[best.certainty]:
            best = outcome
    return best


def may_call(case: Case, *actions: str) -> bool:
    """Refute quickly: say whether some statement names an action, its conditions aside."""
    asked = 0
    for action in actions:
        asked |= action_index().bits(action)
    return any(
        bits_of(statement) & asked or not is_literal(statement.actions)
        for policy in case.access.identity
        for statement in policy.document.statements
        if statement.effect == "Allow"
    )


def guards(case: Case, *actions: str) -> tuple[Guard, ...]:
    """List the conditions that ask for a boundary when one of some actions is called."""
    index = action_index()
    asked = 0
    for action in actions or ("iam:Create*", "iam:Put*", "iam:Attach*"):
        asked |= index.bits(action)
    return tuple(g for g in _guards(case) if bits_of(g.statement) & asked)


def _guards(case: Case) -> Iterator[Guard]:
    for policy in (*case.access.identity, *(case.access.boundary or ())):
        for statement in policy.document.statements:
            yield from (Guard(policy, statement, c) for c in conditions(statement))


def conditions(statement: Statement) -> list[Condition]:
    """List the conditions of a statement on the boundary that a call names."""
    return [c for c in statement.conditions if c.key_name == KEY]


def pins(case: Case) -> tuple[Pin, ...]:
    """List the boundaries that guards ask for, each once, in file order."""
    found: dict[Pattern, Pin] = {}
    for guard in guards(case):
        wanted = _POSITIVE if guard.statement.effect == "Allow" else _NEGATED
        if guard.condition.operator.name not in wanted:
            continue
        for value in guard.condition.values:
            pin = _pin(case, value, guard)
            if pin is not None:
                found.setdefault(pin.arn, pin)
    return tuple(found.values())


def _pin(case: Case, value: Pattern, guard: Guard) -> Pin | None:
    """Read the value of a guard; an account that it leaves open is the subject's own."""
    parts = segments(value)
    if len(parts) != 6:
        whole = replace(value, origin=None)
        return Pin(whole, guard, is_open=False) if value.literal is None else None
    name = "".join(piece for piece in parts[5] if isinstance(piece, str))
    if "${" in name or not name.startswith("policy/"):
        return None
    account = spelled(parts[4])
    arn = replace(value, origin=None)
    if account is not None and ("*" in account or "${" in account or "?" in account):
        own = segments(sibling(case.self_arn, ""))
        row = [*parts[:4], own[4], parts[5]]
        pieces = [p for i, part in enumerate(row) for p in ((":",) * (i > 0) + part)]
        arn = joined(tuple(pieces))
    return Pin(arn, guard, is_open="*" in name or "?" in name)


def why(case: Case, answers: Iterable[Answer]) -> tuple[str, Condition | None]:
    """Say why what ought to be guarded is allowed, and the condition that fails; empty: no guard.

    The conditions of the statements that allow it are looked at first, in the order of answers.
    """
    for answer in answers:
        for deciding in granting_of(answer):
            for condition in conditions(deciding):
                reason = _weakness(condition, answer)
                if reason:
                    return reason, condition
    actions = [a.witness.action for a in answers if a.witness is not None]
    for guard in guards(case, *actions):
        if guard.statement.effect == "Deny":
            return f"the Deny with {spelled_operator(guard.condition)} does not stop it", None
        return "a second statement allows it without the condition", None
    return "", None


def granting_of(answer: Answer) -> list[Statement]:
    """List the Allow statements that decide an answer, those of a boundary too."""
    found = (d.policy.document.statements[d.statement] for d in answer.deciding)
    return [s for s in found if s.effect == "Allow"]


def _weakness(condition: Condition, answer: Answer) -> str:
    operator = condition.operator
    named = dict(answer.witness.context).get(KEY, ()) if answer.witness is not None else ()
    if not named:
        if operator.name == "Null":
            return "Null asks that the call names no boundary"
        return f"{spelled_operator(condition)} also holds when the call names no boundary"
    if any(value.literal == named[0] for value in condition.values):
        return "AdministratorAccess as the boundary allows everything"
    if operator.name in _NEGATED:
        return f"{spelled_operator(condition)} lets in every other policy"
    if operator.name == "Null":
        return "any policy will do as the boundary"
    values = " or ".join(repr(str(v)) for v in condition.values[:2])
    return f"the boundary may be any policy that matches {values}"


def spelled_operator(condition: Condition) -> str:
    """Spell the operator of a condition as AWS does."""
    operator = condition.operator
    lead = f"{operator.quantifier}:" if operator.quantifier else ""
    return f"{lead}{operator.name}{'IfExists' if operator.if_exists else ''}"


def decides(outcome: Outcome, other: Answer) -> bool:
    """Say whether a statement that lets an outcome happen allows the other answer too."""
    first = {id(s) for a in outcome.answers for s in granting_of(a)}
    return any(id(s) in first for s in granting_of(other))


def is_guarded(answer: Answer) -> bool:
    """Say whether a statement that allows it names a boundary in a condition."""
    return any(conditions(s) for s in granting_of(answer))

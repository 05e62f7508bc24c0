"""Cut policies to what rules may rest on, keeping the places of statements.

A document that is not in view may grant anything; a finding that rests on that alone would be
made of every such principal by every rule. Those documents are listed as not in view instead.
"""

from dataclasses import replace
from functools import lru_cache

from leastwise.iam.policy import Pattern, Patterns, PolicyDocument, Statement
from leastwise.iam.project import Policy
from leastwise.semantics.decide import WHOLE_DOCUMENT
from leastwise.semantics.model import Answer, Deciding

_NOTHING = Patterns(())
_COLONS = 5
"""Colons of an ARN of IAM."""


@lru_cache(maxsize=16384)
def known_part(policy: Policy) -> Policy:
    """Return the policy without what is wholly unknown; the same object when nothing is.

    SOUND: under-approximates what is granted. Statement indexes stay as they are.
    """
    document = policy.document
    statements = tuple(_known_statement(s) for s in document.statements)
    if document.opaque is None and all(
        a is b for a, b in zip(statements, document.statements, strict=True)
    ):
        return policy
    return replace(policy, document=replace(document, statements=statements, opaque=None))


def _known_statement(statement: Statement) -> Statement:
    if statement.effect == "Unknown":
        return replace(statement, effect="Allow", actions=_NOTHING)
    if statement.effect == "Deny" or statement.actions.negated:
        return statement
    actions = statement.actions
    known = tuple(glob for glob in actions.globs if has_words(glob))
    if known == actions.globs and actions.tail is None:
        return statement
    return replace(statement, actions=replace(actions, globs=known, tail=None))


def has_words(pattern: Pattern) -> bool:
    """Say whether a pattern starts with known characters: it names something at all."""
    return bool(pattern.pieces) and isinstance(pattern.pieces[0], str)


def rests_on_unknown_name(answer: Answer) -> bool:
    """Say whether a grant counts only where a string that is not known at all is the right one."""
    return any(d.resource is not None and not has_words(d.resource) for d in answer.deciding)


def rests_on_a_colon(answer: Answer) -> bool:
    """Say whether a grant on a role counts only where a string within its ARN holds a colon.

    Neither accounts nor the names and paths of roles hold one:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return answer.witness is not None and answer.witness.resource.count(":") > _COLONS


@lru_cache(maxsize=8192)
def denies_of(policy: Policy) -> Policy | None:
    """Return the Deny statements of a policy as one of its own, or None when it has none.

    SOUND: a document that is not in view is taken to deny nothing.
    """
    denies = tuple(s for s in policy.document.statements if s.effect == "Deny")
    if not denies:
        return None
    return replace(policy, document=replace(policy.document, statements=denies, opaque=None))


def only_statement(policy: Policy, index: int) -> Policy:
    """Return the policy with one Allow statement and all Deny statements, in their places."""
    kept = tuple(
        s if s.effect == "Deny" or i == index else replace(s, actions=_NOTHING)
        for i, s in enumerate(policy.document.statements)
    )
    return replace(policy, document=replace(policy.document, statements=kept))


def restored(answer: Answer, policy: Policy, part: Policy) -> Answer:
    """Return an answer that names ``policy`` where it was asked of ``part``, a cut of it."""
    deciding = tuple(d._replace(policy=policy) if d.policy is part else d for d in answer.deciding)
    return answer._replace(deciding=deciding)


def is_unseen(document: PolicyDocument) -> bool:
    """Say whether nothing of a document is known."""
    return document.opaque is not None and not document.statements


def in_place(answer: Answer, policy: Policy) -> Answer:
    """Return an answer about another policy that says the same, with the places of this one."""
    rows = policy.document.statements
    return answer._replace(
        deciding=tuple(
            one._replace(policy=policy)
            if one.statement == WHOLE_DOCUMENT
            else _in_place(one, policy, rows[one.statement])
            for one in answer.deciding
        )
    )


def _in_place(one: Deciding, policy: Policy, statement: Statement) -> Deciding:
    resources = statement.resources.globs if statement.resources is not None else ()
    return one._replace(
        policy=policy,
        action=_equal(one.action, statement.actions.globs),
        resource=_equal(one.resource, resources),
    )


def _equal(found: Pattern | None, among: tuple[Pattern, ...]) -> Pattern | None:
    return next((glob for glob in among if glob == found), found)

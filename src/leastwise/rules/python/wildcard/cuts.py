"""One Allow statement of a policy with all that denies, so that it can be asked about alone."""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from leastwise.iam.policy import Statement
from leastwise.iam.project import Policy
from leastwise.rules.cases import Case
from leastwise.semantics.model import Answer, EffectiveAccess

STATEMENTS = 128
"""Statements of one policy that are asked about one by one; AWS's quota leaves room for fewer."""


class Cut(NamedTuple):
    """Hold a statement as a policy of its own; ``kept`` are the places of what is in ``part``."""

    statement: Statement
    access: EffectiveAccess
    policy: Policy
    part: Policy
    kept: tuple[int, ...]

    def restored(self, answer: Answer) -> Answer:
        """Return an answer to a question put to ``access`` as one of the policy's own."""
        deciding = tuple(
            d._replace(policy=self.policy, statement=self.kept[d.statement])
            if d.policy is self.part
            else d
            for d in answer.deciding
        )
        return answer._replace(deciding=deciding)


def statements(case: Case) -> list[tuple[int, Statement]]:
    """List the Allow statements of a policy case, with their places, as far as effort goes."""
    document = case.access.identity[0].document if case.access.identity else None
    rows = enumerate(document.statements if document is not None else ())
    return [(index, one) for index, one in rows if one.effect == "Allow"][:STATEMENTS]


def cut(case: Case, index: int) -> Cut:
    """Cut the policy of a case down to one statement, and to what denies."""
    policy = case.access.identity[0]
    part, kept = _part(policy, index)
    access = case.access._replace(identity=(part, *case.access.identity[1:]))
    return Cut(policy.document.statements[index], access, policy, part, kept)


@lru_cache(maxsize=256)
def _part(policy: Policy, index: int) -> tuple[Policy, tuple[int, ...]]:
    """Return the one policy that several rules ask about, so that it is looked into once."""
    rows = enumerate(policy.document.statements)
    kept = tuple(i for i, s in rows if i == index or s.effect == "Deny")
    document = replace(
        policy.document, statements=tuple(policy.document.statements[i] for i in kept)
    )
    return replace(policy, document=document), kept

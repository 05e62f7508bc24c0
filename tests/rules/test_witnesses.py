"""What rules show is so: the reference evaluator allows every witness.

``decide`` knows nothing of rules, patterns or search; it evaluates one request.
"""

import pytest
from tests.rules.worked import configured, examples, load, tree_of

from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import judged
from leastwise.semantics.decide import decide
from leastwise.semantics.model import EffectiveAccess

RULES = {rule.info.id: rule for rule in catalogue()}
WRITTEN = ("document", "credential")
"""Subjects whose findings are shown by their place, not by a request."""


def shown_by_requests(expect):
    return [
        worked
        for worked in examples()
        if worked.data["expect"] == expect and RULES[worked.rule].info.subject not in WRITTEN
    ]


def drafts_of(worked):
    rule = RULES[worked.rule]
    config = configured(worked.data)
    tree, declared = tree_of(worked, rule.info.subject), rule.needs == "declared"
    project = load(tree, config, worked.data.get("kind"), declared=declared)
    return [draft for one in judged(project, config, (rule,)) for draft in one.drafts]


def access_of(draft, answer):
    """Return what an answer is about: the case, with the trust policy of a role that is assumed.

    A rule may ask about another document than its subject's, as about a boundary.
    """
    access = draft.case.access
    trust = () if access.trust is None else (access.trust,)
    held = (*access.identity, *(access.boundary or ()), *trust)
    for one in answer.deciding:
        if one.layer in ("trust", "resource") and access.trust is None:
            return access._replace(resource=one.policy)
        if not any(one.policy is policy for policy in held):
            return EffectiveAccess(identity=(one.policy,))
    return access


@pytest.mark.parametrize("worked", shown_by_requests("fail"), ids=lambda worked: worked.id)
def test_a_witness_is_allowed(worked):
    drafts = drafts_of(worked)
    assert drafts
    for draft in drafts:
        for answer in draft.finding.answers:
            if answer.certainty != "proven" or answer.witness is None:
                continue
            access = access_of(draft, answer)
            assert decide(answer.witness, access, "for").outcome == "allowed", answer.witness

"""What rules show is so: the reference evaluator allows every witness, and grants none elsewhere.

``decide`` knows nothing of rules, patterns or search; it evaluates one request.
"""

import pytest
from tests.rules.worked import SUBJECT, configured, examples, load, tree_of

from leastwise.rules.catalogue import catalogue
from leastwise.rules.engine import judged
from leastwise.rules.format import Ask
from leastwise.rules.subjects import subjects
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


def is_of_some_request(match):
    """Say whether a match holds as soon as one request is allowed."""
    if isinstance(match, Ask):
        return not match.every
    return match.how == "any" and all(is_of_some_request(part) for part in match.parts)


def rules_of_some_request():
    return [
        rule
        for rule in catalogue()
        if rule.grades and all(is_of_some_request(grade.match) for grade in rule.grades)
    ]


@pytest.mark.parametrize("rule", rules_of_some_request(), ids=lambda rule: rule.info.id)
def test_no_witness_of_a_rule_is_allowed_where_it_is_to_be_silent(rule):
    """Put what one example shows to another: it is in the rule's set, so it must be refused."""
    mine = [w for w in examples() if w.rule == rule.info.id and w.form == "statements"]
    shown = {
        answer.witness
        for worked in mine
        if worked.data["expect"] == "fail"
        for draft in drafts_of(worked)
        for answer in draft.finding.answers
    }
    asked = 0
    for worked in (w for w in mine if w.data["expect"] == "pass"):
        config = configured(worked.data)
        project = load(tree_of(worked, rule.info.subject), config)
        cases = [c for c in subjects(project, config) if c.kind == rule.info.subject]
        for case in (c for c in cases if c.subject.address.endswith(f"/{SUBJECT}")):
            for witness in shown:
                asked += 1
                assert decide(witness, case.access, "against").outcome != "allowed", worked.id
    assert asked

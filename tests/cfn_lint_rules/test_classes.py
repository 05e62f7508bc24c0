"""Ids for cfn-lint: each rule has one number for good."""

from leastwise import cfn_lint_rules
from leastwise.cfn_lint_rules.classes import number_name, numbered_rules, rule_classes
from leastwise.rules.catalogue import catalogue

RELEASED = {
    "team": 9001,
    "analysis": 9400,
    "wildcard/admin": 9501,
    "wildcard/service-admin": 9502,
    "wildcard/resource-on-write": 9503,
    "wildcard/passrole-any": 9504,
    "wildcard/not-action-allow": 9505,
    "wildcard/not-resource-allow": 9506,
    "trust/wildcard-principal": 9601,
    "trust/oidc-open-sub": 9602,
    "trust/cross-account-no-externalid": 9603,
    "boundary/missing-on-create": 9701,
    "escalation/iam-create-policy-version": 9801,
    "escalation/iam-attach-or-put-policy-self": 9802,
    "escalation/iam-create-role-and-attach": 9803,
    "escalation/passrole-lambda-create-invoke": 9804,
}
"""What people have written into their settings: entries are added here, never changed."""


def test_numbers_that_were_given_stay():
    numbers = numbered_rules()
    assert {rule: numbers[rule] for rule in RELEASED} == RELEASED


def test_every_rule_has_a_number_and_but_for_paths_one_of_its_own():
    numbers = numbered_rules()
    assert {rule.info.id for rule in catalogue() if rule.path is None} <= set(numbers)
    assert {number_name(rule, numbers) for rule in catalogue()} <= set(numbers)
    assert len(set(numbers.values())) == len(numbers)


def test_paths_keep_the_number_they_had_and_else_share_that_of_their_category():
    numbers = numbered_rules()
    named = {rule.info.id: number_name(rule, numbers) for rule in catalogue()}
    assert numbers[named["escalation/iam-create-policy-version"]] == 9801
    assert numbers[named["escalation/iam-create-role-inline"]] == 9803
    assert numbers[named["escalation/existing-glue-update-job"]] == 9809
    assert numbers[named["escalation/passrole-braket-job"]] == 9807
    assert numbers[named["escalation/iam-create-access-key"]] == 9810
    shared = next(made for made in rule_classes() if made.id == "E9807")
    assert shared.shortdesc == "Principal can have a service act as a stronger role"
    assert "escalation/passrole-braket-job" in shared.source_rules
    assert "escalation/passrole-lambda-create-invoke" not in shared.source_rules


def test_groups_have_blocks_of_a_hundred():
    blocks = {(name.partition("/")[0], number // 100) for name, number in numbered_rules().items()}
    assert len(blocks) == len({group for group, _ in blocks}) == len({block for _, block in blocks})


def test_each_level_that_a_rule_can_have_is_a_class_of_the_module():
    classes = {made.id: made for made in rule_classes()}
    assert {"E9501", "W9501", "I9501", "W9503", "I9503"} <= set(classes)
    assert "E9503" not in classes
    assert set(classes) <= set(vars(cfn_lint_rules))


def test_no_grade_is_above_its_rule():
    order = ("note", "warning", "error")
    for rule in catalogue():
        for grade in rule.grades:
            assert order.index(grade.level) <= order.index(rule.info.level), rule.info.id


def test_cfn_lint_is_told_what_a_rule_is_about():
    made = next(made for made in rule_classes() if made.id == "E9501")
    assert made.shortdesc
    assert made.source_url.endswith("/docs/rules/wildcard/admin.md")
    assert made().severity == "error"
    assert "leastwise" in made.tags

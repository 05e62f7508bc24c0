import json

from tests.reporters.samples import ADMIN, EXTERNAL_ID, PASS_ROLE

from leastwise.reporters.rules_list import as_json, as_text


def test_text_lists_rules_in_order():
    rules = (ADMIN, EXTERNAL_ID._replace(status="preview", default=False), PASS_ROLE)
    assert as_text(rules) == (
        "escalation/passrole-lambda-create-invoke  error    Allow handing any role to a new Lambda function\n"
        "\n"
        "trust/cross-account-no-externalid  warning  Allow another account to assume a role without an external id (preview, off by default)\n"
        "\n"
        "wildcard/admin  error    Allow every action on every resource\n"
    )
    assert as_text(()) == ""


def test_text_sets_families_of_a_large_group_apart():
    rules = [
        PASS_ROLE._replace(id=f"escalation/{w}-{n}") for w in ("iam", "sts") for n in range(31)
    ]
    sections = as_text(rules).split("\n\n")
    assert [section.splitlines()[0].split()[0] for section in sections] == [
        "escalation/iam-0",
        "escalation/sts-0",
    ]


def test_json_holds_all_that_a_rule_says_of_itself():
    rules = json.loads(as_json((ADMIN, EXTERNAL_ID)))
    assert [rule["id"] for rule in rules] == ["trust/cross-account-no-externalid", "wildcard/admin"]
    assert rules[1] == {
        "id": "wildcard/admin",
        "title": "Allow every action on every resource",
        "level": "error",
        "subject": "principal",
        "security_severity": 9.3,
        "status": "stable",
        "default": True,
        "since": "0.1.0",
        "rationale": "Whoever holds this principal holds the account.",
        "remediation": "Grant the actions that the job needs, or detach the policy.",
        "references": ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
        "cwe": ["CWE-269", "CWE-250"],
        "tags": ["privilege"],
        "aliases": ["checkov:CKV_AWS_62"],
        "help_uri": "https://github.com/leastwise/leastwise/blob/main/docs/rules/wildcard/admin.md",
    }

"""What a proof refuses, on proposals that no fix would make."""

from tests.fixes.worked import ADMIN, BILLING, IAM, POWER, attachment, checked, role

from leastwise.api.check import bench
from leastwise.fixes.detach import detach
from leastwise.fixes.prove import prove, proved
from leastwise.source.edit import Applicability, Edit, Fix
from leastwise.source.span import Span

ROLE = role("a")
DENY = """\
resource "aws_iam_role_policy" "guard" {
  role   = aws_iam_role.a.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "iam:*", Resource = "*" }] })
}
"""


def refusal(text: str, old: str, new: str) -> str:
    """Say why replacing a piece of the text is no fix of its first finding."""
    setup, outcome = checked({"main.tf": text})
    findings = outcome.report.findings
    start = text.index(old)
    edit = Edit(Span("main.tf", start, start + len(old)), new.encode())
    place = bench(setup, outcome.loaded, outcome.judged)
    proposal = Fix("change it", (edit,), Applicability.UNSAFE)
    proof = prove(place, [proposal], findings[:1])
    (fix,) = proved(place, findings[:1], [proposal])
    assert (fix is None) == bool(proof.refusal)
    return proof.refusal


def test_edit_that_changes_nothing_of_it_is_refused():
    text = ROLE + attachment("one", "a", ADMIN)
    assert refusal(text, 'name = "a"', 'name =  "a"') == (
        "wildcard/admin would still be found at aws_iam_role.a"
    )


def test_attaching_another_policy_instead_must_be_narrower():
    text = ROLE + attachment("one", "a", ADMIN)
    assert refusal(text, ADMIN, BILLING) == ""
    text = ROLE + attachment("one", "a", POWER)
    assert refusal(text, POWER, ADMIN).startswith("aws_iam_role.a: its policies would allow iam:")


def test_taking_a_deny_away_too_is_refused():
    text = ROLE + attachment("one", "a", POWER) + DENY
    assert refusal(text, text[len(ROLE) :], "") == (
        "aws_iam_role.a: its policies would no longer deny iam:AttachRolePolicy"
        " on arn:aws:iam::123456789012:role/example"
    )


def test_text_that_does_not_parse_is_refused():
    text = ROLE + attachment("one", "a", ADMIN)
    assert refusal(text, f'"{ADMIN}"', '"') == "python-hcl2 would not read the edited main.tf"


def test_reference_that_dangles_is_refused():
    text = ROLE + attachment("one", "a", ADMIN)
    assert refusal(text, "aws_iam_role.a.name", "aws_iam_role.gone.name") == (
        "the edited text has a new problem: aws_iam_role.gone is not declared"
    )


def test_file_that_is_gone_is_refused():
    setup, outcome = checked({"main.tf": ROLE + attachment("one", "a", ADMIN)})
    place = bench(setup, outcome.loaded, outcome.judged)
    proposal = Fix("x", (Edit(Span("gone.tf", 0, 1), b""),), Applicability.UNSAFE)
    proof = prove(place, [proposal], outcome.report.findings)
    assert proof.refusal == "there is no file 'gone.tf'"


def test_several_fixes_are_proved_together():
    text = ROLE + role("b") + attachment("one", "a", ADMIN) + attachment("two", "b", IAM)
    setup, outcome = checked({"main.tf": text})
    findings = [f for f in outcome.report.findings if f.rule == "wildcard/admin"]
    fixes = [fix for finding in findings for fix in finding.fixes]
    assert len(fixes) == 2
    proof = prove(bench(setup, outcome.loaded, outcome.judged), fixes, findings)
    assert (proof.refusal, proof.remaining, proof.display_only) == ("", (), False)


def test_finding_of_a_trust_policy_has_no_detachment():
    trusting = role("a").replace('Service = "ec2.amazonaws.com"', 'AWS = "*"')
    _, outcome = checked({"main.tf": trusting})
    assert [(f.rule, detach(f)) for f in outcome.report.findings] == [
        ("trust/wildcard-principal", None)
    ]

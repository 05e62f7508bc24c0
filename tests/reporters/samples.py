"""Hand-made reports over sources in memory, shared by the tests of all reporters."""

from leastwise.iam.project import NotInView, Occurrence, Root
from leastwise.reporters.model import Presentation
from leastwise.rules.model import (
    Also,
    Finding,
    Related,
    Report,
    RuleInfo,
    Silenced,
    Step,
    Subject,
    Summary,
)
from leastwise.semantics.model import Answer, Caller, Request
from leastwise.source.diagnostic import Diagnostic
from leastwise.source.edit import Applicability, Edit, Fix
from leastwise.source.span import Span, source_file
from leastwise.source.tree import MemoryTree

CI = """\
resource "aws_iam_role_policy" "ci_deploy" {
  role = aws_iam_role.ci_deploy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]
      Resource = "*"
    }]
  })
}
"""
APP = """\
resource "aws_iam_role" "app_admin" {
  name = "app-admin"
}

resource "aws_iam_role_policy_attachment" "app_admin" {
  role       = aws_iam_role.app_admin.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}

output "app_admin" {
  value = aws_iam_role.app_admin.arn
}
"""
TREE = MemoryTree({"ci/roles.tf": CI.encode(), "app/roles.tf": APP.encode()})

ADMIN = RuleInfo(
    id="wildcard/admin",
    title="Allow every action on every resource",
    level="error",
    subject="principal",
    security_severity=9.3,
    rationale="Whoever holds this principal holds the account.",
    remediation="Grant the actions that the job needs, or detach the policy.",
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",),
    cwe=("CWE-269", "CWE-250"),
    tags=("privilege",),
    aliases=("checkov:CKV_AWS_62",),
)
PASS_ROLE = RuleInfo(
    id="escalation/passrole-lambda-create-invoke",
    title="Allow handing any role to a new Lambda function",
    level="error",
    subject="principal",
    security_severity=8.0,
    rationale="A new function runs with the rights of the role it is given.",
    remediation="Name the roles that may be passed.",
    cwe=("CWE-269",),
)
EXTERNAL_ID = RuleInfo(
    id="trust/cross-account-no-externalid",
    title="Allow another account to assume a role without an external id",
    level="warning",
    subject="trust",
    security_severity=5.5,
    rationale="A vendor can be made a confused deputy.",
    remediation="Require sts:ExternalId.",
)
RULES = {rule.id: rule for rule in (ADMIN, PASS_ROLE, EXTERNAL_ID)}

CI_ARN = "arn:aws:sts::111122223333:assumed-role/ci-deploy/session"
ADMIN_ARN = "arn:aws:iam::111122223333:role/app-admin"


def at(path, text, *, tree=TREE, skip=0):
    """Return the span of the ``skip``-th occurrence of a string in a file."""
    data = tree.files[path]
    start = -1
    for _ in range(skip + 1):
        start = data.index(text.encode(), start + 1)
    return Span(path, start, start + len(text.encode()))


def request(action, resource, *context):
    return Request(Caller("AWS", CI_ARN), action, resource, context)


def detach():
    """Return the fix that removes the attachment from ``app/roles.tf``."""
    start = APP.index('resource "aws_iam_role_policy_attachment"')
    end = APP.index('output "app_admin"')
    return Fix(
        title="detach AdministratorAccess from aws_iam_role.app_admin",
        edits=(Edit(Span("app/roles.tf", start, end), b""),),
        applicability=Applicability.UNSAFE,
        loses="everything: no other policy is attached",
        proof="every layer of 4 principals shrinks or stays; the finding is gone",
    )


def pass_role(**changes):
    values = {
        "rule": PASS_ROLE.id,
        "level": "error",
        "confidence": "proven",
        "message": "aws_iam_role.ci_deploy can become administrator through a new function",
        "subject": Subject("role", "aws_iam_role.ci_deploy"),
        "span": at("ci/roles.tf", '"*"'),
        "statements": (at("ci/roles.tf", CI[CI.index("{\n      Eff") : CI.index("]\n  })")]),),
        "related": (
            Related(at("ci/roles.tf", '"*"'), "any role, so also app-admin"),
            Related(at("ci/roles.tf", '"iam:PassRole"'), "may hand over a role"),
            Related(at("ci/roles.tf", '"lambda:CreateFunction"'), "to a new function"),
            Related(
                at("app/roles.tf", '"arn:aws:iam::aws:policy/AdministratorAccess"'),
                "app-admin carries AdministratorAccess",
            ),
        ),
        "witness": (
            request("iam:PassRole", ADMIN_ARN, ("iam:passedtoservice", ("lambda.amazonaws.com",))),
            request("lambda:CreateFunction", "arn:aws:lambda:us-east-1:111122223333:function:f"),
        ),
        "steps": (
            Step("ci_deploy creates a function that runs as app-admin", None, None),
            Step(
                "the function may do anything",
                request("*", "*"),
                at("app/roles.tf", '"arn:aws:iam::aws:policy/AdministratorAccess"'),
            ),
        ),
        "assumptions": ("when var.enabled is true", "region defaults to us-east-1"),
        "roots": ("ci",),
        "path_id": "passrole/lambda-create-invoke",
        "also": (
            Also("wildcard/passrole-any", None, "warning", "f" * 16),
            Also("escalation/passrole-ec2", "passrole/ec2", "error", "e" * 16),
        ),
        "fixes": (detach(),),
        "fingerprint": "0123456789abcdef",
    }
    return Finding(**(values | changes))


def admin(**changes):
    values = {
        "rule": ADMIN.id,
        "level": "warning",
        "confidence": "possible",
        "message": "aws_iam_role.app_admin may do everything",
        "subject": Subject("role", "aws_iam_role.app_admin"),
        "span": at("app/roles.tf", '"arn:aws:iam::aws:policy/AdministratorAccess"'),
        "related": (Related(at("app/roles.tf", "aws_iam_role.app_admin.name"), "attached here"),),
        "answers": (
            Answer("possible", reasons=("the boundary is not in view",)),
            Answer("possible", reasons=("the boundary is not in view",)),
            Answer("proven", reasons=("never shown",)),
        ),
        "occurrence": Occurrence("module.app", '"eu"'),
        "fixes": (detach(),),
        "fingerprint": "fedcba9876543210",
    }
    return Finding(**(values | changes))


def note(**changes):
    return admin(level="note", confidence="proven", answers=(), fixes=(), **changes)


BROKEN = Diagnostic(
    "error",
    "syntax-error",
    Span("app/roles.tf", APP.index("output"), APP.index("output")),
    "expected a closing brace",
    "close the block that opens on line 5",
)
UNREADABLE = Diagnostic(
    "error", "not-utf8", Span("old/legacy.tf", 0, 0), "byte 0xe9 is not UTF-8", "save it as UTF-8"
)
MODULE = Diagnostic(
    "warning",
    "module-not-installed",
    at("app/roles.tf", '"app-admin"'),
    "module 'vpc' is not installed",
    "run terraform init",
)
HINT = Diagnostic("note", "cap", Span("ci/roles.tf", 0, 0), "only 16 worlds were looked at", "")


def not_in_view(number=1):
    return tuple(
        NotInView(
            "module",
            at("app/roles.tf", "role", skip=n),
            f"module {n} is not installed",
            "terraform init",
        )
        for n in range(number)
    )


SUPPRESSED = Silenced(note(), "inline", "break glass, reviewed", at("app/roles.tf", "name"))
ACCEPTED = Silenced(admin(), "expected-admin", "the platform team's role")


def present(*findings, tree=TREE, rules=RULES, **changes):
    report_fields = {"diagnostics", "not_in_view", "summary", "accepted", "suppressed", "roots"}
    values = {
        "diagnostics": (),
        "not_in_view": (),
        "summary": Summary(files=2, analysed=2, policies=3, principals=2, skipped=1),
        "roots": (Root("terraform", "app"), Root("terraform", "ci")),
    } | {key: changes.pop(key) for key in list(changes) if key in report_fields}
    files = {path: source_file(path, data) for path, data in tree.files.items()}
    options = {"version": "0.1.0", "data_date": "2026-10-27"} | changes
    return Presentation(
        report=Report(findings=findings, **values), files=files, rules=rules, **options
    )

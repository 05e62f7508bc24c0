"""What leastwise says of the examples, and what ``fix`` makes of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"

FOUND = {
    "shop": [
        ("wildcard/admin", "error", "maintenance.tf", 33),
        ("trust/oidc-open-sub", "error", "deploy.tf", 27),
        ("escalation/iam-create-role-attach", "error", "teams.tf", 28),
        ("escalation/passrole-lambda-create-invoke", "error", "deploy.tf", 47),
        ("wildcard/service-admin", "warning", "policies/reports.json", 13),
        ("wildcard/resource-on-write", "warning", "templates/catalogue.yaml", 47),
    ],
    "shop-fixed": [
        ("trust/oidc-open-sub", "error", "deploy.tf", 27),
        ("escalation/iam-create-role-attach", "error", "teams.tf", 28),
        ("escalation/passrole-lambda-create-invoke", "warning", "deploy.tf", 47),
        ("wildcard/service-admin", "warning", "policies/reports.json", 13),
        ("wildcard/resource-on-write", "warning", "templates/catalogue.yaml", 47),
    ],
}
# It hands a role to ECS, and nothing in view lets it start a task: half of a way up.
NOTED_WHERE_GUARDED = {("escalation/passrole-other", "aws_iam_role.release")}


@pytest.fixture(scope="module", params=list(FOUND))
def example(request):
    """Check an example as a user would; its name and the report."""
    done = subprocess.run(
        [sys.executable, "-m", "leastwise", "check", "--format", "json"],
        cwd=EXAMPLES / request.param,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    return request.param, json.loads(done.stdout)


def serious(report):
    """Leave out notes, which a terminal only shows with ``--show-all``."""
    return [finding for finding in report["findings"] if finding["level"] != "note"]


def test_exactly_these_are_found_worst_first(example):
    name, report = example
    found = [
        (
            finding["rule"],
            finding["level"],
            finding["location"]["file"].removeprefix(f"examples/{name}/"),
            finding["location"]["start_line"],
        )
        for finding in serious(report)
    ]
    assert found == FOUND[name]
    assert report["diagnostics"] == []
    assert {finding["confidence"] for finding in report["findings"]} == {"proven"}


def test_guarded_look_alikes_stay_silent(example):
    _, report = example
    assert "guarded.tf" not in json.dumps(serious(report))
    subjects = {finding["subject"]["address"] for finding in serious(report)}
    assert subjects.isdisjoint(
        {"aws_iam_role.builder", "aws_iam_role.web_lead", "aws_iam_role.release"}
    )


def test_nothing_but_notes_is_said_of_what_is_guarded(example):
    name, report = example
    said = {
        (finding["rule"], finding["subject"]["address"])
        for finding in report["findings"]
        if finding["location"]["file"] == f"examples/{name}/guarded.tf"
    }
    assert said == NOTED_WHERE_GUARDED


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md"
    }


def test_fixed_shop_is_what_fix_makes_of_the_shop(tmp_path):
    script = ROOT / "scripts" / "fix_examples.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    assert contents(tmp_path) == contents(EXAMPLES / "shop-fixed")


def test_fix_changes_one_file_only():
    before, after = contents(EXAMPLES / "shop"), contents(EXAMPLES / "shop-fixed")
    assert [path for path in before if before[path] != after.get(path)] == ["maintenance.tf"]
    assert before.keys() == after.keys()


@pytest.fixture(scope="module")
def platform():
    """Check the example with two stages; its report."""
    done = subprocess.run(
        [sys.executable, "-m", "leastwise", "check", "--format", "json", "examples/platform"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    return json.loads(done.stdout)


def test_platform_has_what_its_stages_make_of_it(platform):
    infra = "examples/platform/infra"
    found = [
        (
            finding["rule"],
            finding["level"],
            finding["confidence"],
            finding["environments"],
            finding["location"]["file"].removeprefix(f"{infra}/"),
            finding["location"]["start_line"],
        )
        for finding in serious(platform)
    ]
    template = "templates/reports.json.tftpl"
    itself = "escalation/iam-put-role-policy-self"
    assert found == [
        ("wildcard/admin", "error", "proven", ["dev"], "modules/worker/main.tf", 42),
        (itself, "error", "proven", ["dev", "prod"], template, 16),
        ("wildcard/admin", "warning", "possible", ["dev", "prod"], "ci.tf", 8),
    ]
    assert platform["diagnostics"] == []
    assert [(u["file"], u["count"]) for u in platform["not_in_view"]] == [(f"{infra}/ci.tf", 2)]


def test_traps_of_the_platform_stay_silent(platform):
    subjects = {finding["subject"]["address"] for finding in serious(platform)}
    assert subjects == {
        'module.worker["invoices"].aws_iam_role_policy.this',
        "aws_iam_role.reports",
        "module.release",
    }
    assert platform["summary"]["policies_not_known"] == 0


def report_of(*arguments: str) -> dict:
    """Check an example, whose exit code says that there are findings."""
    done = subprocess.run(
        [sys.executable, "-m", "leastwise", "check", "--format", "json", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    return json.loads(done.stdout)


def findings_of(report: dict) -> list[tuple[str, ...]]:
    """List what a person would be shown, without notes of ``validity`` on how a text is written."""
    return [
        (
            finding["rule"],
            finding["level"],
            finding["confidence"],
            finding["subject"]["address"],
            f"{Path(finding['location']['file']).name}:{finding['location']['start_line']}",
        )
        for finding in report["findings"]
        if (finding["level"], finding["rule"].partition("/")[0]) != ("note", "validity")
    ]


ORDERS = [
    ("wildcard/admin", "error", "proven", "RefundRole", "template.yaml:43"),
    (
        "escalation/passrole-lambda-create-invoke",
        "error",
        "proven",
        "ReleaseRole",
        "template.yaml:66",
    ),
    ("wildcard/service-admin", "warning", "proven", "Cleanup/Worker", "worker.yaml:7"),
]
WIDE = ("wildcard/service-admin", "warning", "possible", "ReportRole", "template.yaml:53")
READS = ("wildcard/data-read", "note", "possible", "ReportRole", "template.yaml:54")


def known(finding):
    return (*finding[:2], "proven", *finding[3:])


@pytest.mark.parametrize(
    ("stage", "report"),
    [
        ((), [WIDE, READS]),
        (("--parameter", "Stage=dev"), [known(WIDE)]),
        (("--parameter", "Stage=prod"), [known(READS)]),
    ],
)
def test_orders_have_what_their_templates_make_of_them(stage, report):
    told = report_of("examples/orders", *stage)
    assert sorted(findings_of(told)) == sorted([*ORDERS, *report])
    calls = [
        [step["call"] for chain in f["reached_by"] for step in chain] for f in told["findings"]
    ]
    assert [c for c in calls if c] == [["Cleanup"]]
    assert told["diagnostics"] == []
    assert told["not_in_view"] == []
    assert told["summary"]["policies_not_known"] == 0


ACCOUNT = "arn:aws:iam::111122223333"


def test_account_has_what_its_policies_and_those_above_leave():
    report = report_of("examples/account")
    assert findings_of(report) == [
        ("wildcard/admin", "error", "proven", f"{ACCOUNT}:role/automation", "account.json:176"),
        (
            "trust/wildcard-principal",
            "error",
            "proven",
            f"{ACCOUNT}:role/deploy",
            "account.json:102",
        ),
        (
            "escalation/iam-create-policy-version",
            "error",
            "proven",
            f"{ACCOUNT}:user/ana",
            "account.json:48",
        ),
        (
            "escalation/sts-assume-role",
            "warning",
            "proven",
            f"{ACCOUNT}:user/ana",
            "account.json:104",
        ),
        (
            "trust/wildcard-principal",
            "note",
            "proven",
            f"{ACCOUNT}:role/partner",
            "account.json:131",
        ),
        (
            "wildcard/resource-on-write",
            "note",
            "proven",
            f"{ACCOUNT}:policy/operate",
            "account.json:281",
        ),
    ]
    assert report["diagnostics"] == []
    assert report["not_in_view"] == []


def test_account_without_the_policy_above_has_three_findings_more(tmp_path):
    dump = (EXAMPLES / "account" / "account.json").read_bytes()
    (tmp_path / "account.json").write_bytes(dump)
    told = findings_of(report_of(str(tmp_path)))
    freed = [finding for finding in told if finding[3] == f"{ACCOUNT}:role/accounts"]
    assert [rule for rule, *_ in freed] == [
        "boundary/missing-on-create",
        "escalation/iam-attach-user-policy-self",
        "wildcard/resource-on-write",
    ]
    assert len(told) == len(freed) + 6


def test_questions_about_the_account_count_the_policy_above():
    def asked(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "leastwise", *words, "examples/account"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.stdout

    who = asked("who", "iam:CreateUser", "*")
    assert "1 of 7 callers in view can" in who
    can = asked("can", "user/ana", "iam:CreatePolicyVersion", "policy/operate")
    first, *rest = can.splitlines()
    assert first == (
        f"allowed: user {ACCOUNT}:user/ana can iam:CreatePolicyVersion on {ACCOUNT}:policy/operate"
    )
    assert rest[-1] == ("   = not in view: further service control policies, which could deny it")
    assert "FullAWSAccess" not in who + can
    denied = asked("can", "role/accounts", "iam:CreateUser", "*")
    assert "no-users.json:6:23) denies it" in denied
    assert "FullAWSAccess" not in denied

"""Who can become whom: everybody, from one, to one, from one to another, and who enters."""

import pytest
from tests.api.questions.asked_tree import load

from leastwise.api.questions.graph import graph
from leastwise.api.workspace import WrongUse
from leastwise.config.model import Config
from leastwise.reporters.graph.picture import name_of

TRUST = """\
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Principal = {{ {who} }}, Action = "{action}" }}]
"""


def role(name, who='Service = "lambda.amazonaws.com"', action="sts:AssumeRole", more=""):
    trust = TRUST.format(who=who, action=action)
    return (
        f'resource "aws_iam_role" "{name}" {{\n  name = "{name}"\n'
        f"  assume_role_policy = jsonencode({{\n{trust}  }})\n{more}}}\n"
    )


def granted(kind, name, *statements):
    rows = ",\n".join(
        f"{{ Effect = {effect!r}, Action = {action}, Resource = {resource!r} }}".replace("'", '"')
        for effect, action, resource in statements
    )
    return (
        f'resource "aws_iam_{kind}_policy" "{name}" {{\n  {kind} = aws_iam_{kind}.{name}.name\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{rows}] }})\n}}\n'
    )


ACCOUNT = 'provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}\n'
ROLE = "arn:aws:iam::111122223333:role/"
TREE = (
    ACCOUNT
    + role("ops")
    + granted("role", "ops", ("Allow", '["*"]', "*"))
    + role("worker")
    + granted("role", "worker", ("Allow", '["secretsmanager:GetSecretValue"]', "*"))
    + 'resource "aws_iam_user" "dev" {\n  name = "dev"\n}\n'
    + granted(
        "user",
        "dev",
        ("Allow", '["iam:PassRole"]', f"{ROLE}worker"),
        ("Allow", '["lambda:CreateFunction", "lambda:InvokeFunction"]', "*"),
    )
    + role("ci", who='AWS = "arn:aws:iam::999988887777:root"')
    + granted(
        "role",
        "ci",
        ("Allow", '["iam:PassRole"]', f"{ROLE}ops"),
        ("Allow", '["lambda:CreateFunction", "lambda:InvokeFunction"]', "*"),
    )
    + 'resource "aws_iam_user" "plain" {\n  name = "plain"\n}\n'
    + granted("user", "plain", ("Allow", '["s3:ListAllMyBuckets"]', "*"))
    + 'resource "aws_iam_group" "team" {\n  name = "team"\n}\n'
    + 'resource "aws_lambda_function" "job" {\n  function_name = "job"\n'
    + "  role = aws_iam_role.ci.arn\n}\n"
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    (folder / "main.tf").write_text(TREE, encoding="utf-8")
    return load(folder)


def asked(project, source="", goal=""):
    found = graph(project, Config(), source, goal)
    assert not isinstance(found, WrongUse), found
    return found


def told(picture):
    return [
        (
            track.worth,
            track.certainty,
            name_of(picture.spots[picture.start(track)]),
            [picture.arrows[n].path for n in track.arrows],
            name_of(picture.spots[picture.end(track)]),
        )
        for track in picture.tracks
    ]


def test_the_worst_come_first_and_everybody_once(tree):
    ops, worker = "role aws_iam_role.ops", "role aws_iam_role.worker"
    path = "passrole/lambda-create-invoke"
    assert told(asked(tree)) == [
        ("admin", "proven", "account 999988887777", ["", path], ops),
        ("admin", "proven", "role aws_iam_role.ci", [path], ops),
        ("strong", "proven", "user aws_iam_user.dev", [path], worker),
    ]


def test_what_is_gained_is_named(tree):
    tracks = {track.worth: track for track in asked(tree).tracks}
    assert tracks["strong"].gains == (
        "control over permissions or credentials (secretsmanager:GetSecretValue)"
    )


def test_the_tally_counts_what_was_looked_at(tree):
    picture = asked(tree)
    assert picture.tally._replace(steps=0) == (6, 1, 0, 1, 0)
    assert picture.tally.steps >= 2
    assert [spot.label for spot in picture.administrators] == ["aws_iam_role.ops"]


def test_to_admin_leaves_out_all_other_gains(tree):
    assert {row[2] for row in told(asked(tree, goal="admin"))} == {
        "account 999988887777",
        "role aws_iam_role.ci",
    }


def test_to_a_principal_lists_who_reaches_it(tree):
    picture = asked(tree, goal="worker")
    assert [row[2:] for row in told(picture)] == [
        ("user aws_iam_user.dev", ["passrole/lambda-create-invoke"], "role aws_iam_role.worker")
    ]
    assert picture.goal == "role aws_iam_role.worker"


def test_from_a_principal_everything_it_becomes_is_listed(tree):
    picture = asked(tree, source="ci")
    assert picture.source == "role aws_iam_role.ci"
    assert ("admin", "role aws_iam_role.ops") in [(row[0], row[4]) for row in told(picture)]


@pytest.mark.parametrize(
    ("source", "first"), [("job", "act as aws_iam_role.ci"), ("999988887777", "enter ")]
)
def test_workloads_and_outsiders_can_begin(tree, source, first):
    picture = asked(tree, source=source)
    assert picture.arrows[picture.tracks[-1].arrows[0]].words.startswith(first)
    assert "role aws_iam_role.ops" in [row[4] for row in told(picture)]


def test_from_one_to_another_all_chains_are_listed(tree):
    picture = asked(tree, source="user/dev", goal="worker")
    assert [row[3] for row in told(picture)] == [["passrole/lambda-create-invoke"]]
    assert told(asked(tree, source="plain", goal="admin")) == []


def test_each_call_cites_the_statement_that_allows_it(tree):
    picture = asked(tree, source="user/dev", goal="worker")
    cited = {call.action: call.cited for call in picture.arrows[0].calls}
    assert {action: [c.statement for c in row] for action, row in cited.items()} == {
        "iam:PassRole": ["statement 1"],
        "lambda:CreateFunction": ["statement 2"],
        "lambda:InvokeFunction": ["statement 2"],
    }
    assert all(c.span is not None for row in cited.values() for c in row)


@pytest.mark.parametrize(
    ("source", "goal", "words"),
    [
        ("wroker", "", "did you mean 'aws_iam_role.worker'?"),
        ("", "wroker", "did you mean 'aws_iam_role.worker'?"),
        ("", "team", "nobody becomes a group; a member has what aws_iam_group.team grants"),
    ],
)
def test_a_name_that_leads_nowhere_is_wrong_use(tree, source, goal, words):
    found = graph(tree, Config(), source, goal)
    assert isinstance(found, WrongUse)
    assert words in found.message


def test_a_group_makes_no_calls(tree):
    assert asked(tree, source="team").notes == (
        "a group makes no calls: ask for one of its members",
    )


def test_without_principals_there_is_nothing(tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', encoding="utf-8")
    picture = asked(load(tmp_path))
    assert picture.tracks == ()
    assert picture.tally == (0, 0, 0, 0, 0)


DOORS = (
    ACCOUNT
    + role("one", who='AWS = "arn:aws:iam::999988887777:root"')
    + granted("role", "one", ("Allow", '["*"]', "*"))
    + role("two", who='AWS = "arn:aws:iam::999988887777:root"')
    + granted("role", "two", ("Allow", '["*"]', "*"))
)


def test_an_outsider_with_several_doors_is_told_once(tmp_path):
    (tmp_path / "main.tf").write_text(DOORS, encoding="utf-8")
    project = load(tmp_path)
    whole = asked(project)
    assert [(row[2], track.more) for row, track in zip(told(whole), whole.tracks, strict=True)] == [
        ("account 999988887777", 1)
    ]
    ends = [row[4] for row in told(asked(project, source="999988887777"))]
    assert ends == ["role aws_iam_role.one", "role aws_iam_role.two"]


def test_nobody_begins_as_a_service_linked_role(tmp_path):
    linked = '  path = "/aws-service-role/autoscaling.amazonaws.com/"\n'
    text = DOORS.replace('AWS = "arn:aws:iam::999988887777:root"', 'Service = "x.amazonaws.com"')
    caller = role("linked", more=linked) + granted(
        "role", "linked", ("Allow", '["sts:AssumeRole"]', f"{ROLE}open")
    )
    assumed = role("open", who='AWS = "arn:aws:iam::111122223333:root"')
    owner = granted("role", "open", ("Allow", '["*"]', "*"))
    (tmp_path / "main.tf").write_text(text + caller + assumed + owner, encoding="utf-8")
    project = load(tmp_path)
    assert told(asked(project)) == []
    assert [row[4] for row in told(asked(project, source="aws_iam_role.linked"))] == [
        "role aws_iam_role.open"
    ]


def test_a_boundary_that_is_not_in_view_is_what_a_step_depends_on(tmp_path):
    bounded = '  permissions_boundary = "arn:aws:iam::111122223333:policy/unseen"\n'
    text = TREE.replace('  name = "dev"\n', f'  name = "dev"\n{bounded}')
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    picture = asked(load(tmp_path), source="user/dev", goal="worker")
    assert [arrow.certainty for arrow in picture.arrows] == ["possible"]
    assert picture.arrows[0].depends_on == (
        "its permissions boundary, which is not in view, must allow it too",
    )
